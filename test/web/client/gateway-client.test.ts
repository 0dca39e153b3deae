// The client against a small real HTTP server.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Job } from "../../../shared/contract/job.ts";
import { ChecksumError } from "../../../web/client/download.ts";
import { pollDelay } from "../../../web/client/follow.ts";
import { GatewayClient } from "../../../web/client/gateway-client.ts";
import { ProblemError } from "../../../web/client/problem-error.ts";

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
type Answer = { status: number; body?: unknown; headers?: Record<string, string>; cut?: true };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";
const job = (change: Partial<Job>): Job => ({
  id,
  application: "script",
  version: "1",
  cluster: "local",
  state: "queued",
  attempt: 1,
  parameters: {},
  resources: {},
  inputs: [],
  results: { state: "pending" },
  account: "alice",
  createdAt: "2026-01-01T00:00:00.000Z",
  changedAt: new Date().toISOString(),
  ...change,
});

describe("submitting", () => {
  it("sends one key of its own with every try, and the token", async () => {
    const answers: Answer[] = [
      { status: 0, cut: true },
      { status: 503, body: {} },
      { status: 201, body: job({}) },
    ];
    const { origin, seen } = await serve(() => answers.shift());
    const client = new GatewayClient({ origin, token: () => "secret" });

    const made = await client.submit({ application: "script", parameters: { text: "true" } });

    expect(made.id).toBe(id);
    expect(seen.map((one) => `${one.method} ${one.url}`)).toEqual(Array(3).fill("POST /v1/jobs"));
    expect(new Set(seen.map((one) => one.headers["idempotency-key"])).size).toBe(1);
    expect(seen[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen[2]?.headers.authorization).toBe("Bearer secret");
    expect(JSON.parse(seen[2]?.body ?? "")).toEqual({ application: "script", parameters: { text: "true" } });
  });

  it("throws the problem's own words, code and issues, without trying again", async () => {
    const issues = [{ field: "parameters.fitter", value: '"lm"', accepted: "one of amoeba, de" }];
    const problem = {
      type: "/problems/invalid-request",
      title: "t",
      status: 422,
      code: "invalid-request",
      detail: "no such fitter",
      issues,
    };
    const { origin, seen } = await serve(() => ({ status: 422, body: problem }));

    const refused = await new GatewayClient({ origin })
      .submit({ application: "bumps" })
      .catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({ message: "no such fitter", code: "invalid-request", status: 422, issues });
    expect(seen).toHaveLength(1);
  });

  it("tells of an answer that is no problem of ours", async () => {
    const { origin } = await serve(() => ({ status: 404, body: "<html>", headers: { "content-type": "text/html" } }));

    await expect(new GatewayClient({ origin }).me()).rejects.toMatchObject({ code: "not-a-problem", status: 404 });
  });
});

describe("one's own jobs", () => {
  const listed = { jobs: [], seen: 0 };

  it("are asked for with a filter's values in one text each, and without what is not given", async () => {
    const { origin, seen } = await serve(() => ({ status: 200, body: listed }));
    const client = new GatewayClient({ origin });

    await client.jobs({ state: ["queued", "running"], tag: ["a b"], text: "50 % & é", application: [], limit: 5 });
    await client.jobs();

    const [filtered, all] = seen.map(({ url }) => new URL(url, origin));
    expect(Object.fromEntries(filtered?.searchParams ?? [])).toEqual({
      state: "queued,running",
      tag: "a b",
      text: "50 % & é",
      limit: "5",
    });
    expect(all?.search).toBe("");
  });

  it("are checked, changed, cancelled and run anew at their addresses, a rerun with one key for every try", async () => {
    const cuts: Answer[] = [{ status: 0, cut: true }];
    const { origin, seen } = await serve(({ url }) =>
      url?.endsWith("/rerun") && cuts.length > 0
        ? cuts.shift()
        : { status: url?.endsWith("/rerun") ? 201 : 200, body: job({}) },
    );
    const client = new GatewayClient({ origin });

    await client.check({ application: "script" });
    await client.change(id, { name: null, tags: ["a"] });
    await client.cancel(id);
    const made = await client.rerun(id, { parameters: { steps: 7 } });

    expect(made.id).toBe(id);
    expect(seen.map((one) => `${one.method} ${one.url} ${one.body}`)).toEqual([
      'POST /v1/jobs/check {"application":"script"}',
      `PATCH /v1/jobs/${id} {"name":null,"tags":["a"]}`,
      `POST /v1/jobs/${id}/cancel `,
      ...Array(2).fill(`POST /v1/jobs/${id}/rerun {"parameters":{"steps":7}}`),
    ]);
    expect(new Set(seen.slice(3).map((one) => one.headers["idempotency-key"])).size).toBe(1);
  });

  it("are deleted, and one that a first try deleted without an answer is deleted too", async () => {
    const problem = { type: "/problems/not-found", title: "t", status: 404, code: "not-found" };
    const answers: Answer[] = [
      { status: 0, cut: true },
      { status: 404, body: problem },
    ];
    const { origin, seen } = await serve(() => answers.shift());

    await new GatewayClient({ origin }).remove(id);
    expect(seen.map((one) => `${one.method} ${one.url}`)).toEqual(Array(2).fill(`DELETE /v1/jobs/${id}`));
  });

  it("are handled many at once, with what became of each", async () => {
    const problem = { type: "/problems/not-found", title: "t", status: 404, code: "not-found" };
    const results = [
      { job: id, ok: true, is: job({}) },
      { job: id, ok: false, problem },
    ];
    const { origin, seen } = await serve(() => ({ status: 200, body: { results } }));

    const told = await new GatewayClient({ origin }).bulk({ action: "tag", jobs: [id], tag: "a" }, "my-key");
    expect(told.map((one) => (one.ok ? one.is?.id : one.problem.code))).toEqual([id, "not-found"]);
    expect(seen[0]?.headers["idempotency-key"]).toBe("my-key");
  });
});

describe("uploading", () => {
  it("puts the bytes with the signed headers and nothing else, and takes 412 after a cut-off for done", async () => {
    const puts: Answer[] = [{ status: 0, cut: true }, { status: 412 }];
    const { origin, seen } = await serve((request) => {
      if (request.method === "PUT") return puts.shift();
      const headers = { "content-type": "text/csv", "if-none-match": "*", "content-length": "6" };
      return {
        status: 201,
        body: {
          id,
          method: "PUT",
          url: `${origin}/s3/key?X-Amz-Signature=1`,
          headers,
          expiresAt: "2026-01-01T00:00:00.000Z",
        },
      };
    });

    const upload = await new GatewayClient({ origin, token: () => "secret" }).upload({
      name: "é.csv",
      body: new Blob(["ä,b\n1"]),
      type: "text/csv",
    });

    expect(upload).toBe(id);
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ name: "é.csv", size: 6, type: "text/csv" });
    expect(seen[1]).toMatchObject({ method: "PUT", url: "/s3/key?X-Amz-Signature=1" });
    expect(seen[2]?.body).toBe("ä,b\n1");
    expect(seen[2]?.headers).toMatchObject({ "content-type": "text/csv", "if-none-match": "*", "content-length": "6" });
    expect(seen[2]?.headers.authorization).toBeUndefined();
  });

  it("throws where S3 refuses", async () => {
    const { origin } = await serve((request) =>
      request.method === "PUT"
        ? { status: 403, body: "<Error/>" }
        : {
            status: 201,
            body: { id, method: "PUT", url: `${origin}/s3/key`, headers: {}, expiresAt: "2026-01-01T00:00:00.000Z" },
          },
    );

    await expect(new GatewayClient({ origin }).upload({ name: "a", body: new Blob(["a"]) })).rejects.toMatchObject({
      status: 403,
    });
  });
});

describe("following", () => {
  it("yields each change once and ends when the results are decided", async () => {
    const changedAt = new Date().toISOString();
    const states = [
      job({}),
      job({}),
      job({ state: "running" }),
      undefined,
      job({ state: "succeeded" }),
      job({ state: "succeeded", results: { state: "available", files: 2, bytes: 10, skipped: 0 } }),
    ].map((one) => (one ? { ...one, changedAt } : one));
    const { origin } = await serve(() => {
      const body = states.shift();
      return body ? { status: 200, body } : { status: 503, body: {} };
    });

    const yielded: string[] = [];
    for await (const one of new GatewayClient({ origin }).follow(id, { everyMs: 5 }))
      yielded.push(`${one.state} ${one.results.state}`);

    expect(yielded).toEqual(["queued pending", "running pending", "succeeded pending", "succeeded available"]);
  });

  it("stops when told to, and where the job is not one's own", async () => {
    const { origin } = await serve(() => ({ status: 200, body: job({}) }));
    const stop = new AbortController();
    const changes = new GatewayClient({ origin }).follow(id, { everyMs: 1_000, signal: stop.signal });
    await changes.next();
    const next = changes.next();
    stop.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");

    const other = await serve(() => ({
      status: 404,
      body: { type: "t", title: "there is no such thing", status: 404, code: "not-found" },
    }));
    await expect(new GatewayClient({ origin: other.origin }).follow(id).next()).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("asks often at first and seldom later", () => {
    const now = Date.parse("2026-01-01T01:00:00.000Z");
    const after = (seconds: number) => pollDelay({ changedAt: new Date(now - seconds * 1_000).toISOString() }, now);

    expect([0, 10, 60, 3_600, -100].map(after)).toEqual([1_000, 1_000, 3_000, 15_000, 1_000]);
  });
});

describe("downloading", () => {
  const bytes = Buffer.from("b 1.0\nm 2.0\n");
  const file = {
    path: "fit/it's $(x).par",
    href: `/v1/jobs/${id}/files/fit/it's%20%24(x).par`,
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };

  it("follows a redirect to another origin without handing it the token, and checks the bytes", async () => {
    const s3 = await serve(() => ({ status: 200, body: bytes }));
    const { origin, seen } = await serve(() => ({ status: 302, headers: { location: `${s3.origin}/object?sig` } }));
    const chunks: Uint8Array[] = [];

    await new GatewayClient({ origin, token: () => "secret" }).download(file, {
      onChunk: (chunk) => void chunks.push(chunk),
    });

    expect(Buffer.concat(chunks)).toEqual(bytes);
    expect(seen[0]).toMatchObject({ url: file.href, headers: { authorization: "Bearer secret" } });
    expect(s3.seen[0]?.headers.authorization).toBeUndefined();
  });

  it("throws when the bytes are not those that were recorded", async () => {
    const { origin } = await serve(() => ({ status: 200, body: Buffer.from("b 1.0\nm 2.1\n") }));

    await expect(new GatewayClient({ origin }).download(file, { onChunk: () => {} })).rejects.toThrow(ChecksumError);
  });

  it("throws the problem where there is none", async () => {
    const { origin } = await serve(() => ({
      status: 409,
      body: { type: "t", title: "the results are not there", status: 409, code: "results-not-available" },
    }));

    await expect(new GatewayClient({ origin }).download(file, { onChunk: () => {} })).rejects.toMatchObject({
      code: "results-not-available",
    });
  });
});

it("knows the contract's types", () => {
  const { api } = new GatewayClient({ origin: "http://127.0.0.1:9" });
  const calls = () => [
    // @ts-expect-error -- there is no such address
    api.GET("/v1/nothing"),
    // @ts-expect-error -- the id is required
    api.GET("/v1/jobs/{id}"),
    // @ts-expect-error -- days is a number
    api.POST("/v1/tokens", { body: { name: "a", days: "3" } }),
    api.POST("/v1/tokens", { body: { name: "a" } }).then(({ data }) => data?.token satisfies string | undefined),
  ];
  expect(calls).toBeTypeOf("function");
});

describe("changes", () => {
  it("are asked for since a cursor with the tag of the last answer, and are none where that still holds", async () => {
    const body = { jobs: [job({})], deleted: [], next: "here", more: false };
    const { origin, seen } = await serve(({ headers }) =>
      headers["if-none-match"] === '"one"'
        ? { status: 304, headers: { etag: '"one"' } }
        : { status: 200, body, headers: { etag: '"one"' } },
    );
    const client = new GatewayClient({ origin });

    const first = await client.changes("2026-01-01T00:00:00Z");
    const second = await client.changes(first.changes?.next, first.etag);

    expect(first).toEqual({ changes: body, etag: '"one"' });
    expect(second).toEqual({ changes: undefined, etag: '"one"' });
    expect(seen.map((one) => one.url)).toEqual([
      "/v1/changes?since=2026-01-01T00%3A00%3A00Z",
      "/v1/changes?since=here",
    ]);
  });

  it("are not asked for twice where the server is away: whoever polls decides how long to wait", async () => {
    const { origin, seen } = await serve(() => ({ status: 503, body: {} }));
    await expect(new GatewayClient({ origin }).changes()).rejects.toThrow(ProblemError);
    expect(seen.map((one) => one.url)).toEqual(["/v1/changes"]);
  });
});

async function serve(answer: (request: Seen) => Answer | undefined): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      const { status, body, headers, cut } = answer(one) ?? { status: 500 };
      if (cut) return request.socket.destroy();
      const raw = Buffer.isBuffer(body) || typeof body === "string";
      response.writeHead(status, { "content-type": raw ? "application/octet-stream" : "application/json", ...headers });
      return response.end(raw ? body : body === undefined ? undefined : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
