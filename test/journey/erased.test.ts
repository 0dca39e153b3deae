// The whole life on the local cloud: a job is tried again by itself, told of at one address, deleted with all its files; dead letters are given back.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "../../infra/local/api-client.ts";
import type { Cluster } from "../../shared/contract/catalogue.ts";
import type { Job } from "../../shared/contract/job.ts";
import { type Session, sessionOf } from "./api-session.ts";
import { type LocalStack, startStack } from "./local-stack.ts";

let stack: LocalStack;
let alice: Session;
const api = <T>(method: string, address: string, body?: Record<string, unknown>) =>
  call<T>(stack.local.api, alice.token, method, address, body);
const ask = (address: string, headers: Record<string, string> = {}, method = "GET") =>
  fetch(`${stack.local.api}${address}`, { method, headers: { authorization: `Bearer ${alice.token}`, ...headers } });

beforeAll(async () => {
  stack = await startStack({ flags: ["--no-welcome", "--scale=60"] });
  alice = await sessionOf(stack, "alice");
});
afterAll(async () => {
  await stack?.stop();
  if (stack) rmSync(stack.data, { recursive: true, force: true });
});

it("a cluster is described before it gets its first job", async () => {
  const described = async () => (await api<{ clusters: Cluster[] }>("GET", "/v1/clusters")).clusters[0];
  for (let turn = 0; turn < 600 && !(await described())?.partitions; turn += 1) await sleep(200);
  expect((await described())?.partitions?.map(({ name }) => name)).toContain("debug");
});

it("a job that fails for a reason that its person named is tried again, and each try's log is had", async () => {
  const job = await alice.submitScript("echo a try; exit 3", {}, { retry: { limit: 1, on: ["exit-code"] } });
  const ended = await alice.until(job.id, (one) => one.state === "failed" && one.results.state !== "pending", 120);
  expect(ended).toMatchObject({
    attempt: 2,
    exitCode: 3,
    attempts: [{ attempt: 1, exitCode: 3, reason: "exit-code" }],
  });
  const first = async () => (await alice.get(job.id)).attempts?.[0]?.results.state;
  for (let turn = 0; turn < 100 && (await first()) === "pending"; turn += 1) await sleep(200);
  for (const attempt of [1, 2]) {
    const { files } = await api<Awaited<ReturnType<Session["files"]>>>(
      "GET",
      `/v1/jobs/${job.id}/files?attempt=${attempt}`,
    );
    const stdout = files.find((file) => file.role === "stdout");
    expect(stdout && (await alice.download(stdout)).toString()).toBe("a try\n");
  }
});

it("two alike jobs, one of them deleted: its input and results go, the other's stay", async () => {
  const { next } = await api<{ next: string }>("GET", "/v1/changes");
  const jobs: Job[] = [];
  for (const name of ["a", "b"])
    jobs.push(await alice.submitScript("cat in.txt", { "in.txt": `of ${name}\n` }, { name }));
  const [gone, kept] = jobs as [Job, Job];
  for (const { id } of jobs) await alice.ended(id);
  const removed = await ask(`/v1/jobs/${gone.id}`, {}, "DELETE");
  expect(removed.status).toBe(204);
  const uploads = jobs.map(({ inputs }) => inputs[0]?.upload ?? "");
  const check = (upload: string | undefined) =>
    fetch(`${stack.local.api}/v1/jobs/check`, {
      method: "POST",
      headers: { authorization: `Bearer ${alice.token}`, "content-type": "application/json" },
      body: JSON.stringify({ application: "script", parameters: { text: "true" }, inputs: [{ upload, name: "x" }] }),
    });
  for (let turn = 0; turn < 300 && (await check(uploads[0])).status !== 422; turn += 1) await sleep(200);
  expect([(await check(uploads[0])).status, (await check(uploads[1])).status]).toEqual([422, 200]);
  const { files } = await alice.files(kept.id);
  const stdout = files.find((file) => file.role === "stdout");
  expect(stdout && (await alice.download(stdout)).toString()).toBe("of b\n");

  const changes = await api<{ jobs: Job[]; deleted: string[] }>("GET", `/v1/changes?since=${next}`);
  // what moved shortly before may be told too
  expect(changes.jobs.map(({ id }) => id)).toContain(kept.id);
  expect(changes.jobs.map(({ id }) => id)).not.toContain(gone.id);
  expect(changes.deleted).toEqual([gone.id]);
  const address = "/v1/changes?since=2020-01-01T00:00:00Z&limit=1";
  const head = await ask(address, {}, "HEAD");
  expect([head.status, (await head.text()).length]).toEqual([200, 0]);
  await sleep(11_000);
  const later = (await (await ask(`/v1/changes?since=${next}`)).json()) as { next: string };
  const rest = await ask(`/v1/changes?since=${later.next}`);
  const again = await ask(`/v1/changes?since=${later.next}`, { "if-none-match": rest.headers.get("etag") ?? "" });
  expect([rest.status, again.status]).toEqual([200, 304]);
});

it("dead letters are given back by one command", () => {
  const root = path.resolve(import.meta.dirname, "../..");
  const said = execFileSync("npm", ["run", "-s", "redrive", "--", `--local=${stack.data}`], {
    cwd: root,
    encoding: "utf8",
  });
  expect(said).toMatch(/^\d+ messages? given back to .*\n\d+ messages? given back to .*\n$/);
});
