// Deleted jobs on a cluster that may be away, or has lost them: asked for again and then no more, and nothing of what comes late stays.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eraseDue } from "../../../functions/erase/erase-due.ts";
import { forgetAgain } from "../../../functions/erase/forget-folders.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { peekKey } from "../../../shared/headnode/peek.ts";
import { move, moveResults } from "../../../shared/job/move.ts";
import { type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.messages.length = 0;
});

const minuteMs = 60_000;
const submit = async (): Promise<string> =>
  (await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob() })).body.id;
const remove = (id: string) => gateway.request("DELETE", `/v1/jobs/${id}`, { as: "alice" });
/** A run of the function, some minutes after the last. */
const erase = async (minutes = 1.1, parts = gateway.parts.erase) => {
  gateway.time.offset += minutes * minuteMs;
  await forgetAgain(parts);
  await eraseDue(parts, Number.MAX_SAFE_INTEGER);
};
const forgotten = () => gateway.messages.splice(0).flatMap((message) => ("forget" in message ? message.forget : []));
const itemOf = (id: string) => gateway.real.table.get({ pk: `JOB#${id}`, sk: "JOB" });
const jobs = () => gateway.parts.api.jobs;

/** A job that was sent, and a look at it. */
const sent = async (): Promise<{ job: string; files: () => Promise<number> }> => {
  const job = await submit();
  await gateway.deliver();
  const { group = "" } = (await jobs().get(job)) ?? {};
  const look = () => gateway.s3.put("results", peekKey("local", group, 0), Buffer.from("a look"));
  await look();
  return { job, files: async () => (await gateway.parts.erase.results.keys(`results/local/${group}/`, 10)).length };
};
const seen = (job: string, state: "running" | "cancelled" | "failed", reason?: "lost") =>
  jobs().change(job, (one) =>
    move(one, { attempt: 1, state, reason, source: "sacct", at: gateway.time.now().toISOString() }),
  );
const collected = (job: string) =>
  jobs().change(job, (one) => moveResults(one, { attempt: 1, results: { state: "unavailable", reason: "gone" } }));

test("a cluster is asked five times over four days to remove a deleted job's folder, and then no more", async () => {
  const { job } = await sent();
  await seen(job, "cancelled");
  await collected(job);
  const never = await submit();
  await remove(job);
  await remove(never);

  const asked: number[] = [];
  const start = gateway.time.offset;
  for (const minutes of [1.1, 5, 6, 60, 61, 1_440, 60, 4_320, 1, 14_400]) {
    await erase(minutes);
    for (const id of forgotten()) {
      expect(id).toBe(job);
      asked.push(Math.round((gateway.time.offset - start) / minuteMs));
    }
  }
  expect(asked).toEqual([1, 12, 133, 1_573, 5_953]);
  for (const id of [job, never]) expect(Object.keys((await itemOf(id)) ?? {})).not.toContain("gsi4pk");
});

test("many are asked for again in a few messages", async () => {
  const id = await submit();
  await remove(id);
  const gone = await jobs().get(id);
  const forgetAt = gateway.time.now().toISOString();
  for (let count = 0; gone && count < 120; count += 1) {
    const { eraseAt: _, ...erased } = gone;
    await jobs().create({ ...erased, id: ulid(), forgetAt, forgets: 2 });
  }
  gateway.messages.length = 0;
  await erase();
  expect(gateway.messages.map((message) => "forget" in message && message.forget.length)).toEqual([100, 20]);
});

test("a deleted job that counts as lost goes at once, and so does what comes of it later", async () => {
  const { job, files } = await sent();
  await seen(job, "failed", "lost");
  await remove(job);
  await erase();
  expect([await files(), forgotten()]).toEqual([0, [job]]);

  await seen(job, "running");
  const { group = "" } = (await jobs().get(job)) ?? {};
  await gateway.s3.put("results", `results/local/${group}/0/01JZZZZZZZZZZZZZZZZZZZZZZZ/pack-0`, Buffer.from("x"));
  await erase();
  expect(await files(), "its end is waited for").toBe(1);
  await seen(job, "cancelled");
  await collected(job);
  await erase();
  expect([await files(), forgotten()]).toEqual([0, [job]]);
});

test("what a lost job that came back leaves without an end goes after a month", async () => {
  const { job, files } = await sent();
  await seen(job, "failed", "lost");
  await remove(job);
  await erase();
  await seen(job, "running");
  const { group = "" } = (await jobs().get(job)) ?? {};
  await gateway.s3.put("results", `results/local/${group}/0/01JZZZZZZZZZZZZZZZZZZZZZZZ/pack-0`, Buffer.from("x"));
  await erase();
  expect(await files()).toBe(1);
  await erase(30 * 24 * 60);
  expect(await files()).toBe(0);
});

test("what comes while a job is erased is erased in the next run", async () => {
  const { job, files } = await sent();
  await seen(job, "cancelled");
  await collected(job);
  await remove(job);
  const { erase: parts } = gateway.parts;
  const { group = "" } = (await jobs().get(job)) ?? {};
  const late = async (keys: readonly string[]) => {
    await parts.results.remove(keys);
    gateway.time.offset += 1_000;
    await gateway.s3.put("results", `results/local/${group}/0/01JZZZZZZZZZZZZZZZZZZZZZZZ/pack-0`, Buffer.from("x"));
    await jobs().change(job, (one) =>
      moveResults(one, { attempt: 1, results: { state: "withheld", reason: "large" } }),
    );
  };
  await erase(1.1, { ...parts, results: { ...parts.results, remove: late } });
  expect(await files()).toBe(1);
  await erase();
  expect(await files()).toBe(0);
});
