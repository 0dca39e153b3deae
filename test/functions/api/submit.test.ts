// Submitting: once per key whatever is repeated, and nothing half-done.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Job } from "../../../shared/contract/job.ts";
import { type Bomb, explosive } from "../crash.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
  await gateway.member("bob");
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.messages.length = 0;
  gateway.time.offset = 0;
});

const submit = (body: unknown, key?: string, as = "alice") =>
  gateway.request<Job>("POST", "/v1/jobs", { as, body, headers: key ? { "idempotency-key": key } : {} });
const jobsOf = async (as: string) => (await gateway.request<{ jobs: Job[] }>("GET", "/v1/jobs", { as })).body.jobs;

describe("an Idempotency-Key", () => {
  test("gives one job to twenty requests at once", async () => {
    const before = (await jobsOf("alice")).length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(scriptJob(), "twenty")));

    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect((await jobsOf("alice")).length).toBe(before + 1);
  });

  test("refuses another body, and is another person's own", async () => {
    const first = await submit(scriptJob({ name: "one" }), "same");
    const other = await submit(scriptJob({ name: "two" }), "same");
    const bobs = await submit(scriptJob({ name: "two" }), "same", "bob");

    expect(first.status).toBe(201);
    expect([other.status, other.problem.code, other.problem.issues?.[0]?.field]).toEqual([
      422,
      "idempotency-key-reused",
      "idempotency-key",
    ]);
    expect(bobs.status).toBe(201);
    expect(bobs.body.id).not.toBe(first.body.id);
  });

  test("is forgotten after thirty days, whether or not the table has removed it", async () => {
    const first = await submit(scriptJob(), "old");
    gateway.time.offset = 31 * 24 * 3_600_000;
    const later = await submit(scriptJob({ name: "another" }), "old");

    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
  });

  test("that was refused may be used again with a body that is right", async () => {
    const refused = await submit(scriptJob({ application: "nonesuch" }), "refused");
    const right = await submit(scriptJob(), "refused");

    expect([refused.status, refused.problem.code]).toEqual([422, "unknown-application"]);
    expect(right.status).toBe(201);
  });
});

test("a crash at any side effect, then a repeat, ends with one job that is asked for", async () => {
  let crashes = 0;
  for (const when of ["before", "after"] as const) {
    for (let at = 1; at <= 20; at += 1) {
      const bomb: Bomb = { at, when, seen: 0 };
      const key = `crash-${when}-${at}`;
      const body = scriptJob({ name: key });
      gateway.messages.length = 0;
      const through = gateway.handlerOn(explosive(gateway, bomb).api);
      const first = await gateway.request<Job>("POST", "/v1/jobs", {
        as: "alice",
        body,
        headers: { "idempotency-key": key },
        through,
      });
      if (bomb.seen < at) break;
      crashes += 1;
      expect([first.status, JSON.stringify(first.body)]).toEqual([500, expect.not.stringContaining("Crash")]);
      const again = await submit(body, key);
      const third = await submit(body, key);

      expect(again.status).toBe(201);
      expect(third.body.id).toBe(again.body.id);
      expect((await jobsOf("alice")).filter((job) => job.name === key)).toHaveLength(1);
      expect(gateway.messages).toContainEqual({ cluster: cluster.id, job: again.body.id });
    }
  }
  // The key, the job, the message: each before and after.
  expect(crashes).toBe(6);
});

describe("bad input gets a clear problem, and nothing is written", () => {
  const ulid = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
  const cases: [string, unknown, string, string][] = [
    ["an unknown field", scriptJob({ priority: 7 }), "invalid-request", "priority"],
    [
      "an upload that is not there",
      scriptJob({ inputs: [{ upload: ulid, name: "x" }] }),
      "input-missing",
      "inputs.0.upload",
    ],
    ["..", scriptJob({ inputs: [{ upload: ulid, name: "../x" }] }), "invalid-request", "inputs.0.name"],
    ["a leading /", scriptJob({ inputs: [{ upload: ulid, name: "/x" }] }), "invalid-request", "inputs.0.name"],
    [
      "a control character",
      scriptJob({ inputs: [{ upload: ulid, name: "a\u0007" }] }),
      "invalid-request",
      "inputs.0.name",
    ],
    ["256 bytes", scriptJob({ inputs: [{ upload: ulid, name: "é".repeat(128) }] }), "invalid-request", "inputs.0.name"],
    [
      "one name twice",
      scriptJob({
        inputs: [
          { upload: ulid, name: "x" },
          { upload: ulid, name: "x" },
        ],
      }),
      "invalid-request",
      "inputs.1.name",
    ],
    [
      "a file and a folder of one name",
      scriptJob({
        inputs: [
          { upload: ulid, name: "x" },
          { upload: ulid, name: "x/y" },
        ],
      }),
      "invalid-request",
      "inputs.0.name",
    ],
    ["an unknown application", scriptJob({ application: "nonesuch" }), "unknown-application", "application"],
    ["an unknown version", scriptJob({ version: "99" }), "unknown-application", "version"],
    ["an unknown cluster", scriptJob({ cluster: "moon" }), "unknown-cluster", "cluster"],
    [
      "more nodes than the partition has",
      scriptJob({ resources: { nodes: 3 } }),
      "resources-exceeded",
      "resources.nodes",
    ],
    [
      "more time than it gives",
      scriptJob({ resources: { wallMinutes: 61 } }),
      "resources-exceeded",
      "resources.wallMinutes",
    ],
    [
      "a partition that is not there",
      scriptJob({ resources: { partition: "gpu" } }),
      "resources-exceeded",
      "resources.partition",
    ],
    ["half a node", scriptJob({ resources: { nodes: 0.5 } }), "invalid-request", "resources.nodes"],
    [
      "an unknown parameter",
      { application: "script", parameters: { text: "x", colour: 1 } },
      "invalid-request",
      "parameters.colour",
    ],
    ["a list", [], "invalid-request", ""],
    [
      "a job beyond an item of the table",
      scriptJob({ parameters: { text: "\n".repeat(200_000) }, description: "x".repeat(10_000) }),
      "invalid-request",
      "",
    ],
  ];
  beforeAll(() =>
    gateway.parts.api.clusterTable.describe(cluster.id, {
      kind: "slurm",
      describedAt: "2026-01-01T00:00:00.000Z",
      partitions: [{ name: "main", default: true, maxMinutes: 60, nodes: 2, cpusPerNode: 4, memoryMbPerNode: 8_000 }],
    }),
  );

  test.each(cases)("%s", async (_what, body, code, field) => {
    const before = (await jobsOf("alice")).length;
    const answer = await submit(body);

    expect([answer.status, answer.problem.code], JSON.stringify(answer.body)).toEqual([422, code]);
    expect(answer.problem.issues?.map((issue) => issue.field)).toContain(field);
    expect(answer.problem.issues?.every((issue) => issue.accepted.length > 0)).toBe(true);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect((await jobsOf("alice")).length).toBe(before);
    expect(gateway.messages).toEqual([]);
  });

  test("another's upload is as one that is not there", async () => {
    const upload = await gateway.upload("bob", "x", "bob's bytes");
    const answer = await submit(scriptJob({ inputs: [{ upload, name: "x" }] }));
    expect([answer.status, answer.problem.code]).toEqual([422, "input-missing"]);
  });

  test("nobody submits without a Unix account on the cluster", async () => {
    const { body } = await gateway.request<{ id: string }>("GET", "/v1/me", { as: "carol" });
    await gateway.parts.api.people.change(body.id, () => ({ status: "active" }));
    const answer = await submit(scriptJob(), undefined, "carol");
    expect([answer.status, answer.problem.code]).toEqual([403, "no-unix-account"]);
  });
});

describe("an upload", () => {
  test("is good once, and only for its size and type", async () => {
    const make = async () =>
      (
        await gateway.request<{ url: string; headers: Record<string, string> }>("POST", "/v1/uploads", {
          as: "alice",
          body: { name: "x", size: 4, type: "text/plain" },
        })
      ).body;
    const put = async ({ url, headers }: Awaited<ReturnType<typeof make>>, body: string, other = {}) =>
      (await fetch(url, { method: "PUT", headers: { ...headers, ...other }, body })).status;
    const upload = await make();

    expect(await put(await make(), "five!")).toBe(403);
    expect(await put(await make(), "four", { "content-type": "text/html" })).toBe(403);
    expect(await put(upload, "four")).toBe(200);
    expect(await put(upload, "more")).toBe(412);
    const { url, headers } = upload;
    const { "if-none-match": _once, ...without } = headers;
    expect(await put({ url, headers: without }, "more")).toBe(403);
  });

  test("of nothing at all is an input too", async () => {
    const upload = await gateway.upload("alice", "empty", "");
    expect((await submit(scriptJob({ inputs: [{ upload, name: "empty" }] }))).status).toBe(201);
  });

  test.each(["a b", "'\"$(x)`", "two\nlines", "ünï/cødé ☃"])("may be named %j in the job", async (name) => {
    const upload = await gateway.upload("alice", name, "x");
    const answer = await submit(scriptJob({ inputs: [{ upload, name }] }));
    expect(answer.body.inputs?.map((input) => input.name)).toEqual([name]);
  });
});

test("lists the latest changed first, by pages that miss nothing, and by state", async () => {
  for (let number = 0; number < 7; number += 1) await submit(scriptJob({ name: `page-${number}` }), undefined, "bob");
  const all = await jobsOf("bob");
  const paged: Job[] = [];
  let cursor: string | undefined = "";
  for (let page = 0; page < 20 && cursor !== undefined; page += 1) {
    const path: string = `/v1/jobs?limit=2${cursor ? `&cursor=${cursor}` : ""}`;
    const answer = await gateway.request<{ jobs: Job[]; cursor?: string }>("GET", path, { as: "bob" });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    paged.push(...answer.body.jobs);
    cursor = answer.body.cursor;
  }

  expect(paged.map((job) => job.id)).toEqual(all.map((job) => job.id));
  expect(all.slice(0, 7).map((job) => job.name)).toEqual([6, 5, 4, 3, 2, 1, 0].map((number) => `page-${number}`));
  const running = await gateway.request<{ jobs: Job[] }>("GET", "/v1/jobs?state=running", { as: "bob" });
  expect(running.body.jobs).toEqual([]);
  const forged = await gateway.request("GET", `/v1/jobs?cursor=${Buffer.from("TOKEN#x").toString("base64url")}`, {
    as: "bob",
  });
  expect([forged.status, forged.problem.issues?.[0]?.field]).toEqual([422, "cursor"]);
});
