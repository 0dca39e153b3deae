// An error as an RFC 9457 problem: a 4xx may speak, a fault of ours tells nothing but the request's id.
import { GatewayError, type Problem, type ProblemCode, problems } from "../../shared/contract/problem.ts";
import { commonProblems, type Route } from "../../shared/contract/routes.ts";

/** The problem that an error is on this route; a code that the route does not declare is `internal`. */
export function problemOf(error: unknown, route: Route | undefined, requestId: string): Problem {
  const code = codeOf(error, route);
  const { status, title } = problems[code];
  const problem = { type: `/problems/${code}`, title, status, code, instance: requestId };
  // A closed cluster is no fault of ours.
  if ((status >= 500 && code !== "cluster-closed") || !(error instanceof GatewayError)) return problem;
  return {
    ...problem,
    detail: error.message,
    ...(error.issues.length > 0 ? { issues: error.issues.slice(0, 100) } : {}),
  };
}

function codeOf(error: unknown, route: Route | undefined): ProblemCode {
  if (!(error instanceof GatewayError)) return "internal";
  const declared: readonly ProblemCode[] = [...commonProblems, ...(route?.problems ?? [])];
  return declared.includes(error.code) ? error.code : "internal";
}
