// The tables' rules on a real emulator; HEADGATE_TEST_DYNAMO=dynamodb-local runs them on AWS's own.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterTable } from "../../../shared/aws/cluster-table.ts";
import { groupTable } from "../../../shared/aws/group-table.ts";
import { idempotencyTable } from "../../../shared/aws/idempotency-table.ts";
import { jobTable } from "../../../shared/aws/job-table.ts";
import { handlesFor, personTable } from "../../../shared/aws/person-table.ts";
import { dueKey, afterAll as last, mailKey, mailKeys } from "../../../shared/aws/table.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import { Handle, Id } from "../../../shared/contract/id.ts";
import type { GroupRecord, JobRecord } from "../../../shared/job/job-record.ts";
import { submittedJob } from "../job/submitted-job.ts";
import { kind, type RealTable, startTable } from "./real-table.ts";

let real: RealTable;
beforeAll(async () => {
  real = await startTable();
});
afterAll(() => real.stop());

const newJob = (o: Partial<JobRecord> = {}): JobRecord => {
  const at = new Date().toISOString();
  return submittedJob({ id: ulid(), person: ulid(), createdAt: at, changedAt: at, ...o });
};

describe(`jobs on ${kind}`, () => {
  test("keep any JSON number, depth and emptiness of parameters", async () => {
    const jobs = jobTable(real.table);
    const parameters = { huge: 1e300, tiny: 5e-324, empty: "", list: [[[[]]]], nothing: null, "": 1, "a.b#c:d": true };
    const job = newJob({ parameters, name: "", folder: "ü\n$(x)" });
    expect(await jobs.create(job)).toBe(true);
    expect(await jobs.create(job)).toBe(false);
    expect(await jobs.get(job.id)).toEqual(job);
    expect(await jobs.get(ulid())).toBeUndefined();
  });

  test("lose no change of many at once", async () => {
    const jobs = jobTable(real.table);
    const job = newJob();
    await jobs.create(job);
    await Promise.all(
      Array.from({ length: 8 }, () =>
        jobs.change(job.id, (one) => ({ changes: { exitCode: (one.exitCode ?? 0) + 1 } })),
      ),
    );
    expect(await jobs.get(job.id)).toMatchObject({ exitCode: 8, revision: 9 });
  });

  test("are due for mail from the write that makes the news, and no longer once deleted", async () => {
    const jobs = jobTable(real.table);
    const job = newJob({ mail: { to: ["a@example.org"], on: ["failed"] } });
    await jobs.create(job);
    const dueOnes = async () => {
      const pages = await Promise.all(
        mailKeys.map((pk) => real.table.query({ index: "gsi4", pk, from: "0", to: last })),
      );
      return pages.flatMap(({ items }) => items).filter((item) => item.id === job.id);
    };
    await jobs.change(job.id, () => ({ changes: { state: "running" } }));
    expect(await dueOnes()).toEqual([]);
    await jobs.change(job.id, () => ({ changes: { state: "failed", reason: "exit-code" } }));
    expect(await dueOnes()).toMatchObject([{ mailDue: ["failed"], gsi4pk: mailKey(job.id) }]);
    expect(await jobs.get(job.id)).not.toHaveProperty("gsi4pk");
    await jobs.change(job.id, () => ({ changes: { deletedAt: "2026-01-01T00:00:00.000Z" } }));
    expect(await dueOnes()).toEqual([]);
  });

  test("go into one group of those that claim them at once, and stay there", async () => {
    const jobs = jobTable(real.table);
    const job = newJob();
    await jobs.create(job);
    const groups = Array.from({ length: 6 }, () => ulid());
    const claims = await Promise.all(groups.map((group, index) => jobs.claim(job.id, 1, group, index)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    const winner = groups[claims.indexOf(true)] ?? "";
    expect(await jobs.claim(job.id, 1, winner, claims.indexOf(true))).toBe(true);
    expect(await jobs.claim(job.id, 1, winner, 99)).toBe(false);
    expect(await jobs.claim(job.id, 2, winner, claims.indexOf(true))).toBe(false);
  });

  test("are found as submitted, oldest first over all shards, until they move on", async () => {
    const jobs = jobTable(real.table);
    const cluster = "shards";
    const made = Array.from({ length: 9 }, (_, place) =>
      newJob({ cluster, createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, place)).toISOString() }),
    );
    for (const job of made.toReversed()) await jobs.create(job);
    expect((await jobs.submitted(cluster, 100)).map((job) => job.id)).toEqual(made.map((job) => job.id));
    expect((await jobs.submitted(cluster, 4)).map((job) => job.id)).toEqual(made.slice(0, 4).map((job) => job.id));
    expect(await jobs.submitted(cluster, 100, "2026-01-01T00:00:03.500Z")).toHaveLength(4);
    await jobs.change(made[0]?.id ?? "", () => ({ changes: { state: "dispatched" } }));
    expect(await jobs.submitted(cluster, 100)).toHaveLength(8);
    expect(await jobs.submitted("shard", 100), "a cluster whose name begins alike").toEqual([]);
  });

  test("forget an attribute that a change says is undefined", async () => {
    const jobs = jobTable(real.table);
    const job = newJob({ detail: "words" });
    await jobs.create(job);
    const changed = await jobs.change(job.id, () => ({ changes: { detail: undefined } as Partial<JobRecord> }));
    expect(changed?.detail).toBeUndefined();
    expect(await jobs.get(job.id)).not.toHaveProperty("detail");
  });
});

test("a group of 1,000 fits its item and comes back whole, with holes", async () => {
  const groups = groupTable(real.table);
  const at = new Date().toISOString();
  const members = Array.from({ length: 1_000 }, (_, index) => (index % 10 === 0 ? null : { job: ulid(), attempt: 12 }));
  const group: GroupRecord = {
    id: ulid(),
    cluster: "groups",
    stage: "forming",
    members,
    settled: "0".repeat(1_000),
    acknowledged: false,
    createdAt: at,
    newsAt: at,
    revision: 1,
  };
  expect(await groups.create(group)).toBe(true);
  expect(await groups.create(group)).toBe(false);
  expect(await groups.get(group.id)).toEqual(group);
  expect(await groups.forming("groups", 10)).toHaveLength(1);
  await groups.change(group.id, () => ({ stage: "sent" }));
  expect(await groups.forming("groups", 10)).toEqual([]);
  expect(await groups.quietSince("groups", "2020", 10)).toEqual([]);
  expect(await groups.quietSince("groups", "~", 10)).toHaveLength(1);
  await groups.change(group.id, () => ({ stage: "closed" }));
  expect(await groups.quietSince("groups", "~", 10)).toEqual([]);
});

test("an expired idempotency key counts as absent though its item is still there", async () => {
  let now = new Date();
  const keys = idempotencyTable(real.table, () => now);
  const [first, second] = [
    { hash: "a", job: ulid() },
    { hash: "b", job: ulid() },
  ];
  expect(await keys.remember("p", "k#1", first)).toEqual(first);
  expect(await keys.remember("p", "k#1", second)).toEqual(first);
  now = new Date(now.getTime() + 31 * 24 * 3_600_000);
  expect(await keys.get("p", "k#1")).toBeUndefined();
  expect(await keys.remember("p", "k#1", second)).toEqual(second);
});

describe("people", () => {
  test("of one local part get handles of their own; a sign-up may be repeated", async () => {
    const people = personTable(real.table);
    const identity = (subject: string) => ({ issuer: "https://issuer.example/pool", subject });
    const made = await Promise.all(
      [1, 2, 3].map((number) => people.signUp(identity(`s${number}`), `sam@${number}.org`)),
    );
    expect(made.map((person) => person.handle).sort()).toEqual(["sam", "sam-2", "sam-3"]);
    expect(await people.signUp(identity("s1"), "sam@1.org")).toEqual(made[0]);
    const listed = await people.list(2);
    const rest = await people.list(2, listed.cursor);
    expect([...listed.people, ...rest.people].map((person) => person.handle)).toEqual(["sam", "sam-2", "sam-3"]);
  });

  test("has one first administrator, whoever asks at once", async () => {
    const people = personTable(real.table);
    const made = await Promise.all(
      ["x", "y"].map((subject) => people.signUp({ issuer: "i", subject }, `${subject}yz@a.org`)),
    );
    const seeded = await Promise.all(made.map((person) => people.seedAdministrator(person)));
    expect(seeded.map((person) => person.roles.includes("admin")).sort()).toEqual([false, true]);
  });

  test.each(["", "@", "é@x", "api@x", "v1@x", "1234@x", "A.B+c@x", `${"long".repeat(30)}@x`, "日本@x", "--a--@x"])(
    "%j gives legal handles only",
    (email) => {
      for (const handle of handlesFor(email, ulid())) expect(Handle.safeParse(handle).success, handle).toBe(true);
    },
  );
});

test("a cluster's lease has one holder, ends by itself, and is given back by its holder only", async () => {
  const clusters = clusterTable(real.table);
  const lease = (holder: string, now: string) => clusters.lease("leased", holder, now, `${now}5`);
  const taken = await Promise.all(["a", "b", "c"].map((holder) => lease(holder, "2026-01-01")));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await clusters.release("leased", "nobody")).toBe(false);
  expect(await lease("d", "2026-01-02")).toBe(true);
  expect(await clusters.release("leased", "d")).toBe(true);
  expect(await lease("e", "2026-01-01")).toBe(true);
  expect(await clusters.heard("leased", "2026-01-05")).toBe(true);
  expect(await clusters.heard("leased", "2026-01-04")).toBe(false);
});

test("ULIDs are well formed, fresh, and sort by their time", () => {
  const made = Array.from({ length: 500 }, (_, place) => ulid(new Date(Date.UTC(2026, 0, 1) + place)));
  expect(made.every((id) => Id.safeParse(id).success)).toBe(true);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(Array.from({ length: 500 }, () => ulid())).size).toBe(500);
  expect(new Set(made.map((id) => dueKey("c", id))).size).toBe(4);
});
