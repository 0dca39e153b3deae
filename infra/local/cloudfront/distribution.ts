// CloudFront on the page's port: behaviours, the view function, the page's bucket by CloudFront's own right, the API behind /v1/.
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { Behaviour, DistributionConfig, Origin } from "./behaviours.ts";
import { applyRules, type headerRules } from "./response-headers.ts";
import type { ViewFunction, ViewRequest } from "./view-function.ts";

type Headers = Record<string, string | string[]>;
type Answer = { status: number; headers: Headers; body: Buffer | IncomingMessage };
export type PageObject = {
  body: Buffer;
  etag: string;
  contentType: string;
  lastModified: Date;
  cacheControl?: string | undefined;
};
export type DistributionOptions = {
  config: DistributionConfig;
  viewFunctions: Map<string, ViewFunction>;
  headersPolicies: Map<string, ReturnType<typeof headerRules>>;
  /** An object by its bucket's domain name, "denied" as S3 would say it, or undefined where no bucket has the name. */
  read: (domainName: string, key: string, byAccessControl: boolean) => Promise<PageObject | "denied" | undefined>;
  /** Where an origin's domain name lies on this machine. */
  localOrigin: (domainName: string) => string | undefined;
  log: (line: string) => void;
};

const hopByHop = ["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authorization"];
const xml = (code: string, message: string): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: xml(code, message),
});

function viewed(request: IncomingMessage, path: string, query: string): ViewRequest {
  const values = (entries: [string, string][]) => Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
  const cookies = (request.headers.cookie ?? "").split(/;\s*/).filter((part) => part !== "");
  return {
    method: request.method ?? "GET",
    uri: path,
    querystring: values([...new URLSearchParams(query)]),
    headers: values(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    cookies: values(cookies.map((cookie) => [cookie.replace(/=.*$/s, ""), cookie.replace(/^[^=]*=?/, "")])),
  };
}

/** A request listener that answers as the distribution does; `close` ends its connections to origins. */
export function distribution(o: DistributionOptions): {
  listener: (request: IncomingMessage, response: ServerResponse) => void;
  close: () => void;
} {
  const agent = new Agent({ keepAlive: true });

  async function fromBucket(request: IncomingMessage, origin: Origin, path: string): Promise<Answer> {
    let key: string;
    try {
      key = decodeURIComponent(`${origin.path}${path}`.replace(/^\//, ""));
    } catch {
      return refusal(400, "BadRequest", "the path is not valid");
    }
    const object = await o.read(origin.domainName, key === "" ? (o.config.root ?? "") : key, origin.accessControl);
    if (object === undefined) return refusal(502, "BadGateway", `no origin ${origin.domainName} on this machine`);
    if (object === "denied") return refusal(403, "AccessDenied", "Access Denied");
    const headers: Headers = {
      "content-type": object.contentType,
      etag: `"${object.etag}"`,
      "last-modified": object.lastModified.toUTCString(),
      ...(object.cacheControl === undefined ? {} : { "cache-control": object.cacheControl }),
    };
    const known = (request.headers["if-none-match"] ?? "").split(/\s*,\s*/);
    if (known.includes(`"${object.etag}"`)) return { status: 304, headers, body: Buffer.alloc(0) };
    return { status: 200, headers, body: object.body };
  }

  function fromServer(request: IncomingMessage, origin: Origin, url: string): Promise<Answer> {
    const base = o.localOrigin(origin.domainName);
    if (base === undefined) return Promise.resolve(refusal(502, "BadGateway", `no origin ${origin.domainName} here`));
    const headers: Headers = {};
    for (const [name, values = []] of Object.entries(request.headersDistinct)) {
      if (!hopByHop.includes(name) && name !== "host") headers[name] = values.length === 1 ? (values[0] ?? "") : values;
    }
    headers["x-forwarded-for"] = [request.headers["x-forwarded-for"], request.socket.remoteAddress]
      .flat()
      .filter(Boolean)
      .join(", ");
    headers.via = `${request.httpVersion} local.cloudfront.net (CloudFront)`;
    Object.assign(headers, origin.headers, { host: new URL(base).host });
    return new Promise((resolve, reject) => {
      const sent = httpRequest(`${base}${origin.path}${url}`, { agent, method: request.method, headers });
      sent.once("response", (answer) => {
        const given: Headers = {};
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && !hopByHop.includes(name)) given[name] = value;
        }
        resolve({ status: answer.statusCode ?? 502, headers: given, body: answer });
      });
      sent.once("error", reject);
      request.once("close", () => {
        if (!request.complete) sent.destroy();
      });
      request.pipe(sent);
    });
  }

  const behaviourFor = (path: string): Behaviour | undefined =>
    o.config.behaviours.find(({ pattern }) => pattern === undefined || pattern.test(path));

  async function fetchFrom(
    request: IncomingMessage,
    behaviour: Behaviour,
    path: string,
    query: string,
  ): Promise<Answer> {
    const origin = o.config.origins.get(behaviour.origin);
    if (!origin) return refusal(502, "BadGateway", `the distribution has no origin ${behaviour.origin}`);
    if (/\.s3[.-]/.test(origin.domainName)) return await fromBucket(request, origin, path);
    return await fromServer(request, origin, `${path}${query === "" ? "" : `?${query}`}`);
  }

  async function answerOf(request: IncomingMessage): Promise<{ answer: Answer; behaviour: Behaviour | undefined }> {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    let path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? "" : url.slice(mark + 1);
    const behaviour = behaviourFor(path);
    if (!behaviour) return { answer: refusal(404, "NotFound", "no behaviour has this path"), behaviour };
    if (!behaviour.methods.includes(request.method ?? "GET")) {
      const message = `this distribution is not configured to allow ${request.method} here`;
      return { answer: refusal(403, "AccessDenied", message), behaviour };
    }
    const view = behaviour.viewFunction === undefined ? undefined : o.viewFunctions.get(behaviour.viewFunction);
    if (view) {
      const result = view(viewed(request, path, query), request.socket.remoteAddress ?? "127.0.0.1");
      if ("statusCode" in result) {
        const headers = Object.fromEntries(
          Object.entries(result.headers ?? {}).map(([name, { value }]) => [name, value]),
        );
        const body = typeof result.body === "object" ? result.body : { data: result.body ?? "" };
        const encoding = body.encoding === "base64" ? "base64" : "utf8";
        return { answer: { status: result.statusCode, headers, body: Buffer.from(body.data, encoding) }, behaviour };
      }
      path = result.uri;
    }
    let answer = await fetchFrom(request, behaviour, path, query);
    const rule = o.config.errors.find(({ code }) => code === answer.status);
    if (rule?.page !== undefined) {
      const other = behaviourFor(rule.page) ?? behaviour;
      const page = await fetchFrom(request, other, rule.page, "");
      if (page.status === 200) {
        if (!Buffer.isBuffer(answer.body)) answer.body.resume();
        answer = { ...page, status: rule.answer ?? answer.status };
      }
    }
    return { answer, behaviour };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { answer, behaviour } = await answerOf(request);
    const policy = behaviour?.headersPolicy === undefined ? undefined : o.headersPolicies.get(behaviour.headersPolicy);
    if (policy) applyRules(answer.headers, policy);
    if (Buffer.isBuffer(answer.body)) {
      if (answer.status !== 304) answer.headers["content-length"] = String(answer.body.length);
      response.writeHead(answer.status, answer.headers);
      response.end(request.method === "HEAD" ? undefined : answer.body);
      if (!request.complete) request.resume();
      return;
    }
    const { body } = answer;
    response.writeHead(answer.status, answer.headers);
    body.once("error", () => response.destroy());
    response.once("close", () => body.destroy());
    body.pipe(response);
  }

  return {
    listener: (request, response) => {
      serve(request, response).catch((cause: unknown) => {
        if (!response.destroyed) o.log(`the distribution failed on ${request.method} ${request.url}: ${String(cause)}`);
        if (response.headersSent || response.destroyed) response.destroy();
        else response.writeHead(502, { "content-type": "text/plain" }).end("The origin did not answer.\n");
      });
    },
    close: () => agent.destroy(),
  };
}
