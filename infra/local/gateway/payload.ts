// Payload format 2.0: from a request to a Lambda event, and from a function's result to a response.
import type { IncomingMessage } from "node:http";
import { decodePart } from "./route-table.ts";

export type ApiPlace = { apiId: string; account: string; domainName: string };
export type HttpResponse = { status: number; headers: Record<string, string>; cookies: string[]; body: Buffer };

const isText = (type: string) => /^(?:text\/|application\/(?:json|javascript|xml|[\w.-]+\+(?:json|xml))\b)/i.test(type);
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "12/Mar/2020:19:03:58 +0000" */
function clfTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(time.getUTCDate())}/${months[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  return `${day}:${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`;
}

function joined(values: Iterable<[string, string]>): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [key, value] of values) all[key] = Object.hasOwn(all, key) ? `${all[key]},${value}` : value;
  return all;
}

function queryOf(raw: string): [string, string][] {
  const decode = (text: string) => decodePart(text.replaceAll("+", " "));
  return raw
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [decode(pair), ""] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
}

/** Path and query of a request line; AWS gives functions the path decoded, and cuts it at a decoded question mark. */
export function splitUrl(url: string): { path: string; rawPath: string; rawQueryString: string } {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const rawPath = path.split("/").map(decodePart).join("/").replace(/\?.*$/s, "");
  return { path, rawPath, rawQueryString: mark < 0 ? "" : url.slice(mark + 1) };
}

/** The event that a function gets. */
export function eventOf(
  request: IncomingMessage,
  body: Buffer,
  o: { place: ApiPlace; routeKey: string; parameters: Record<string, string>; requestId: string; now: Date },
): Record<string, unknown> {
  const { rawPath, rawQueryString } = splitUrl(request.url ?? "/");
  const { cookie, ...distinct } = request.headersDistinct;
  const sourceIp = request.socket.remoteAddress ?? "127.0.0.1";
  const forwarded = request.headersDistinct["x-forwarded-for"] ?? [];
  const headers: Record<string, string> = Object.fromEntries(
    Object.entries(distinct).map(([name, values = []]) => [name, values.join(",")]),
  );
  headers["x-forwarded-for"] = [...forwarded, sourceIp].join(", ");
  headers["x-forwarded-proto"] ??= "http";
  headers["x-forwarded-port"] ??= String(request.socket.localPort ?? "");
  const query = queryOf(rawQueryString);
  const plain = isText(headers["content-type"] ?? "text/plain");
  return {
    version: "2.0",
    routeKey: o.routeKey,
    rawPath,
    rawQueryString,
    ...(cookie ? { cookies: cookie.flatMap((one) => one.split(/;\s*/)) } : {}),
    headers,
    ...(query.length > 0 ? { queryStringParameters: joined(query) } : {}),
    requestContext: {
      accountId: o.place.account,
      apiId: o.place.apiId,
      domainName: o.place.domainName,
      domainPrefix: o.place.apiId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: o.requestId,
      routeKey: o.routeKey,
      stage: "$default",
      time: clfTime(o.now),
      timeEpoch: o.now.getTime(),
    },
    ...(Object.keys(o.parameters).length > 0 ? { pathParameters: o.parameters } : {}),
    ...(body.length > 0 ? { body: body.toString(plain ? "utf8" : "base64") } : {}),
    isBase64Encoded: body.length > 0 && !plain,
  };
}

/** The response that a result stands for, or undefined where API Gateway would call it malformed. */
export function responseOf(payload: string): HttpResponse | undefined {
  const result: unknown = JSON.parse(payload);
  const isObject = typeof result === "object" && result !== null && !Array.isArray(result);
  const {
    statusCode,
    headers = {},
    cookies = [],
    body,
    isBase64Encoded,
  } = (isObject ? result : {}) as {
    statusCode?: unknown;
    headers?: Record<string, unknown>;
    cookies?: unknown;
    body?: unknown;
    isBase64Encoded?: unknown;
  };
  if (statusCode === undefined) {
    // A result without a status is the body itself.
    const text = typeof result === "string" ? result : payload;
    return { status: 200, headers: { "content-type": "application/json" }, cookies: [], body: Buffer.from(text) };
  }
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== "string") return undefined;
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status,
    headers: { "content-type": "text/plain;charset=UTF-8", ...Object.fromEntries(given) },
    cookies: Array.isArray(cookies) ? cookies.map(String) : [],
    body: Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8"),
  };
}
