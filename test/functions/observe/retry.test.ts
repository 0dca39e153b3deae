// Automatic retry in the cloud: one next attempt whatever crashes, late receipts where they belong, each attempt's files.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { takeEvent } from "../../../functions/observe/take-event.ts";
import { reconcileCluster } from "../../../functions/reconcile/reconcile-cluster.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { collectionPrefix, manifestKey } from "../../../shared/headnode/manifest.ts";
import { receiptKey } from "../../../shared/headnode/receipt.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { type Bomb, explosive } from "../crash.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.messages.length = 0;
  gateway.commands.length = 0;
  gateway.time.offset = 0;
});

const recordOf = async (id: string): Promise<JobRecord> => {
  const record = await gateway.parts.api.jobs.get(id);
  if (!record) throw new Error(`no job ${id}`);
  return record;
};
const submit = async (o: Record<string, unknown> = {}): Promise<string> =>
  (await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob(o) })).body.id;
let minutes = 0;
/** Sent, in a group of its own. */
const dispatched = async () => {
  minutes += 1;
  const job = await submit({ resources: { wallMinutes: minutes } });
  await gateway.deliver();
  return { job, group: (await recordOf(job)).group ?? "" };
};
const received = async (body: Record<string, unknown>, parts = gateway.parts.observe, receipt = ulid()) => {
  const at = new Date().toISOString();
  const key = receiptKey("local", "2026010100", receipt);
  const text = JSON.stringify({ version: 1, cluster: "local", receipt, at, ...body });
  await gateway.s3.put("results", key, Buffer.from(text));
  await takeEvent(JSON.stringify({ Records: [{ s3: { object: { key } } }] }), parts);
};
const fault = (job: string, o: Record<string, unknown> = {}) => ({
  index: 0,
  job,
  attempt: 1,
  state: "failed",
  reason: "node-failure",
  source: "sacct",
  endedAt: "2026-01-01T00:00:09.000Z",
  ...o,
});
const states = (group: string, member: Record<string, unknown>) => ({
  kind: "states",
  groups: [{ group, slurmId: "5", folder: `/home/alice/${group}`, members: [member] }],
});
/** Puts a file's bytes and its manifest where a head node would, and says so. */
const collected = async (group: string, member: Record<string, unknown>, text: string) => {
  const collection = ulid();
  const bytes = Buffer.from(text);
  const sha256 = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
  const file = { member: 0, path: "stdout", role: "stdout", size: bytes.length, sha256, pack: "pack-0", offset: 0 };
  const head = { version: 1, cluster: "local", group, slice: 0, collection, members: [0] };
  const [first, second] = [`${JSON.stringify(head)}\n`, `${JSON.stringify(file)}\n`];
  await gateway.s3.put("results", `${collectionPrefix("local", group, 0, collection)}pack-0`, bytes);
  await gateway.s3.put("results", manifestKey("local", group, 0), Buffer.from(first + second));
  const { job, attempt } = member;
  const results = {
    state: "available",
    files: 1,
    bytes: bytes.length,
    skipped: 0,
    offset: first.length,
    length: second.length,
  };
  await received({
    kind: "results",
    group,
    slice: 0,
    collection,
    states: [member],
    members: [{ index: 0, job, attempt, results }],
  });
};

test("a node's failure submits the job again, in a new group, and nobody ever sees it failed", async () => {
  const { job, group } = await dispatched();
  await received(
    states(group, { ...fault(job), state: "running", reason: undefined, endedAt: undefined, source: "squeue" }),
  );
  await received(states(group, fault(job)));
  const shown = await gateway.request<Job>("GET", `/v1/jobs/${job}`, { as: "alice" });
  expect(shown.body).toMatchObject({
    state: "submitted",
    attempt: 2,
    attempts: [{ attempt: 1, reason: "node-failure" }],
  });
  expect(shown.body.attempts?.[0]).not.toHaveProperty("group");
  expect(gateway.messages).toEqual([{ cluster: "local", job }]);

  await gateway.deliver();
  const again = await recordOf(job);
  expect([again.state, again.group === group, again.index]).toEqual(["dispatched", false, 0]);
  const batch = await gateway.batch(gateway.commands.at(-1)?.batch ?? "");
  expect(batch).toMatchObject({ verb: "submit", groups: [{ group: again.group, members: [{ job, attempt: 2 }] }] });
});

test("late receipts of the old group go to the earlier attempt, whose files are had by its number", async () => {
  const { job, group } = await dispatched();
  await received(states(group, fault(job)));
  await gateway.deliver();
  const { group: second = "" } = await recordOf(job);
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ stage: "sent", settled: "0" });

  await collected(group, fault(job), "the first try\n");
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ stage: "closed", settled: "1" });
  expect(await recordOf(job)).toMatchObject({ state: "dispatched", group: second, results: { state: "pending" } });
  await collected(second, { ...fault(job, { attempt: 2 }), state: "succeeded", reason: undefined }, "the second try\n");

  const get = <T>(path: string) => gateway.request<T>("GET", `/v1/jobs/${job}${path}`, { as: "alice" });
  expect((await get<Job>("")).body).toMatchObject({
    state: "succeeded",
    attempt: 2,
    attempts: [{ attempt: 1, folder: `/home/alice/${group}/members/0`, results: { state: "available", files: 1 } }],
  });
  const texts = [];
  for (const query of ["", "?attempt=1", "?attempt=2"]) {
    const [file] = (await get<{ files: JobFile[] }>(`/files${query}`)).body.files;
    texts.push((await gateway.request("GET", file?.href ?? "", { as: "alice" })).bytes.toString());
  }
  expect(texts).toEqual(["the second try\n", "the first try\n", "the second try\n"]);
  expect((await get("/files?attempt=3")).status).toBe(404);
});

test("a message that was lost on the way to the next attempt is found by reconcile", async () => {
  const { job, group } = await dispatched();
  await received(states(group, fault(job)));
  gateway.messages.length = 0;
  gateway.time.offset = 3 * 60_000;
  await reconcileCluster(cluster, gateway.parts.reconcile);
  expect(gateway.messages).toContainEqual({ cluster: "local", job });
});

test("cancelling between two attempts ends the job at once, and cancelling before the end stops the next", async () => {
  const between = await dispatched();
  await received(states(between.group, fault(between.job)));
  const cancelled = await gateway.request<Job>("POST", `/v1/jobs/${between.job}/cancel`, { as: "alice" });
  expect(cancelled.body).toMatchObject({ state: "cancelled", attempt: 2, attempts: [{ attempt: 1 }] });
  gateway.commands.length = 0;
  await gateway.deliver();
  await received(states(between.group, fault(between.job)));
  expect([gateway.commands, gateway.messages]).toEqual([[], []]);

  const before = await dispatched();
  await gateway.request("POST", `/v1/jobs/${before.job}/cancel`, { as: "alice" });
  await received(states(before.group, fault(before.job)));
  expect(await recordOf(before.job)).toMatchObject({ state: "failed", reason: "node-failure", attempt: 1 });
});

test("a group that is sent again names its own attempt of a job that has gone on", async () => {
  const { job, group } = await dispatched();
  await received(states(group, fault(job)));
  await gateway.parts.dispatch.groups.change(group, () => ({
    acknowledged: false,
    newsAt: "2026-01-01T00:00:00.000Z",
  }));
  await gateway.parts.reconcile.clusterTable.note("local", { askedVerb: "report" });
  gateway.commands.length = 0;
  gateway.time.offset = 45 * 60_000;
  await reconcileCluster(cluster, gateway.parts.reconcile);
  const batch = await gateway.batch(gateway.commands[0]?.batch ?? "");
  const again = batch.verb === "submit" ? batch.groups.find((one) => one.group === group) : undefined;
  expect(again?.members.map((member) => [member.job, member.attempt])).toEqual([[job, 1]]);
});

test.each(["before", "after"] as const)(
  "a crash %s any side effect, then a repeat, ends with exactly one next attempt that was asked for",
  async (when) => {
    let crashes = 0;
    for (let at = 1; at <= 20; at += 1) {
      const { job, group } = await dispatched();
      const bomb: Bomb = { at, when, seen: 0 };
      const receipt = ulid();
      await received(states(group, fault(job)), explosive(gateway, bomb).observe, receipt).catch(() => undefined);
      await received(states(group, fault(job)), gateway.parts.observe, receipt);
      await gateway.deliver();
      const record = await recordOf(job);
      expect([record.state, record.attempt, record.attempts?.length]).toEqual(["dispatched", 2, 1]);
      expect(record.group).not.toBe(group);
      if (bomb.seen < at) break;
      crashes += 1;
    }
    // the job, the sign of life, the group, the message
    expect(crashes).toBeGreaterThanOrEqual(3);
  },
);
