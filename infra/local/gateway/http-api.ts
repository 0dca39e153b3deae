// An API Gateway HTTP API: a request finds its route, its function is invoked, its answer goes back; with AWS's limits.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type LocalFunction, payloadLimit } from "../lambda/local-function.ts";
import { type ApiPlace, eventOf, responseOf, splitUrl } from "./payload.ts";
import { type Route, routeTable } from "./route-table.ts";

/** Undefined: the integration's function does not let the API invoke it. */
export type ApiTarget = { run: LocalFunction; mayInvoke: boolean };
export type HttpApi = (request: IncomingMessage, response: ServerResponse) => void;

const bodyLimit = 10 * 1024 * 1024;
const integrationMs = 30_000;

class TooLarge extends Error {}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A request listener that answers as the API does. `log` is told what went wrong on this side of the functions. */
export function httpApi(o: {
  place: ApiPlace;
  routes: readonly Route<ApiTarget>[];
  log: (line: string) => void;
}): HttpApi {
  const find = routeTable(o.routes);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const say = (status: number, message: string): void => {
      const body = JSON.stringify({ message });
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "apigw-requestid": requestId,
        ...(request.complete ? {} : { connection: "close" }),
      });
      response.end(request.method === "HEAD" ? undefined : body);
      // The rest of a body that is too large is read away, so that its sender gets to see the answer.
      if (!request.complete) request.resume();
    };
    const { path } = splitUrl(request.url ?? "/");
    const match = find(request.method ?? "GET", path);
    if (!match) return say(404, "Not Found");
    if (Number(request.headers["content-length"] ?? 0) > bodyLimit) return say(413, "Request Entity Too Large");
    let body: Buffer;
    try {
      body = await readBody(request);
    } catch (cause) {
      return cause instanceof TooLarge ? say(413, "Request Entity Too Large") : void response.destroy();
    }
    const { route, parameters } = match;
    if (!route.target.mayInvoke) {
      o.log(`no AWS::Lambda::Permission lets the API invoke ${route.target.run.settings.name} by ${route.key}`);
      return say(500, "Internal Server Error");
    }
    const now = new Date();
    const event = JSON.stringify(
      eventOf(request, body, { place: o.place, routeKey: route.key, parameters, requestId, now }),
    );
    if (Buffer.byteLength(event) > payloadLimit) return say(413, "Request Entity Too Large");

    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), integrationMs);
    });
    const outcome = await Promise.race([route.target.run.invoke(event), late]);
    clearTimeout(timer);
    if (response.destroyed) return;
    if (!outcome) return say(503, "Service Unavailable");
    if (!outcome.ok) {
      o.log(
        `${route.target.run.settings.name} failed on ${request.method} ${path}: ${outcome.error.errorType}: ${outcome.error.errorMessage}`,
      );
      return say(500, "Internal Server Error");
    }
    const result = responseOf(outcome.payload);
    if (!result) {
      o.log(
        `${route.target.run.settings.name} answered ${request.method} ${path} with what is no response: ${outcome.payload.slice(0, 200)}`,
      );
      return say(500, "Internal Server Error");
    }
    // Lengths and connections are API Gateway's own business.
    const { "content-length": _, connection: __, "transfer-encoding": ___, ...headers } = result.headers;
    const bare = result.status === 204 || result.status === 304;
    response.writeHead(result.status, {
      ...headers,
      "apigw-requestid": requestId,
      ...(bare ? {} : { "content-length": result.body.length }),
      ...(result.cookies.length > 0 ? { "set-cookie": result.cookies } : {}),
    });
    response.end(request.method === "HEAD" || bare ? undefined : result.body);
  }

  return (request, response) => {
    answer(request, response).catch((cause: unknown) => {
      o.log(
        `the API failed on ${request.method} ${request.url}: ${cause instanceof Error ? cause.stack : String(cause)}`,
      );
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "application/json" }).end('{"message":"Internal Server Error"}');
    });
  };
}
