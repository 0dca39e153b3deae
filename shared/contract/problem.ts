// The problem codes: one table of status and title, and the RFC 9457 body that carries them.
import * as z from "zod";

export const problems = {
  "invalid-request": { status: 422, title: "the request is not valid" },
  "malformed-json": { status: 400, title: "the body is not JSON" },
  "body-too-large": { status: 413, title: "the body is too large" },
  "unsupported-media-type": { status: 415, title: "the body's type is not accepted" },
  unauthenticated: { status: 401, title: "no valid sign-in or token was sent" },
  "account-waiting": { status: 403, title: "the account waits for approval" },
  "account-disabled": { status: 403, title: "the account is disabled" },
  forbidden: { status: 403, title: "your account may not do this" },
  "no-unix-account": { status: 403, title: "no Unix account on this cluster" },
  "not-found": { status: 404, title: "there is no such thing" },
  "method-not-allowed": { status: 405, title: "this address does not answer that method" },
  "unknown-application": { status: 422, title: "there is no such application" },
  "unknown-cluster": { status: 422, title: "there is no such cluster" },
  "input-missing": { status: 422, title: "an input was not uploaded" },
  "input-too-large": { status: 422, title: "an input is too large" },
  "resources-exceeded": { status: 422, title: "the cluster cannot give what is asked" },
  "mail-not-available": { status: 422, title: "this site sends no mail" },
  "cluster-closed": { status: 503, title: "the cluster accepts no new jobs now" },
  "idempotency-key-reused": { status: 422, title: "the idempotency key was used with another body" },
  "results-not-available": { status: 409, title: "the results are not there" },
  conflict: { status: 409, title: "somebody else changed it meanwhile" },
  internal: { status: 500, title: "a fault of ours" },
  unavailable: { status: 503, title: "a service that this needs does not answer; try again" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** One thing that is wrong: the field, the value (shortened), what is accepted. */
export const Issue = z.strictObject({
  /** Dotted path of the field, "inputs.0.name"; "" for the whole. */
  field: z.string(),
  /** The value that was sent, as JSON, at most 100 characters. */
  value: z.string().optional(),
  accepted: z.string(),
});
export type Issue = z.infer<typeof Issue>;

/** An RFC 9457 problem, as application/problem+json. */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  /** The request's id, for the operator's log. */
  instance: z.string().optional(),
  issues: z.array(Issue).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** The error that every room throws: a code of the table, words, and what is wrong with which field. */
export class GatewayError extends Error {
  override readonly name = "GatewayError" as const;
  readonly code: ProblemCode;
  readonly issues: Issue[];

  constructor(code: ProblemCode, detail: string, options: { cause?: unknown; issues?: Issue[] } = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? [];
  }
}

/** A value as it is shown in an issue: JSON, shortened to 100 characters. */
export function shortened(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = String(value);
  }
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
