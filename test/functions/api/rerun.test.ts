// Running jobs anew: the same job but for what is named otherwise, one by one and many at once.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { BulkResult, Job } from "../../../shared/contract/job.ts";
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

const call = <T = Job>(method: string, path: string, body: unknown, o: { key?: string } = {}) =>
  gateway.request<T>(method, path, {
    as: "alice",
    body,
    headers: o.key === undefined ? {} : { "idempotency-key": o.key },
  });
const submit = async (o: Record<string, unknown> = {}): Promise<Job> => {
  const { status, body } = await call("POST", "/v1/jobs", scriptJob(o));
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
};
const bulk = async (body: Record<string, unknown>, key?: string): Promise<BulkResult[]> => {
  const answer = await call<{ results: BulkResult[] }>("POST", "/v1/jobs/bulk", body, key === undefined ? {} : { key });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.results;
};

test("running anew gives a new job with the same inputs, with what is named otherwise", async () => {
  const upload = await gateway.upload("alice", "points.csv", "1,2\n");
  const old = await submit({
    name: "fit",
    tags: ["a"],
    inputs: [{ upload, name: "points.csv" }],
    parameters: { text: "cat points.csv\n", arguments: ["x"] },
    resources: { nodes: 2, wallMinutes: 5 },
  });
  const made = await call("POST", `/v1/jobs/${old.id}/rerun`, {
    parameters: { arguments: ["y"] },
    resources: { wallMinutes: 9 },
  });
  const named = await call("POST", `/v1/jobs/${made.body.id}/rerun`, { name: "again" });

  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    state: "submitted",
    rerunOf: old.id,
    name: "fit",
    tags: ["a"],
    inputs: [{ name: "points.csv", upload }],
    parameters: { text: "cat points.csv\n", arguments: ["y"] },
    resources: { nodes: 2, wallMinutes: 9 },
  });
  expect(made.body.id).not.toBe(old.id);
  expect(gateway.messages).toContainEqual({ cluster: "local", job: made.body.id });
  expect(named.body).toMatchObject({ name: "again", rerunOf: made.body.id, parameters: { arguments: ["y"] } });
});

test("a job run anew keeps how often it may be tried again and who is told; one of a sweep is run by itself", async () => {
  const retry = { limit: 0, on: [] };
  const mail = { to: ["alice@example.org"], on: ["failed"] };
  const sweep = { id: "01JZZZZZZZZZZZZZZZZZZZZZZZ", index: 1, size: 3 };
  const old = await submit({ retry, mail, sweep });
  const { body: made } = await call("POST", `/v1/jobs/${old.id}/rerun`, {});
  const [one] = await bulk({ action: "rerun", jobs: [old.id] });

  for (const job of [made, one?.ok && one.is]) {
    expect(job).toMatchObject({ rerunOf: old.id, retry, mail });
    expect(job).not.toHaveProperty("sweep");
  }
});

test("a job run anew tells nobody where the site has stopped sending mail", async () => {
  const retry = { limit: 1, on: ["time-limit"] };
  const old = await submit({ retry, mail: { to: ["alice@example.org"], on: ["failed"] } });
  const { api } = gateway.parts;
  const through = gateway.handlerOn({ ...api, site: { ...api.site, mail: false } });
  const path = `/v1/jobs/${old.id}/rerun`;
  const made = await gateway.request<Job>("POST", path, { as: "alice", body: {}, through });

  expect([made.status, made.body.retry]).toEqual([201, retry]);
  expect(made.body).not.toHaveProperty("mail");
});

test("running anew with one key gives one job, and refuses another wish or another old job under it", async () => {
  const [old, other] = [await submit(), await submit()];
  const first = await call("POST", `/v1/jobs/${old.id}/rerun`, {}, { key: "anew" });
  const again = await call("POST", `/v1/jobs/${old.id}/rerun`, {}, { key: "anew" });
  const wish = await call("POST", `/v1/jobs/${old.id}/rerun`, { name: "x" }, { key: "anew" });
  const another = await call("POST", `/v1/jobs/${other.id}/rerun`, {}, { key: "anew" });

  expect(again.body.id).toBe(first.body.id);
  expect([wish.problem.code, another.problem.code]).toEqual(["idempotency-key-reused", "idempotency-key-reused"]);
});

test("running anew is refused with the words of submitting where the old values no longer do", async () => {
  const old = await submit();
  const refused = await call("POST", `/v1/jobs/${old.id}/rerun`, { parameters: { interpreter: "perl" } });
  expect([refused.status, refused.problem.code, refused.problem.issues?.[0]?.field]).toEqual([
    422,
    "invalid-request",
    "parameters.interpreter",
  ]);
});

test("running many anew gives each once however often the same is sent", async () => {
  const jobs = [(await submit()).id, (await submit()).id];
  const first = await bulk({ action: "rerun", jobs }, "bulk-key");
  const again = await bulk({ action: "rerun", jobs }, "bulk-key");
  const other = await bulk({ action: "rerun", jobs });

  expect(first).toMatchObject(jobs.map((job) => ({ job, ok: true, is: { rerunOf: job } })));
  expect(again).toEqual(first);
  expect(other[0]).not.toEqual(first[0]);
});
