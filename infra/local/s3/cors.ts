// Cross-origin answers from a bucket's rules: preflights, and the headers on every other answer.
import { S3Error } from "./errors.ts";
import type { CorsRule } from "./types.ts";

type Question = { origin: string; method: string; headers: string[] };

function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === text;
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
}

function ruleFor(rules: CorsRule[], { origin, method, headers }: Question): CorsRule | undefined {
  return rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => matches(pattern, origin)) &&
      rule.allowedMethods.includes(method) &&
      headers.every((header) => rule.allowedHeaders.some((pattern) => matches(pattern.toLowerCase(), header))),
  );
}

function answer(rule: CorsRule, { origin, headers }: Question): Record<string, string> {
  const any = rule.allowedOrigins.includes("*");
  return {
    "access-control-allow-origin": any ? "*" : origin,
    ...(any ? {} : { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": rule.allowedMethods.join(", "),
    ...(headers.length > 0 ? { "access-control-allow-headers": headers.join(", ") } : {}),
    ...(rule.exposedHeaders.length > 0 ? { "access-control-expose-headers": rule.exposedHeaders.join(", ") } : {}),
    ...(rule.maxAge === undefined ? {} : { "access-control-max-age": String(rule.maxAge) }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** The headers to add to an answer for a request of this origin; none where no rule allows it. */
export function corsHeaders(rules: CorsRule[], origin: string | undefined, method: string): Record<string, string> {
  if (origin === undefined) return {};
  const question = { origin, method, headers: [] };
  const rule = ruleFor(rules, question);
  return rule ? answer(rule, question) : {};
}

/** The headers of a preflight's answer. Throws BadRequest without Origin or method, AccessForbidden where refused. */
export function preflight(rules: CorsRule[], header: (name: string) => string | undefined): Record<string, string> {
  const origin = header("origin");
  const method = header("access-control-request-method");
  if (origin === undefined) throw new S3Error("BadRequest", "Insufficient information. Origin request header needed.");
  if (method === undefined || !["GET", "PUT", "POST", "DELETE", "HEAD"].includes(method)) {
    throw new S3Error("BadRequest", `Invalid Access-Control-Request-Method: ${method ?? "null"}`);
  }
  if (rules.length === 0) {
    throw new S3Error("AccessForbidden", "CORSResponse: CORS is not enabled for this bucket.", { Method: method });
  }
  const headers = (header("access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const question = { origin, method, headers };
  const rule = ruleFor(rules, question);
  if (rule) return answer(rule, question);
  throw new S3Error(
    "AccessForbidden",
    "CORSResponse: This CORS request is not allowed. This is usually because the evaluation of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    { Method: method, ResourceType: "OBJECT" },
  );
}
