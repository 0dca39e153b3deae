// People in the table: identity, handle and e-mail lead to a person; each step of a first sign-in may be repeated.

import { Handle } from "../contract/id.ts";
import type { Person } from "../contract/person.ts";
import { GatewayError } from "../contract/problem.ts";
import { type Clock, clock, iso } from "./clock.ts";
import { absent, afterAll, type Item, type Key, type Table, withoutKeys } from "./table.ts";
import { ulid } from "./ulid.ts";

export type PersonRecord = Person & {
  revision: number;
  /** Sign-ins and tokens from before this are refused (ISO 8601). */
  tokensValidFrom?: string;
};

export type Identity = { issuer: string; subject: string };
export type PersonTable = ReturnType<typeof personTable>;
export type PeoplePage = { people: PersonRecord[]; cursor: string | undefined };

const key = (id: string): Key => ({ pk: `PERSON#${id}`, sk: "PERSON" });
const identityKey = ({ issuer, subject }: Identity): Key => ({ pk: `IDENTITY#${issuer}#${subject}`, sk: "PERSON" });
const seedKey: Key = { pk: "SITE", sk: "ADMIN" };
const attempts = 12;

export function personTable(table: Table, now: Clock = clock) {
  const get = async (id: string): Promise<PersonRecord | undefined> => {
    const item = await table.get(key(id));
    return item ? (withoutKeys(item) as PersonRecord) : undefined;
  };

  /** Gives a name (identity, handle, e-mail, the seed) to a person for ever; returns whose it is. */
  const give = async (name: Key, person: string): Promise<string> => {
    if (await table.put({ ...name, person }, absent)) return person;
    return String((await table.get(name))?.person);
  };

  const freeHandle = async (email: string, person: string): Promise<string> => {
    for (const handle of handlesFor(email, person)) {
      if ((await give({ pk: `HANDLE#${handle}`, sk: "PERSON" }, person)) === person) return handle;
    }
    throw new GatewayError("internal", `no handle is free for person ${person}`);
  };

  const change = async (
    id: string,
    decide: (person: PersonRecord) => Partial<PersonRecord> | undefined,
  ): Promise<PersonRecord | undefined> => {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const person = await get(id);
      if (!person) return undefined;
      const changes = decide(person);
      if (!changes) return person;
      const revision = person.revision + 1;
      const written = await table.update(
        key(id),
        { ...changes, revision },
        {
          text: "#revision = :revision",
          names: { "#revision": "revision" },
          values: { ":revision": person.revision },
        },
      );
      if (written) return { ...person, ...changes, revision };
    }
    throw new GatewayError("conflict", `person ${id} was changed by others ${attempts} times in a row`);
  };

  return {
    get,
    change,

    byIdentity: async (identity: Identity): Promise<PersonRecord | undefined> => {
      const found = await table.get(identityKey(identity));
      return found ? get(String(found.person)) : undefined;
    },

    /** The person of a first sign-in: made now, or completed where an earlier attempt stopped half-way. */
    signUp: async (identity: Identity, email: string): Promise<PersonRecord> => {
      const id = await give(identityKey(identity), ulid(now()));
      const existing = await get(id);
      if (existing) return existing;
      const handle = await freeHandle(email, id);
      if (email !== "") await give({ pk: `EMAIL#${email.toLowerCase()}`, sk: "PERSON" }, id);
      const person: PersonRecord = {
        id,
        handle,
        email,
        status: "waiting",
        roles: ["member"],
        accounts: {},
        createdAt: iso(now()),
        revision: 1,
      };
      await table.put({ ...key(id), ...person, gsi1pk: "PEOPLE", gsi1sk: `PERSON#${handle}` }, absent);
      return (await get(id)) ?? person;
    },

    /** Makes a person the first administrator where there has never been one; else leaves the person as it is. */
    seedAdministrator: async (person: PersonRecord): Promise<PersonRecord> => {
      if ((await give(seedKey, person.id)) !== person.id) return person;
      const changed = await change(person.id, (one) =>
        one.status === "waiting" && !one.roles.includes("admin")
          ? { status: "active", roles: [...new Set<"member" | "admin">([...one.roles, "admin"])] }
          : undefined,
      );
      return changed ?? person;
    },

    /** Everybody, by handle. */
    list: async (limit: number, cursor?: string): Promise<PeoplePage> => {
      const { items, last } = await table.query({
        index: "gsi1",
        pk: "PEOPLE",
        // A handle holds no space, so this is just behind the last one seen.
        from: cursor ? `${cursor} ` : "PERSON#",
        to: `PERSON#${afterAll}`,
        limit,
      });
      return {
        people: items.map((item: Item) => withoutKeys(item) as PersonRecord),
        cursor: last ? String(last.gsi1sk) : undefined,
      };
    },
  };
}

/** Handles to try for an e-mail, in an order that a repeat follows again. */
export function* handlesFor(email: string, person: string): Generator<string> {
  const local = (email.split("@")[0] ?? "").toLowerCase().normalize("NFKD");
  const legal = local
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+|-+$/g, "")
    .slice(0, 24)
    .replace(/-+$/, "");
  const base = legal.length >= 3 ? legal : `person${legal === "" ? "" : `-${legal}`}`;
  if (Handle.safeParse(base).success) yield base;
  for (let number = 2; number <= 20; number += 1) yield `${base}-${number}`;
  yield `${base.slice(0, 20)}-${person.slice(-10).toLowerCase()}`;
}
