// What a client throws when the API refuses or cannot be understood.
import type { Issue, Problem } from "../../shared/contract/problem.ts";

/** An answer that was not the expected one: the problem's status, code and issues, and its words as the message. */
export class ProblemError extends Error {
  override readonly name = "ProblemError" as const;
  readonly status: number;
  /** A code of the contract's table, or "not-a-problem" where something else than the API answered. */
  readonly code: string;
  readonly issues: readonly Issue[];
  /** The request's id, for the operator's log. */
  readonly instance: string | undefined;

  constructor(status: number, body: unknown) {
    const problem = readProblem(body);
    super(
      problem ? (problem.detail ?? problem.title) : `the answer was ${status}, and no problem that this client knows`,
    );
    this.status = status;
    this.code = problem?.code ?? "not-a-problem";
    this.issues = problem?.issues ?? [];
    this.instance = problem?.instance;
  }
}

/** By hand: the schema would bring zod into every page, and a problem is still one where it holds more than we know of. */
function readProblem(body: unknown): Pick<Problem, "title" | "code" | "detail" | "instance" | "issues"> | undefined {
  const { title, code, detail, instance, issues } = (body ?? {}) as Partial<Record<keyof Problem, unknown>>;
  if (typeof title !== "string" || typeof code !== "string") return undefined;
  return {
    title,
    code,
    ...(typeof detail === "string" ? { detail } : {}),
    ...(typeof instance === "string" ? { instance } : {}),
    issues: Array.isArray(issues) ? issues.filter(isIssue) : [],
  };
}

function isIssue(value: unknown): value is Issue {
  const { field, accepted } = (value ?? {}) as Partial<Record<keyof Issue, unknown>>;
  return typeof field === "string" && typeof accepted === "string";
}

/** Reads the body of an answer that is no success and makes the error of it. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const text = await response.text().catch(() => "");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return new ProblemError(response.status, body);
}
