// What a job's owner asked for its whole life, in words: trying again, mail, where it belongs, how long its folder stays. Pure.
import { defaultRetry, type FailureReason, type Job, type MailRequest } from "../../../shared/contract/job.ts";

/** "after …": why an attempt was followed by another. */
export const afterWords: Record<FailureReason, string> = {
  "exit-code": "an error of the program",
  signal: "a signal that stopped the program",
  "time-limit": "running into its time limit",
  "out-of-memory": "running out of memory",
  "node-failure": "a node failure",
  preempted: "making way for another job",
  rejected: "the cluster's refusal",
  "input-missing": "an input that could not be brought there",
  lost: "being lost by the cluster",
};

/** "Tried again after a node failure (attempt 2 of 3)"; undefined for a first attempt. */
export function triedAgainWords({ attempt, attempts, retry = defaultRetry }: Job): string | undefined {
  if (attempt < 2) return undefined;
  const last = attempts?.at(-1);
  const most = Math.max(attempt, retry.limit + 1);
  return `Tried again${last ? ` after ${afterWords[last.reason]}` : ""} (attempt ${attempt} of ${most})`;
}

/** "at most 2 times: after a node failure, or making way for another job". */
export function retryWords({ limit, on } = defaultRetry): string {
  if (limit === 0 || on.length === 0) return "never";
  const times = limit === 1 ? "once" : `at most ${limit} times`;
  return `${times}: after ${listed(
    on.map((reason) => afterWords[reason]),
    "or",
  )}`;
}

export const mailWords: Record<MailRequest["on"][number], string> = {
  running: "it starts",
  succeeded: "it has succeeded",
  failed: "it has failed",
  cancelled: "it was cancelled",
};

/** "when it has succeeded or it has failed, to a@example.org". */
export function mailSentence({ to, on }: MailRequest): string {
  return `when ${listed(
    on.map((state) => mailWords[state]),
    "or",
  )}, to ${listed(to, "and")}`;
}

/** "member 3 of 12"; counted from 1 for people. */
export function sweepWords(sweep: Job["sweep"]): string | undefined {
  return sweep && `member ${sweep.index + 1} of ${sweep.size}`;
}

/** Whether the folder on the cluster is there still, as far as is known. */
export function folderIsGone({ folderKeptUntil }: Pick<Job, "folderKeptUntil">, now: number): boolean {
  return folderKeptUntil !== undefined && Date.parse(folderKeptUntil) <= now;
}

function listed(words: readonly string[], last: "or" | "and"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
