// A small site of the test's own, over real HTTP, and the command line run against it in a folder of its own.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { applications, describeApplication } from "../../../shared/application/applications.ts";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { runHeadgate } from "../../../web/cli/program.ts";

export type Sent = { method: string; path: string; headers: IncomingMessage["headers"]; body: Buffer };
export type Answer = {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  raw?: Uint8Array;
  cutAfter?: number;
};

export type StubSite = {
  origin: string;
  /** Every request, in order. */
  sent: Sent[];
  jobs: Map<string, Job>;
  /** Answers before the site's own do; undefined leaves it to them. */
  on: (handler: (request: Sent) => Answer | undefined) => void;
  /** Runs `headgate …` as somebody who is signed in here. */
  run: (argv: readonly string[], env?: Record<string, string>) => Promise<{ code: number; out: string; said: string }>;
  /** Interrupts the command that runs. */
  interrupt: () => void;
  /** A folder of the test's own. */
  folder: string;
  /** The path of a name in it. */
  here: (name: string) => string;
  /** Writes a file into it, and gives its path. */
  put: (name: string, content: string | Uint8Array) => string;
  stop: () => Promise<void>;
};

export const someId = (place: number): string => `01JZZZZZZZZZZZZZZZZZZ${String(place).padStart(5, "0")}`;
export const someJob = (place: number, more: Partial<Job> = {}): Job => ({
  id: someId(place),
  application: "script",
  version: "2",
  cluster: "local",
  state: "succeeded",
  attempt: 1,
  parameters: {},
  resources: {},
  inputs: [],
  results: { state: "available", files: 0, bytes: 0 },
  account: "alice",
  createdAt: "2026-01-01T00:00:00.000Z",
  changedAt: "2026-01-01T00:00:00.000Z",
  ...more,
});
export const someFile = (
  job: string,
  name: string,
  content: Uint8Array,
  role: JobFile["role"] = "result",
): JobFile => ({
  path: name,
  role,
  size: content.length,
  sha256: createHash("sha256").update(content).digest("hex"),
  href: `/v1/jobs/${job}/files/${encodeURIComponent(name)}`,
});

export async function startStubSite(): Promise<StubSite> {
  const sent: Sent[] = [];
  const jobs = new Map<string, Job>();
  const bodies = new Map<string, string>();
  const folder = mkdtempSync(path.join(tmpdir(), "headgate-cli-"));
  const here = (name: string) => path.join(folder, name);
  let handler: (request: Sent) => Answer | undefined = () => undefined;
  let uploads = 0;
  let interrupt = () => {};
  const own = (request: Sent, origin: string): Answer => {
    const { method, path: at } = request;
    const question = `${method} ${at.split("?")[0]}`;
    if (question === "GET /v1/applications") return { body: { applications: applications.map(describeApplication) } };
    if (question === "GET /v1/me") {
      const person = { id: someId(1), handle: "alice", email: "alice@example.org", status: "active" };
      return {
        body: { ...person, roles: ["member"], accounts: { local: "alice" }, createdAt: "2026-01-01T00:00:00.000Z" },
      };
    }
    if (question === "POST /v1/uploads") {
      uploads += 1;
      const upload = {
        id: someId(900 + uploads),
        method: "PUT",
        url: `${origin}/put/${uploads}`,
        headers: { "if-none-match": "*" },
      };
      return { status: 201, body: { ...upload, expiresAt: "2027-01-01T00:00:00.000Z" } };
    }
    if (method === "PUT") return {};
    if (question === "POST /v1/jobs") {
      const key = String(request.headers["idempotency-key"]);
      const body = request.body.toString();
      const before = bodies.get(key);
      if (before !== undefined && before !== body)
        return problem(422, "idempotency-key-reused", "the key was used with another body");
      bodies.set(key, body);
      const known = [...jobs.values()].find((job) => job.description === key);
      const asked = JSON.parse(body) as Partial<Job>;
      const { application = "script", parameters = {}, resources = {}, name } = asked;
      const job =
        known ??
        someJob(jobs.size + 100, {
          application,
          parameters,
          resources,
          state: "submitted",
          description: key,
          ...(name === undefined ? {} : { name }),
        });
      jobs.set(job.id, job);
      return { status: 201, body: job };
    }
    const job = jobs.get(/^\/v1\/jobs\/([^/?]+)$/.exec(at)?.[1] ?? "");
    return job && method === "GET" ? { body: job } : problem(404, "not-found", `there is no ${at}`);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const asked = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      sent.push(asked);
      reply(response, handler(asked) ?? own(asked, origin));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    sent,
    jobs,
    folder,
    here,
    put(name, content) {
      mkdirSync(path.dirname(here(name)), { recursive: true });
      writeFileSync(here(name), content);
      return here(name);
    },
    on(given) {
      handler = given;
    },
    interrupt: () => interrupt(),
    async run(argv, env = {}) {
      const out: Buffer[] = [];
      let said = "";
      const cli = {
        env: {
          HEADGATE_API: origin,
          HEADGATE_TOKEN: "hg_secret",
          XDG_CONFIG_HOME: path.join(folder, "config"),
          XDG_STATE_HOME: path.join(folder, "state"),
          ...env,
        },
        out: (text: string | Uint8Array) => void out.push(Buffer.from(text)),
        say: (text: string) => {
          said += text;
        },
        terminal: false,
        columns: () => 80,
        stdin: process.stdin,
        onInterrupt: (stop: () => void) => {
          interrupt = stop;
          return () => {};
        },
      };
      const code = await runHeadgate(cli, argv, "test");
      return { code, out: Buffer.concat(out).toString(), said };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const problem = (status: number, code: string, detail: string, issues: unknown[] = []): Answer => ({
  status,
  body: { type: `/problems/${code}`, title: code, status, code, detail, issues },
});

function reply(response: ServerResponse, { status = 200, headers = {}, body, raw, cutAfter }: Answer): void {
  const bytes = raw ?? (body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body)));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
  if (cutAfter === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, cutAfter), () => response.destroy());
}

/** A range of a file as S3 answers it. */
export function ranged(request: Sent, content: Uint8Array): Answer {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (request.headers.range === undefined) return { raw: content };
  const headers = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
  return { status: 206, raw: content.subarray(from), headers };
}
