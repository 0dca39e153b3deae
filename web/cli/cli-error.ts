// What ends a command, with the exit code of its kind.
import type { Issue } from "../../shared/contract/problem.ts";
import { ChecksumError } from "../client/download.ts";
import { ProblemError } from "../client/problem-error.ts";
import { legible } from "./words.ts";

/** Exit codes by kind of error; `wait` has others for what became of the job (wait-code.ts). */
export const exitCodes = {
  /** Anything else, a fault of ours among it. */
  other: 1,
  /** The command line itself is wrong; nothing was sent. */
  usage: 2,
  /** Nobody is signed in, or this person may not do it. */
  forbidden: 3,
  /** There is no such job, application, file. */
  absent: 4,
  /** A value is not accepted, here or by the site. */
  refused: 5,
  /** The site could not be reached, or it failed. */
  unreachable: 6,
  /** Results are not all there, or did not arrive as they were recorded. */
  results: 7,
} as const;
export type ErrorKind = keyof typeof exitCodes;

export class CliError extends Error {
  override readonly name = "CliError" as const;
  readonly kind: ErrorKind;
  readonly issues: readonly Issue[];

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; issues?: readonly Issue[] } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.issues = options.issues ?? [];
  }
}

/** The kind of any error. */
export function kindOf(error: unknown): ErrorKind {
  if (error instanceof CliError) return error.kind;
  if (error instanceof ChecksumError) return "results";
  // fetch tells of a network failure with a TypeError that has a cause
  if (error instanceof TypeError && error.message === "fetch failed") return "unreachable";
  if (!(error instanceof ProblemError)) return "other";
  if (error.code === "results-not-available") return "results";
  if (error.status === 401 || error.status === 403) return "forbidden";
  if (error.status === 404 || error.code.startsWith("unknown-")) return "absent";
  return error.status >= 500 || error.status === 429 || error.code === "not-a-problem" ? "unreachable" : "refused";
}

/** An error in words for a person: what was wrong, then each field with its value and what is accepted. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return legible(String(error));
  const lines = [kindOf(error) === "unreachable" ? unreachable(error) : error.message];
  if (error instanceof ProblemError && error.code === "unauthenticated") lines.push("sign in with: headgate login");
  if (error instanceof CliError || error instanceof ProblemError)
    for (const { field, value, accepted } of error.issues)
      lines.push(`  ${field || "the whole"}${value === undefined ? "" : ` is ${value}`}; accepted is ${accepted}`);
  if (error instanceof ProblemError && error.instance !== undefined && error.status >= 500)
    lines.push(`  for the operator's log: ${error.instance}`);
  return legible(lines.join("\n"));
}

function unreachable(error: Error): string {
  const cause = error.cause instanceof Error ? (error.cause as Error & { code?: string }) : undefined;
  if (cause === undefined) return error.message;
  return `the site does not answer: ${cause.message || cause.code || error.message}`;
}
