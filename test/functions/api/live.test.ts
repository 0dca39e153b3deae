// Looking at a running job: one asking of the cluster for however many look, and what it saw only for its owner.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Job, LiveJob } from "../../../shared/contract/job.ts";
import type { Batch } from "../../../shared/headnode/batch.ts";
import { type Peek, peekKey } from "../../../shared/headnode/peek.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
let job: Job;
const submission = { application: "script", parameters: { text: "echo hello\n" } };

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
  await gateway.member("bob");
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  gateway.messages.length = 0;
  job = await running(submission);
  gateway.messages.length = 0;
  gateway.commands.length = 0;
});

async function running(o: Record<string, unknown>): Promise<Job> {
  const { body } = await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob(o) });
  await gateway.deliver();
  await gateway.parts.api.jobs.change(body.id, () => ({ changes: { state: "running" } }));
  return body;
}
const peek = (id: string, as = "alice") => gateway.request<LiveJob>("POST", `/v1/jobs/${id}/peek`, { as });
const live = (id: string, as = "alice") => gateway.request<LiveJob>("GET", `/v1/jobs/${id}/live`, { as });
const batches = async (): Promise<Batch[]> =>
  await Promise.all(gateway.commands.map(({ batch }) => gateway.batch(batch)));
const record = async (id: string) => {
  const found = await gateway.parts.api.jobs.get(id);
  if (found?.group === undefined || found.index === undefined) throw new Error("the job is in no group");
  return { ...found, group: found.group, index: found.index };
};
async function saw(id: string, o: Partial<Peek>): Promise<void> {
  const { group, index, attempt } = await record(id);
  const at = "2026-11-22T10:00:00.000Z";
  const body: Peek = { version: 1, cluster: "local", group, index, job: id, attempt, at, ...o };
  await gateway.s3.put(
    "results",
    peekKey("local", group, index),
    Buffer.from(JSON.stringify(body)),
    "application/json",
  );
}

it("asks the cluster once for a minute, whoever looks and however often, and again before that is over", async () => {
  const before = await record(job.id);
  const first = await peek(job.id);
  for (let looks = 0; looks < 5; looks += 1) await peek(job.id);

  expect(gateway.messages).toEqual([{ cluster: "local", peek: [job.id] }]);
  const until = Date.parse(first.body.until ?? "");
  expect(first.body).toEqual({ until: expect.any(String) });
  await gateway.deliver();
  const { group, index } = before;
  expect(await batches()).toMatchObject([
    { verb: "peek", groups: [{ group, members: [index], until: first.body.until }] },
  ]);
  gateway.time.offset += 45_000;
  const again = await peek(job.id);
  expect(gateway.messages).toHaveLength(1);
  expect(Date.parse(again.body.until ?? "") - until).toBeGreaterThanOrEqual(40_000);
  // a look is no change: nobody's list moves by it
  const after = await record(job.id);
  expect([after.changedAt, after.revision, after.events]).toEqual([before.changedAt, before.revision, before.events]);
});

it("shows what the cluster saw last, and how far the job is by its own file", async () => {
  const input = await gateway.upload("alice", "line.py", "pass\n");
  const fit = await running({
    application: "bumps",
    parameters: { model: "line.py", fitter: "de", steps: 60 },
    inputs: [{ name: "line.py", upload: input }],
  });
  const stdout = { size: 70_000, from: 69_990, text: "é 世 line\n" };
  await saw(fit.id, {
    stdout,
    progress: { size: 9_000, from: 4_904, text: "ep 3 cost 9.00(13)\nstep 18 cost 2.17(13)\n" },
    progressStart: "step 1 cost 50.00(13)\n",
  });

  const { body, status } = await live(fit.id);
  expect(status).toBe(200);
  expect(body).toEqual({
    at: "2026-11-22T10:00:00.000Z",
    stdout,
    progress: { done: 0.3, words: "step 18 of at most 60", measure: { name: "chisq", value: 2.17 } },
  });
});

it("shows nothing of another attempt's or job's, nor what is none of our form", async () => {
  const { group, index } = await record(job.id);
  const stdout = { size: 1, from: 0, text: "x" };
  for (const wrong of [{ attempt: 2 }, { job: group }, { index: 7 }, { group: job.id }, { cluster: "other" }]) {
    await saw(job.id, { stdout, ...wrong });
    expect((await live(job.id)).body).toEqual({});
  }
  for (const bytes of ["{", "null", "x".repeat(1_000_001)]) {
    await gateway.s3.put("results", peekKey("local", group, index), Buffer.from(bytes), "application/json");
    expect((await live(job.id)).body).toEqual({});
  }
});

it("asks nothing of a job that does not run, and says what was seen last", async () => {
  await saw(job.id, { stderr: { size: 2, from: 0, text: "x\n" } });
  await peek(job.id);
  gateway.messages.length = 0;
  for (const state of ["collecting", "failed", "queued"] as const) {
    await gateway.parts.api.jobs.change(job.id, () => ({ changes: { state } }));
    expect((await peek(job.id)).body).toEqual({
      at: "2026-11-22T10:00:00.000Z",
      stderr: { size: 2, from: 0, text: "x\n" },
    });
  }
  const waiting = await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob(submission) });
  gateway.messages.length = 0;
  expect((await peek(waiting.body.id)).body).toEqual({});
  expect(gateway.messages).toEqual([]);
});

it("is nobody else's", async () => {
  await saw(job.id, { stdout: { size: 1, from: 0, text: "x" } });
  for (const answer of [await peek(job.id, "bob"), await live(job.id, "bob")])
    expect(answer).toMatchObject({ status: 404, problem: { type: "/problems/not-found" } });
  expect(gateway.messages).toEqual([]);
});

it("sends no look at what has ended meanwhile, is looked at no more, or lies elsewhere", async () => {
  const [ended, late, good] = [job, await running(submission), await running(submission)];
  gateway.messages.length = 0;
  gateway.commands.length = 0;
  for (const one of [ended, late]) await peek(one.id);
  await gateway.parts.api.jobs.change(ended.id, () => ({ changes: { state: "collecting" } }));
  gateway.time.offset += 70_000;
  await peek(good.id);
  gateway.messages.length = 0;
  const ids = [ended.id, late.id, good.id, good.id, "01JZZZZZZZZZZZZZZZZZZZZZZZ"];
  gateway.messages.push({ cluster: cluster.id, peek: ids }, { cluster: "other", peek: [good.id] });
  await gateway.deliver();

  const { group, index } = await record(good.id);
  expect(await batches()).toMatchObject([{ verb: "peek", groups: [{ group, members: [index] }] }]);
});
