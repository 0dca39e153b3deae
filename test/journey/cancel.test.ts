// Cancelling, running anew and deleting on the whole local cloud, from the address to the process of the job.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "../../infra/local/api-client.ts";
import type { BulkResult, CheckedJob, Job, LiveJob } from "../../shared/contract/job.ts";
import { type Session, sessionOf } from "./api-session.ts";
import { type LocalStack, startStack } from "./local-stack.ts";

let stack: LocalStack;
let alice: Session;
let bob: Session;
const api = <T>(method: string, path: string, body?: Record<string, unknown>) =>
  call<T>(stack.local.api, alice.token, method, path, body);
const cancel = (job: Job) => api<Job>("POST", `/v1/jobs/${job.id}/cancel`, {});
const running = (job: Job) => alice.until(job.id, (one) => one.state === "running");

beforeAll(async () => {
  stack = await startStack({ flags: ["--no-welcome"] });
  [alice, bob] = [await sessionOf(stack, "alice"), await sessionOf(stack, "bob")];
});
afterAll(async () => {
  await stack?.stop();
  if (stack) rmSync(stack.data, { recursive: true, force: true });
});

it("ends a job that runs, and brings back what it had written", async () => {
  const job = await alice.submitScript("echo begun; sleep 300; echo never");
  await running(job);
  const asked = await cancel(job);
  expect(asked).toMatchObject({ state: "running", cancelRequestedAt: expect.any(String) });

  const ended = await alice.ended(job.id);
  expect(ended).toMatchObject({ state: "cancelled", results: { state: "available" } });
  const { files } = await alice.files(job.id);
  const stdout = files.find((file) => file.role === "stdout");
  if (!stdout) throw new Error("there is no stdout");
  expect((await alice.download(stdout)).toString()).toBe("begun\n");
  const events = await alice.events(job.id);
  expect(events.map((event) => event.cause)).toContain("cancelling was asked for");
});

it("ends jobs that wait, in one array or alone, and leaves the others of the array", async () => {
  const blocker = await alice.submitScript("sleep 300", {}, { resources: { cpusPerTask: 2 } });
  await running(blocker);
  const waiting = await Promise.all(
    ["a", "b", "c", "d"].map((name) => alice.submitScript("echo done", {}, { name, resources: { cpusPerTask: 2 } })),
  );
  for (const job of waiting) await alice.until(job.id, (one) => one.state === "queued");
  const [first, second, third, last] = waiting.map((job) => job.id);
  const { results } = await api<{ results: BulkResult[] }>("POST", "/v1/jobs/bulk", {
    action: "cancel",
    jobs: [first, third],
  });
  expect(results.map((result) => result.ok)).toEqual([true, true]);

  for (const id of [first, third]) expect((await alice.ended(id ?? "")).state).toBe("cancelled");
  await cancel(blocker);
  expect((await alice.ended(blocker.id)).state).toBe("cancelled");
  for (const id of [second, last]) expect((await alice.ended(id ?? "")).state).toBe("succeeded");
});

it("ends each of many that were cancelled as soon as they were submitted, whoever was first", async () => {
  const jobs = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const job = await alice.submitScript("sleep 300");
      return await cancel(job);
    }),
  );
  for (const job of jobs) expect((await alice.ended(job.id)).state).toBe("cancelled");
});

it("shows a running job's log to its owner alone, from the cluster to the address", async () => {
  const job = await alice.submitScript("echo begun; sleep 300");
  await running(job);
  const asked = await api<LiveJob>("POST", `/v1/jobs/${job.id}/peek`, {});
  expect(asked.until).toBeDefined();
  let live = asked;
  for (let looks = 0; looks < 200 && live.stdout === undefined; looks += 1) {
    await sleep(200);
    live = await api<LiveJob>("GET", `/v1/jobs/${job.id}/live`);
  }

  expect(live).toMatchObject({ at: expect.any(String), stdout: { size: 6, from: 0, text: "begun\n" } });
  await expect(call(stack.local.api, bob.token, "GET", `/v1/jobs/${job.id}/live`)).rejects.toThrow(/404/);
  await cancel(job);
  expect((await alice.ended(job.id)).state).toBe("cancelled");
});

it("leaves a job that has ended as it is", async () => {
  const job = await alice.submitScript("echo done");
  const ended = await alice.ended(job.id);
  expect(await cancel(job)).toEqual(ended);
});

it("runs a job anew with its inputs and another word, and says before what that would be", async () => {
  const job = await alice.submitScript("cat words", { words: "hello\n" });
  await alice.ended(job.id);
  const parameters = { text: 'cat words; echo "$1"', arguments: ["again"] };
  const checked = await api<CheckedJob>("POST", "/v1/jobs/check", { application: "script", parameters });
  expect(checked.script).toContain("#SBATCH --ntasks=1");
  const anew = await api<Job>("POST", `/v1/jobs/${job.id}/rerun`, { parameters });

  expect(anew.rerunOf).toBe(job.id);
  expect((await alice.ended(anew.id)).state).toBe("succeeded");
  const [stdout] = (await alice.files(anew.id)).files.filter((file) => file.role === "stdout");
  if (!stdout) throw new Error("there is no stdout");
  expect((await alice.download(stdout)).toString()).toBe("hello\nagain\n");
});

it("deletes a job that runs: it ends, and is there for nobody", async () => {
  const marker = `300.${process.pid}`;
  const job = await alice.submitScript(`sleep ${marker}`);
  await running(job);
  const alive = () => execFileSync("ps", ["-eo", "args"], { encoding: "utf8" }).includes(`sleep ${marker}`);
  expect(alive()).toBe(true);
  const remove = async ({ token }: Session) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${stack.local.api}/v1/jobs/${job.id}`, { method: "DELETE", headers })).status;
  };
  expect([await remove(bob), await remove(alice), await remove(alice)]).toEqual([404, 204, 404]);

  await expect(alice.get(job.id)).rejects.toThrow(/404/);
  const { jobs } = await api<{ jobs: Job[] }>("GET", "/v1/jobs?state=running,cancelled,dispatched,queued");
  expect(jobs.map((one) => one.id)).not.toContain(job.id);
  for (let looks = 0; looks < 300 && alive(); looks += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(alive()).toBe(false);
});
