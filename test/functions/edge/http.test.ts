// The HTTP edge: addresses, bodies, sign-in, problems.
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Problem } from "../../../shared/contract/problem.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { explosive } from "../crash.ts";
import { type Gateway, pageOrigin, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
});
afterAll(() => gateway.stop());

const ulid = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

describe("an address", () => {
  test.each([
    ["GET", "/v1/nothing", 404, "not-found"],
    ["GET", "/v2/jobs", 404, "not-found"],
    ["GET", "/", 404, "not-found"],
    ["DELETE", "/v1/jobs", 405, "method-not-allowed"],
    ["PUT", `/v1/jobs/${ulid}`, 405, "method-not-allowed"],
    ["GET", "/v1/jobs/nonsense", 404, "not-found"],
    ["GET", `/v1/jobs/${ulid}`, 404, "not-found"],
    ["GET", "/v1/jobs//files", 404, "not-found"],
  ])("%s %s answers %i", async (method, path, status, code) => {
    const answer = await gateway.request(method, path, { as: "alice" });
    expect([answer.status, answer.problem.code]).toEqual([status, code]);
    expect(Problem.parse(answer.body)).toMatchObject({ type: `/problems/${code}`, instance: "request-1" });
  });

  test("names the methods that it does answer", async () => {
    const answer = await gateway.request("DELETE", "/v1/jobs", { as: "alice" });
    expect(answer.headers.allow?.split(", ").sort()).toEqual(["GET", "HEAD", "OPTIONS", "POST"]);
  });

  test("may end in a slash", async () => {
    expect((await gateway.request("GET", "/v1/jobs/", { as: "alice" })).status).toBe(200);
  });

  test("comes with API Gateway's own route key and parameters too", async () => {
    const event = {
      routeKey: "GET /v1/applications/{application}",
      rawPath: "/v1/applications/script",
      pathParameters: { application: "script" },
      headers: { authorization: "Bearer alice" },
      requestContext: { requestId: "r", http: { method: "GET" } },
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEventV2;
    const answer = await gateway.handlerOn(gateway.parts.api)(event, {} as Context);
    expect([answer.statusCode, JSON.parse(answer.body ?? "").id]).toEqual([200, "script"]);
  });

  test("without a person is answered only where it is public", async () => {
    for (const route of Object.values(routes)) {
      const path = route.path.replace("{path+}", "x").replace("{application}", "script").replace("{id}", ulid);
      const answer = await gateway.request(route.method, path, "body" in route ? { body: {} } : {});
      const expected = route.access === "public" ? 200 : 401;
      expect(answer.status, `${route.method} ${path}`).toBe(expected);
      if (expected === 401) expect(answer.headers["www-authenticate"]).toBe("Bearer");
    }
  });
});

describe("a body", () => {
  const post = (raw: string, headers = {}) => gateway.request("POST", "/v1/jobs", { as: "alice", raw, headers });
  const deep = `{"application":"script","parameters":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`;
  test.each([
    ["{", 400, "malformed-json"],
    ["", 400, "malformed-json"],
    ["null", 422, "invalid-request"],
    ['{"application":"script","__proto__":{"x":1}}', 422, "invalid-request"],
    ['{"application":"script","parameters":{"constructor":{"prototype":1}}}', 422, "invalid-request"],
    ['{"application":"script","name":"\\ud800"}', 422, "invalid-request"],
    [deep, 422, "invalid-request"],
    [`{"application":"${"x".repeat(1_100_000)}"}`, 413, "body-too-large"],
  ])("%.40s answers %i", async (raw, status, code) => {
    const answer = await post(raw);
    expect([answer.status, answer.problem.code], answer.problem.detail ?? "").toEqual([status, code]);
    expect(JSON.stringify(answer.body).length).toBeLessThan(2_000);
  });

  test("of another type is refused", async () => {
    const answer = await post("a=b", { "content-type": "application/x-www-form-urlencoded" });
    expect([answer.status, answer.problem.code]).toEqual([415, "unsupported-media-type"]);
  });

  test("with several faults names each with its value and what is accepted", async () => {
    const body = { application: "Script!", name: "", tags: [1], resources: { nodes: 0, gpu: 1 }, extra: { a: 1 } };
    const answer = await gateway.request("POST", "/v1/jobs", { as: "alice", body });
    const issues = Object.fromEntries((answer.problem.issues ?? []).map((issue) => [issue.field, issue]));
    expect(Object.keys(issues).sort()).toEqual([
      "application",
      "extra",
      "name",
      "resources.gpu",
      "resources.nodes",
      "tags.0",
    ]);
    expect(issues.extra).toEqual({
      field: "extra",
      value: '{"a":1}',
      accepted: expect.stringContaining("application, version, cluster"),
    });
    expect(issues["resources.gpu"]?.accepted).toContain("gpus");
    expect(issues["resources.nodes"]).toEqual({
      field: "resources.nodes",
      value: "0",
      accepted: "a number of at least 1",
    });
    expect(issues.application?.accepted).toContain("a letter first");
    expect(issues["tags.0"]?.accepted).toBe("a text");
  });
});

describe("a person", () => {
  test("waits after the first sign-in, whatever group they are in, once there is an administrator", async () => {
    const admin = await gateway.request("GET", "/v1/me", { as: "root:admins" });
    const second = await gateway.request("GET", "/v1/me", { as: "mallory:admins" });
    expect(admin.body).toMatchObject({ status: "active", roles: ["member", "admin"], handle: "root" });
    expect(second.body).toMatchObject({ status: "waiting", roles: ["member"] });
    const refused = await gateway.request("GET", "/v1/jobs", { as: "mallory:admins" });
    expect([refused.status, refused.problem.code]).toEqual([403, "account-waiting"]);
    expect((await gateway.request("GET", "/v1/people", { as: "alice" })).problem.code).toBe("forbidden");
  });

  test("is made once by many first requests", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        gateway.request<{ id: string; handle: string }>("GET", "/v1/me", { as: "dora" }),
      ),
    );
    expect(new Set(answers.map(({ body }) => `${body.id} ${body.handle}`)).size).toBe(1);
    expect(answers[0]?.body.handle).toBe("dora");
  });

  test("is approved, given an account and disabled by an administrator, with effect at once", async () => {
    const { id } = (await gateway.request<{ id: string }>("GET", "/v1/me", { as: "erin" })).body;
    const change = (body: unknown) => gateway.request("PATCH", `/v1/people/${id}`, { as: "root:admins", body });
    expect((await change({ status: "active", accounts: { local: "erin" } })).body).toMatchObject({
      status: "active",
      accounts: { local: "erin" },
    });
    const token = (await gateway.request<{ token: string }>("POST", "/v1/tokens", { as: "erin", body: { name: "t" } }))
      .body.token;
    expect((await gateway.request("POST", "/v1/jobs", { as: token, body: scriptJob() })).status).toBe(201);
    expect((await change({ accounts: { moon: "erin" } })).problem.code).toBe("unknown-cluster");
    expect((await change({ status: "disabled" })).status).toBe(200);
    const old = `erin@${Math.floor(Date.now() / 1_000) - 60}`;
    expect((await gateway.request("GET", "/v1/jobs", { as: old })).status).toBe(401);
    expect((await gateway.request("GET", "/v1/jobs", { as: token })).status).toBe(401);
    expect((await change({ status: "active" })).status).toBe(200);
    expect((await gateway.request("GET", "/v1/jobs", { as: token })).status, "an old token stays dead").toBe(401);
    const self = await gateway.request<{ id: string }>("GET", "/v1/me", { as: "root:admins" });
    expect(
      (await gateway.request("PATCH", `/v1/people/${self.body.id}`, { as: "root:admins", body: { roles: [] } })).status,
    ).toBe(409);
  });
});

describe("an API token", () => {
  test("works until it is deleted, is listed without its secret, and makes no other", async () => {
    const made = await gateway.request<{ id: string; token: string }>("POST", "/v1/tokens", {
      as: "alice",
      body: { name: "laptop", days: 1 },
    });
    const { id, token } = made.body;
    expect(token).toMatch(/^hg_/);
    expect((await gateway.request("GET", "/v1/me", { as: token })).status).toBe(200);
    expect((await gateway.request("POST", "/v1/tokens", { as: token, body: { name: "x" } })).status).toBe(403);
    const listed = await gateway.request("GET", "/v1/tokens", { as: token });
    expect(JSON.stringify(listed.body)).toContain(id);
    expect(JSON.stringify(listed.body)).not.toContain(token.slice(3));
    await gateway.member("bob");
    expect((await gateway.request("DELETE", `/v1/tokens/${id}`, { as: "bob" })).status).toBe(404);
    expect((await gateway.request("DELETE", `/v1/tokens/${id}`, { as: "alice" })).status).toBe(204);
    expect((await gateway.request("GET", "/v1/me", { as: token })).status).toBe(401);
  });

  test("ends on its day", async () => {
    const made = await gateway.request<{ token: string }>("POST", "/v1/tokens", {
      as: "alice",
      body: { name: "short", days: 1 },
    });
    gateway.time.offset = 25 * 3_600_000;
    expect((await gateway.request("GET", "/v1/me", { as: made.body.token })).status).toBe(401);
    gateway.time.offset = 0;
  });

  test.each(["hg_short", `hg_${"A".repeat(43)}`, "hg_../../x"])("%s is refused", async (token) => {
    expect((await gateway.request("GET", "/v1/me", { as: token })).problem.code).toBe("unauthenticated");
  });
});

test("the page's origin, and no other, may read answers", async () => {
  const headers = { origin: pageOrigin };
  const preflight = await gateway.request("OPTIONS", "/v1/jobs", { headers });
  expect([preflight.status, preflight.headers["access-control-allow-origin"]]).toEqual([204, pageOrigin]);
  expect((await gateway.request("GET", "/v1/site", { headers })).headers["access-control-allow-origin"]).toBe(
    pageOrigin,
  );
  expect((await gateway.request("GET", "/v1/nothing", { headers })).headers["access-control-allow-origin"]).toBe(
    pageOrigin,
  );
  for (const path of ["/v1/jobs", "/v1/site"]) {
    for (const method of ["OPTIONS", "GET"]) {
      const other = await gateway.request(method, path, { headers: { origin: "https://evil.example" } });
      expect(other.headers["access-control-allow-origin"]).toBeUndefined();
    }
  }
});

test("a fault of ours tells nothing but the request's id", async () => {
  const through = gateway.handlerOn(explosive(gateway, { at: 1, when: "before", seen: 0 }).api);
  const answer = await gateway.request("POST", "/v1/jobs", { as: "alice", body: scriptJob(), through });
  expect([answer.status, Object.keys(answer.body).sort()]).toEqual([
    500,
    ["code", "instance", "status", "title", "type"],
  ]);
});
