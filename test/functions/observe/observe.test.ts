// Observing: true receipts move jobs; forged, foreign, malformed and repeated ones change nothing and are not retried.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { takeEvent } from "../../../functions/observe/take-event.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { receiptKey } from "../../../shared/headnode/receipt.ts";
import { type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
});
afterAll(() => gateway.stop());

async function dispatched(): Promise<{ job: string; group: string }> {
  const { body } = await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob() });
  await gateway.deliver();
  const record = await gateway.parts.api.jobs.get(body.id);
  return { job: body.id, group: record?.group ?? "" };
}
const event = (key: string) =>
  JSON.stringify({ Records: [{ s3: { object: { key: encodeURIComponent(key).replaceAll("%20", "+") } } }] });
async function receive(
  body: Record<string, unknown>,
  o: { cluster?: string; name?: string; raw?: string } = {},
): Promise<void> {
  const receipt = ulid();
  const key = receiptKey(o.cluster ?? "local", "2026010100", o.name ?? receipt);
  const text =
    o.raw ?? JSON.stringify({ version: 1, cluster: "local", receipt, at: "2026-01-01T00:00:01.000Z", ...body });
  await gateway.s3.put("results", key, Buffer.from(text));
  await takeEvent(event(key), gateway.parts.observe);
}
const states = (group: string, member: Record<string, unknown>) => ({
  kind: "states",
  groups: [{ group, slurmId: "5", members: [{ index: 0, attempt: 1, state: "running", source: "squeue", ...member }] }],
});
const stateOf = async (job: string) => (await gateway.parts.api.jobs.get(job))?.state;

test("a true receipt moves the job and acknowledges its group", async () => {
  const { job, group } = await dispatched();
  await receive(states(group, { job }));
  expect(await stateOf(job)).toBe("running");
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ acknowledged: true, stage: "sent" });
  expect((await gateway.parts.api.clusterTable.get("local")).heardAt).toBeDefined();
});

describe("is dropped without a retry:", () => {
  test.each<
    [
      string,
      (one: {
        job: string;
        group: string;
        other: { job: string; group: string };
      }) => [Record<string, unknown>, { cluster?: string; name?: string; raw?: string }?],
    ]
  >([
    ["another cluster's folder", ({ job, group }) => [states(group, { job }), { cluster: "other" }]],
    [
      "a receipt that speaks for another cluster",
      ({ job, group }) => [{ ...states(group, { job }), cluster: "other" }, { cluster: "other" }],
    ],
    ["another name than its own", ({ job, group }) => [states(group, { job }), { name: ulid() }]],
    ["another group's job", ({ job, other }) => [states(other.group, { job })]],
    ["a group that is not there", ({ job }) => [states(ulid(), { job })]],
    ["an index that is not the job's", ({ job, group }) => [states(group, { job, index: 1 })]],
    ["an attempt that is not the present one", ({ job, group }) => [states(group, { job, attempt: 2 })]],
    ["a witness that is no head node's", ({ job, group }) => [states(group, { job, source: "api" })]],
    ["a state that a head node cannot see", ({ job, group }) => [states(group, { job, state: "submitted" })]],
    ["an unknown field", ({ job, group }) => [{ ...states(group, { job }), note: "hello" }]],
    ["text that is not JSON", () => [{}, { raw: "{" }]],
    ["a receipt of over a megabyte", ({ job, group }) => [{ ...states(group, { job }), pad: "x".repeat(1_100_000) }]],
  ])("%s", async (_what, forge) => {
    const one = await dispatched();
    const other = await dispatched();
    await receive(...forge({ ...one, other }));
    expect([await stateOf(one.job), await stateOf(other.job)]).toEqual(["dispatched", "dispatched"]);
  });

  test.each([
    JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "results" }),
    "not JSON",
    JSON.stringify({ Records: [{ s3: { object: { key: "receipts/local/heartbeat" } } }] }),
    JSON.stringify({ Records: [{ s3: { object: { key: "receipts/local/2026010100/%E0%A4%A.json" } } }] }),
    event(receiptKey("local", "2026010100", ulid())),
    event("receipts/../local/2026010100/x.json"),
  ])("the event %.60s", async (body) => {
    await expect(takeEvent(body, gateway.parts.observe)).resolves.toBeUndefined();
  });
});

test("receipts in any order, each twice, end in the one end, and the group is closed", async () => {
  const { job, group } = await dispatched();
  const member = { index: 0, job, attempt: 1 };
  const ended = {
    ...member,
    state: "failed",
    reason: "exit-code",
    exitCode: 3,
    source: "sacct",
    endedAt: "2026-01-01T00:00:09.000Z",
  };
  const results = { ...member, results: { state: "withheld", reason: "812 GB > 50 GB" } };
  const told = [
    {
      kind: "results",
      at: "2026-01-01T00:00:09.000Z",
      group,
      slice: 0,
      collection: ulid(),
      states: [ended],
      members: [results],
    },
    { ...states(group, { job, state: "queued" }), at: "2026-01-01T00:00:02.000Z" },
    {
      ...states(group, { job, state: "running", startedAt: "2026-01-01T00:00:03.000Z" }),
      at: "2026-01-01T00:00:03.000Z",
    },
  ];
  for (const one of [...told, ...told]) await receive(one);

  expect(await gateway.parts.api.jobs.get(job)).toMatchObject({
    state: "failed",
    exitCode: 3,
    results: { state: "withheld" },
    startedAt: "2026-01-01T00:00:03.000Z",
  });
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ stage: "closed" });
  const { body } = await gateway.request("GET", `/v1/jobs/${job}/files`, { as: "alice" });
  expect(body).toMatchObject({ code: "results-not-available", detail: expect.stringContaining("812 GB > 50 GB") });
});

test("the one member that is left of a group bears the id of a plain job", async () => {
  const { job, group } = await dispatched();
  await gateway.parts.dispatch.groups.change(group, ({ members }) => ({ members: [...members, null], settled: "01" }));
  await receive(states(group, { job }));
  expect((await gateway.parts.api.jobs.get(job))?.slurmId).toBe("5");
});

test("a lost member keeps its group open no longer than its results, and may still be heard of", async () => {
  const { job, group } = await dispatched();
  const member = { index: 0, job, attempt: 1 };
  const gone = { ...member, state: "failed", reason: "lost", source: "headnode" };
  await receive(states(group, gone));
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ stage: "sent" });
  const results = [{ ...member, results: { state: "unavailable", reason: "its folder is gone" } }];
  await receive({ kind: "results", group, slice: 0, collection: ulid(), states: [gone], members: results });
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ stage: "closed" });

  await receive({
    ...states(group, { job, state: "succeeded", exitCode: 0, source: "sacct" }),
    at: "2026-01-03T00:00:00Z",
  });
  expect(await stateOf(job)).toBe("succeeded");
});

test("a group that the head node does not know is remembered since when, until it is known again", async () => {
  const { job, group } = await dispatched();
  const groupOf = () => gateway.parts.dispatch.groups.get(group);
  const unknown = { kind: "states", groups: [], unknown: [group] };
  await receive(unknown);
  expect((await groupOf())?.unknownSince, "nobody had acknowledged it").toBeUndefined();
  await receive(states(group, { job }));
  await receive({ ...unknown, cluster: "other" }, { cluster: "other" });
  expect((await groupOf())?.unknownSince, "it is another cluster's").toBeUndefined();

  // S3 tells whole seconds
  const nextSecond = () => sleep(1_100);
  await nextSecond();
  await receive(unknown);
  const { unknownSince } = (await groupOf()) ?? {};
  expect(unknownSince).toBeDefined();
  await nextSecond();
  await receive(unknown);
  expect((await groupOf())?.unknownSince).toBe(unknownSince);
  expect(await stateOf(job)).toBe("running");

  await receive(states(group, { job, state: "collecting" }));
  expect((await groupOf())?.unknownSince).toBeUndefined();
});

test("results tell until when the folder stays on the cluster, as its head node keeps folders", async () => {
  const { job, group } = await dispatched();
  const at = "2026-01-01T00:00:09.000Z";
  const folders = { root: "{home}/headgate", keepDays: 0.5 };
  await gateway.parts.api.clusterTable.describe("local", { kind: "slurm", partitions: [], describedAt: at, folders });
  const member = { index: 0, job, attempt: 1 };
  const states = [{ ...member, state: "succeeded", source: "sacct", endedAt: at }];
  const members = [{ ...member, results: { state: "withheld", reason: "812 GB > 50 GB" } }];
  const results = {
    kind: "results",
    at,
    group,
    folder: "/home/alice/x",
    slice: 0,
    collection: ulid(),
    states,
    members,
  };
  await receive(results);
  const { body } = await gateway.request<Job>("GET", `/v1/jobs/${job}`, { as: "alice" });
  expect(body).toMatchObject({ folder: "/home/alice/x/members/0", folderKeptUntil: "2026-01-01T12:00:09.000Z" });
});
