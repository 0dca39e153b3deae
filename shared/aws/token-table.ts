// API tokens: only the SHA-256 of each is kept.
import { createHash, randomBytes } from "node:crypto";
import { type Clock, clock } from "./clock.ts";
import { absent, afterAll, type Item, type Table } from "./table.ts";

export type TokenRecord = {
  id: string;
  person: string;
  name: string;
  createdAt: string;
  expiresAt: string;
  hash: string;
};
export type TokenTable = ReturnType<typeof tokenTable>;

/** What an API token looks like: hg_ and 256 random bits in base64url. */
export const tokenPattern = /^hg_[A-Za-z0-9_-]{43}$/;

/** A fresh secret. */
export const newSecret = (): string => `hg_${randomBytes(32).toString("base64url")}`;

/** What is kept of a secret. */
export const secretHash = (secret: string): string => createHash("sha256").update(secret).digest("hex");

const key = (hash: string) => ({ pk: `TOKEN#${hash}`, sk: "TOKEN" });

export function tokenTable(table: Table, now: Clock = clock) {
  const live = (token: TokenRecord): boolean => Date.parse(token.expiresAt) > now().getTime();
  const record = (item: Item): TokenRecord => ({
    id: String(item.id),
    person: String(item.person),
    name: String(item.name),
    createdAt: String(item.createdAt),
    expiresAt: String(item.expiresAt),
    hash: String(item.hash),
  });

  return {
    create: (token: TokenRecord): Promise<boolean> =>
      table.put(
        {
          ...key(token.hash),
          ...token,
          ttl: Math.ceil(Date.parse(token.expiresAt) / 1_000),
          gsi1pk: `PERSON#${token.person}`,
          gsi1sk: `TOKEN#${token.id}`,
        },
        absent,
      ),

    /** The token of that secret, unless it has ended. */
    bySecret: async (secret: string): Promise<TokenRecord | undefined> => {
      const item = await table.get(key(secretHash(secret)));
      const token = item ? record(item) : undefined;
      return token && live(token) ? token : undefined;
    },

    /** A person's tokens that have not ended, oldest first. */
    ofPerson: async (person: string): Promise<TokenRecord[]> => {
      const tokens: TokenRecord[] = [];
      let after: Item | undefined;
      do {
        const page = await table.query({
          index: "gsi1",
          pk: `PERSON#${person}`,
          from: "TOKEN#",
          to: `TOKEN#${afterAll}`,
          after,
        });
        tokens.push(...page.items.map(record));
        after = page.last;
      } while (after);
      return tokens.filter(live);
    },

    remove: (token: TokenRecord): Promise<boolean> => table.remove(key(token.hash), { text: "attribute_exists(pk)" }),
  };
}
