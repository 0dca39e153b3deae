// The HTTP edge: match, authenticate, authorise, parse, run, respond; every error becomes a problem.
import middy from "@middy/core";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import type * as z from "zod";
import { type Action, refusal } from "../../shared/access/allowed.ts";
import { translateIssues } from "../../shared/contract/issues.ts";
import { GatewayError, type Issue, problems } from "../../shared/contract/problem.ts";
import type { Route } from "../../shared/contract/routes.ts";
import type { Authenticate } from "./authenticate.ts";
import { corsHeaders, preflightHeaders } from "./cors.ts";
import { log } from "./log.ts";
import { type Matched, matchRoute } from "./match-route.ts";
import type { BytesAnswer, Call, Caller, Operations } from "./operation.ts";
import { problemOf } from "./problem-answer.ts";
import { readJsonBody } from "./read-body.ts";

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

type Exchange = {
  matched?: Matched;
  /** Methods that the address does answer, where the one that was sent is none of them. */
  allowed?: string[];
  caller?: Caller;
  input?: Record<"params" | "query" | "headers" | "body", unknown>;
};
/** The context carries what the steps have found out so far. */
type Carrying = Context & { exchange: Exchange };
type Step = middy.Request<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Carrying>;
type AnyOperation<Parts> = (call: unknown extends Parts ? never : Call<never, Parts>) => Promise<AnyAnswer>;
type AnyAnswer = Partial<BytesAnswer> & { body?: unknown; notModified?: true };

const actions: Record<Exclude<Route["access"], "public">, Action> = {
  "signed-in": "see-own-account",
  person: "use",
  admin: "administer",
};

const securityHeaders = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "referrer-policy": "no-referrer",
} as const;

/** The handler of all operations. */
export function httpHandler<Parts>(o: {
  operations: Operations<Parts>;
  parts: Parts;
  authenticate: Authenticate;
  pageOrigin: string;
}): HttpHandler {
  const run = async (exchange: Exchange, event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { matched, caller, input } = exchange;
    if (!matched || !input) throw new Error("a request came to its operation without having been parsed");
    // The table of operations is checked by its type; which one it is, is known only here.
    const operation = o.operations[matched.operation] as unknown as AnyOperation<Parts>;
    const call = { ...input, caller, parts: o.parts, header: (name: string) => event.headers[name] };
    const answer = await operation(call as never);
    return respond(matched.route, answer);
  };

  const answer = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Carrying>({
    timeoutEarlyInMillis: 0,
  })
    .before(function matchRouteBefore(request: Step) {
      const { method } = request.event.requestContext.http;
      const found = matchRoute({ ...request.event, method: method === "HEAD" ? "GET" : method });
      if ("operation" in found) {
        request.context.exchange.matched = found;
        return;
      }
      if (found.allowed.length === 0) throw new GatewayError("not-found", "there is nothing at this address");
      const allowed = found.allowed.flatMap((one) => (one === "GET" ? ["GET", "HEAD"] : [one]));
      request.context.exchange.allowed = allowed;
      throw new GatewayError("method-not-allowed", `${method} is not answered here; accepted is ${allowed.join(", ")}`);
    })
    .before(async function authenticateBefore(request: Step) {
      if (request.context.exchange.matched?.route.access === "public") return;
      request.context.exchange.caller = await o.authenticate(request.event.headers.authorization);
    })
    .before(function authoriseBefore(request: Step) {
      const access = request.context.exchange.matched?.route.access;
      const { caller } = request.context.exchange;
      if (!access || access === "public") return;
      if (!caller) throw new GatewayError("unauthenticated", "nobody is signed in");
      const refused = refusal(caller.person, actions[access]);
      if (refused) throw new GatewayError(refused, problems[refused].title);
    })
    .before(function parseBefore(request: Step) {
      if (request.context.exchange.matched)
        request.context.exchange.input = parse(request.context.exchange.matched, request.event);
    })
    .onError(function problemOnError(request: Step) {
      request.response = failed(request);
    })
    .handler((event: APIGatewayProxyEventV2, context: Carrying) => run(context.exchange, event));

  return async (event, lambdaContext) => {
    const started = Date.now();
    const { origin } = event.headers;
    const { method } = event.requestContext.http;
    if (method === "OPTIONS")
      return { statusCode: 204, headers: { ...securityHeaders, ...preflightHeaders(o.pageOrigin, origin) } };
    const exchange: Exchange = {};
    const result = await answer(event, { ...lambdaContext, exchange });
    log({
      level: "info",
      message: "request",
      requestId: event.requestContext.requestId,
      operation: exchange.matched?.operation,
      person: exchange.caller?.person.id,
      status: result.statusCode,
      ms: Date.now() - started,
    });
    const headers = { ...securityHeaders, ...corsHeaders(o.pageOrigin, origin), ...result.headers };
    return method === "HEAD" ? { ...result, headers, body: "" } : { ...result, headers };
  };
}

function parse({ route, params }: Matched, event: APIGatewayProxyEventV2): NonNullable<Exchange["input"]> {
  const parsedParams = route.params?.safeParse(params);
  // An address that cannot be one of ours is not there, whatever is wrong with it.
  if (parsedParams && !parsedParams.success) throw new GatewayError("not-found", "there is nothing at this address");
  const issues: Issue[] = [];
  const checked = (schema: z.ZodType | undefined, input: unknown): unknown => {
    const result = schema?.safeParse(input);
    if (schema && result && !result.success) issues.push(...translateIssues(schema, input, result.error));
    return result?.data;
  };
  const query = checked(route.query, event.queryStringParameters ?? {});
  const headers = checked(route.headers, event.headers);
  const body = route.body
    ? checked(route.body, readJsonBody({ ...event, contentType: event.headers["content-type"] }))
    : undefined;
  if (issues.length > 0) throw new GatewayError("invalid-request", sentence(issues), { issues });
  return { params: parsedParams?.data, query, headers, body };
}

function sentence(issues: readonly Issue[]): string {
  const [first] = issues;
  const more = issues.length > 1 ? `, and ${issues.length - 1} more` : "";
  return `${first?.field || "the body"} is ${first?.value ?? "absent"}; accepted is ${first?.accepted}${more}`;
}

function respond(route: Route, answer: AnyAnswer): APIGatewayProxyStructuredResultV2 {
  if (answer.notModified) return { statusCode: 304, headers: answer.headers ?? {} };
  if (route.bytes) {
    const bytes = answer.bytes ? Buffer.from(answer.bytes).toString("base64") : "";
    return { statusCode: answer.status ?? 200, headers: answer.headers ?? {}, body: bytes, isBase64Encoded: true };
  }
  if (answer.body === undefined) return { statusCode: route.status, headers: answer.headers ?? {} };
  return {
    statusCode: route.status,
    headers: { "content-type": "application/json; charset=utf-8", ...answer.headers },
    body: JSON.stringify(answer.body),
  };
}

function failed(request: Step): APIGatewayProxyStructuredResultV2 {
  const { requestId } = request.event.requestContext;
  const { matched, allowed } = request.context.exchange;
  const problem = problemOf(request.error, matched?.route, requestId);
  if (problem.status >= 500 && problem.code !== "cluster-closed") {
    log({
      level: "error",
      message: "fault",
      requestId,
      operation: matched?.operation,
      code: problem.code,
      error: request.error,
    });
  }
  return {
    statusCode: problem.status,
    headers: {
      "content-type": "application/problem+json; charset=utf-8",
      ...(allowed ? { allow: [...allowed, "OPTIONS"].join(", ") } : {}),
      ...(problem.status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(problem.status === 503 ? { "retry-after": problem.code === "cluster-closed" ? "300" : "2" } : {}),
    },
    body: JSON.stringify(problem),
  };
}
