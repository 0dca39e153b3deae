// A small stand-in of everything that the page talks to: its own origin with the API under /v1/, and another for sign-in and S3.
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { applications, describeApplication } from "../../shared/application/applications.ts";
import type { Cluster } from "../../shared/contract/catalogue.ts";
import type { Job, JobEvent, LiveJob } from "../../shared/contract/job.ts";
import type { Person, Token } from "../../shared/contract/person.ts";
import { GatewayError, problems } from "../../shared/contract/problem.ts";
import { StubChanges } from "./stub-changes.ts";
import { listStubFiles, type StubFile, sendStubFile } from "./stub-files.ts";
import { bulkStubJobs, listStubJobs } from "./stub-jobs.ts";
import { changeStubJob } from "./stub-one-job.ts";
import {
  checkStubJob,
  createStubUpload,
  noSubmissions,
  type StubSubmissions,
  submitStubJob,
} from "./stub-submissions.ts";

export type Stub = StubSubmissions & {
  origin: string;
  person: Person;
  clusters: Cluster[];
  tokens: Token[];
  jobs: Job[];
  events: JobEvent[];
  files: StubFile[];
  skipped: { path: string; skipped: string }[];
  /** Files of earlier attempts, by attempt. */
  attemptFiles: Record<number, StubFile[]>;
  /** The latest look at a running job. */
  live: LiveJob;
  mail: boolean;
  returnOrigins: string[];
  /** Requests for what moved fail while this holds. */
  changesFail: boolean;
  /** The API accepts no token any more. */
  ended: boolean;
  /** Seconds that an access token is good for. */
  tokenSeconds: number;
  /** Requests of the API, as "GET /v1/me". */
  asked: string[];
  refreshed: number;
  stop(): void;
};

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Starts both origins. `page` is the folder of the built page; the policy is the one that CloudFront sends. */
export async function startStub(page: string): Promise<Stub> {
  let code = { value: "", challenge: "" };
  const tokens = new Set<string>();
  const changes = new StubChanges();
  const other = await listen((request, response) => {
    const url = new URL(request.url ?? "", "http://other");
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "ETag,Content-Range,Accept-Ranges,Content-Length");
    response.setHeader("access-control-allow-headers", "*");
    response.setHeader("access-control-allow-methods", "GET, PUT, POST");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    if (url.pathname.startsWith("/upload/")) return void putUpload(request, response, url);
    if (url.pathname === "/oauth2/authorize") {
      code = { value: randomBytes(8).toString("hex"), challenge: url.searchParams.get("code_challenge") ?? "" };
      const back = `${url.searchParams.get("redirect_uri")}?code=${code.value}&state=${url.searchParams.get("state")}`;
      return response.writeHead(302, { location: back }).end();
    }
    if (url.pathname === "/logout")
      return response.writeHead(302, { location: url.searchParams.get("logout_uri") ?? "" }).end();
    if (url.pathname === "/oauth2/token")
      return void body(request).then((text) => token(new URLSearchParams(text), response));
    const file = stub.files.find((one) => url.pathname === `/object/${encodeURIComponent(one.path)}`);
    // S3 refuses a signed URL that comes with a bearer token as well
    if (!file || request.headers.authorization) return response.writeHead(400).end();
    return sendStubFile(file, request, response);
  });
  const policy = [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ${other.origin}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join("; ");
  const main = await listen((request, response) => {
    const url = new URL(request.url ?? "", "http://page");
    if (url.pathname.startsWith("/v1/")) return void api(request, response, url);
    const last = url.pathname.slice(url.pathname.lastIndexOf("/"));
    const file = path.join(page, last.includes(".") ? url.pathname : "index.html");
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": types[path.extname(file)] ?? "",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
    });
    return createReadStream(file).pipe(response);
  });

  const stub: Stub = {
    origin: main.origin,
    person: {
      id: "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z",
      handle: "alice",
      email: "alice@example.org",
      status: "active",
      roles: ["member"],
      accounts: { local: "alice" },
      createdAt: "2026-01-01T00:00:00.000Z",
    },
    clusters: [{ id: "local", name: "Juniper", kind: "slurm", silent: false }],
    tokens: [],
    jobs: [],
    events: [],
    files: [],
    skipped: [],
    attemptFiles: {},
    live: {},
    mail: true,
    returnOrigins: [],
    changesFail: false,
    ended: false,
    tokenSeconds: 3_600,
    asked: [],
    refreshed: 0,
    ...noSubmissions(),
    stop() {
      for (const { server } of [main, other]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
  return stub;

  function token(form: URLSearchParams, response: ServerResponse) {
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const fresh =
      form.get("grant_type") === "authorization_code" && form.get("code") === code.value && verifier === code.challenge;
    const again = form.get("grant_type") === "refresh_token" && form.get("refresh_token") === "refresh";
    if (!fresh && !again) return json(response, 400, { error: "invalid_grant" });
    if (again) stub.refreshed += 1;
    code = { value: "", challenge: "" };
    const access = randomBytes(8).toString("hex");
    tokens.add(access);
    const claims = { iss: "https://issuer.example", sub: "alice", aud: "page", iat: 1, exp: 4_000_000_000 };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    return json(response, 200, {
      access_token: access,
      token_type: "Bearer",
      expires_in: stub.tokenSeconds,
      ...(fresh ? { refresh_token: "refresh", id_token: `${part({ alg: "none" })}.${part(claims)}.` } : {}),
    });
  }

  function api(request: IncomingMessage, response: ServerResponse, url: URL) {
    stub.asked.push(`${request.method} ${url.pathname}`);
    if (url.pathname === "/v1/site")
      return json(response, 200, {
        name: "Headgate",
        version: "0.1.0",
        region: "eu-west-1",
        issuer: "https://issuer.example",
        cognito: other.origin,
        signIn: other.origin,
        clientId: "page",
        cliClientId: "cli",
        mail: stub.mail,
        returnOrigins: stub.returnOrigins,
      });
    const bearer = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (stub.ended || !tokens.has(bearer)) return problem(response, 401, "unauthenticated", "the token is not valid");
    if (url.pathname === "/v1/me") return json(response, 200, stub.person);
    if (stub.person.status !== "active")
      return problem(response, 403, "account-waiting", "the account waits for approval");
    if (url.pathname === "/v1/changes")
      return stub.changesFail
        ? problem(response, 503, "unavailable", "the table is away")
        : changes.send(stub.jobs, request, response, url.searchParams);
    if (url.pathname.startsWith("/v1/clusters/"))
      return void body(request).then((text) => changeCluster(response, url.pathname.split("/")[3] ?? "", text));
    if (url.pathname === "/v1/clusters") return json(response, 200, { clusters: stub.clusters });
    if (url.pathname === "/v1/applications")
      return json(response, 200, { applications: applications.map(describeApplication) });
    if (url.pathname.startsWith("/v1/tokens")) return void tokensOf(request, response, url);
    if (url.pathname === "/v1/jobs/bulk")
      return void body(request).then((text) => json(response, 200, bulkStubJobs(stub.jobs, JSON.parse(text))));
    if (url.pathname === "/v1/jobs" && request.method === "GET")
      return json(response, 200, listStubJobs(stub.jobs, url.searchParams));
    if (url.pathname === "/v1/uploads")
      return void body(request).then((text) => json(response, 201, createStubUpload(stub, text, other.origin)));
    if (url.pathname === "/v1/jobs" || url.pathname === "/v1/jobs/check")
      return void body(request).then((text) => takeJob(request, response, url, text));
    const [, , , id = "", view, ...rest] = url.pathname.split("/");
    const job = stub.jobs.find((one) => one.id === id);
    if (!job) return problem(response, 404, "not-found", "there is no such job");
    if (view === "peek" || view === "live") return json(response, 200, stub.live);
    if (request.method !== "GET")
      return void body(request).then((text) => {
        const done = changeStubJob(stub.jobs, job, `${request.method} ${view ?? ""}`, text);
        if (!done) return problem(response, 404, "not-found", "there is no such address");
        return done.body ? json(response, done.status, done.body) : response.writeHead(done.status).end();
      });
    if (!view) return json(response, 200, job);
    if (view === "events") return json(response, 200, { events: stub.events });
    const attempt = url.searchParams.get("attempt");
    const files = attempt === null ? stub.files : (stub.attemptFiles[Number(attempt)] ?? stub.files);
    if (rest.length === 0) return json(response, 200, listStubFiles(id, files, stub.skipped, url.searchParams));
    const file = files.find((one) => one.path === rest.map(decodeURIComponent).join("/"));
    if (!file) return problem(response, 404, "not-found", "there is no such file");
    if (file.stored)
      return response.writeHead(302, { location: `${other.origin}/object/${encodeURIComponent(file.path)}` }).end();
    return sendStubFile(file, request, response);
  }

  function takeJob(request: IncomingMessage, response: ServerResponse, url: URL, text: string) {
    try {
      const { partitions = [] } = stub.clusters[0] ?? {};
      if (url.pathname === "/v1/jobs/check") return json(response, 200, checkStubJob(stub, text, partitions).checked);
      const job = submitStubJob(stub, text, String(request.headers["idempotency-key"]), partitions);
      if (stub.cutSubmissions === 0) return json(response, 201, job);
      stub.cutSubmissions -= 1;
      return request.socket.destroy();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const { code, message, issues } = error;
      const { status, title } = problems[code];
      return json(response, status, { type: `/problems/${code}`, title, status, code, detail: message, issues });
    }
  }

  function changeCluster(response: ServerResponse, id: string, text: string) {
    const at = stub.clusters.findIndex((one) => one.id === id);
    const cluster = stub.clusters[at];
    if (!stub.person.roles.includes("admin")) return problem(response, 403, "forbidden", "for administrators only");
    if (!cluster) return problem(response, 404, "not-found", "there is no such cluster");
    const set = Object.entries({ ...cluster, ...(JSON.parse(text) as object) }).filter(([, value]) => value !== null);
    stub.clusters[at] = Object.fromEntries(set) as Cluster;
    return json(response, 200, stub.clusters[at]);
  }

  async function putUpload(request: IncomingMessage, response: ServerResponse, url: URL) {
    const text = await body(request);
    await stub.held;
    const upload = stub.uploads.find(({ id }) => url.pathname.endsWith(id));
    if (stub.cutUploads > 0) {
      stub.cutUploads -= 1;
      return request.socket.destroy();
    }
    // S3 refuses a signed URL that comes with a bearer token as well
    if (!upload || request.headers.authorization) return response.writeHead(400).end();
    upload.body = text;
    return response.writeHead(200).end();
  }

  async function tokensOf(request: IncomingMessage, response: ServerResponse, url: URL) {
    if (request.method === "GET") return json(response, 200, { tokens: stub.tokens });
    if (request.method === "DELETE") {
      stub.tokens = stub.tokens.filter(({ id }) => !url.pathname.endsWith(id));
      return response.writeHead(204).end();
    }
    const asked = JSON.parse(await body(request)) as { name: string; days: number };
    const made: Token = {
      id: `01JT0KEN${String(stub.tokens.length).padStart(18, "0")}`,
      name: asked.name,
      createdAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + asked.days * 86_400_000).toISOString(),
    };
    stub.tokens.push(made);
    return json(response, 201, { ...made, token: "hg_secret" });
  }
}

function json(response: ServerResponse, status: number, value: unknown) {
  return response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(value));
}

function problem(response: ServerResponse, status: number, code: string, detail: string) {
  return json(response, status, { type: `/problems/${code}`, title: code, status, code, detail });
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; origin: string }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
