// Trying again and mail as the form has them: read from a document whose values may be wrong, and written into it. Pure.
import { defaultRetry, mailedStates, retryableReasons } from "../../../shared/contract/job.ts";
import type { JobDocument } from "./document.ts";

export type RetryReason = (typeof retryableReasons)[number];
export type MailedState = (typeof mailedStates)[number];

export type RetryFields = { limit: number; on: readonly RetryReason[] };
export type MailFields = { to: readonly string[]; on: readonly MailedState[] };

/** What the reasons are called where they are chosen, the usual ones first. */
export const reasonLabels: Record<RetryReason, string> = {
  "node-failure": "The node that it runs on fails",
  preempted: "The cluster stops it in favour of another job",
  "out-of-memory": "It needs more memory than it asked for",
  "time-limit": "It runs into its time limit",
  signal: "A signal stops the program",
  "exit-code": "The program ends with an error",
};

export const mailLabels: Record<MailedState, string> = {
  running: "starts",
  succeeded: "has succeeded",
  failed: "has failed",
  cancelled: "was cancelled",
};

/** How often it is tried again, and when, where the document says nothing or nothing sensible: the default. */
export function retryOf({ retry }: Pick<JobDocument, "retry">): RetryFields {
  const { limit, on } = retry ?? {};
  return {
    limit: typeof limit === "number" && Number.isInteger(limit) ? limit : defaultRetry.limit,
    on: Array.isArray(on)
      ? retryableReasons.filter((reason) => on.includes(reason))
      : (defaultRetry.on as RetryReason[]),
  };
}

/** The same document with that retry; the default is not written. */
export function withRetry(document: JobDocument, { limit, on }: RetryFields): JobDocument {
  const { retry: _, ...rest } = document;
  const isDefault =
    limit === defaultRetry.limit &&
    on.length === defaultRetry.on.length &&
    on.every((one) => defaultRetry.on.includes(one));
  return isDefault ? rest : { ...rest, retry: { limit, on: [...on] } };
}

/** Whom to tell of what; empty where the document asks for no mail. */
export function mailOf({ mail }: Pick<JobDocument, "mail">): MailFields {
  const { to, on } = mail ?? {};
  return {
    to: Array.isArray(to) ? to.filter((one) => typeof one === "string") : [],
    on: Array.isArray(on) ? mailedStates.filter((state) => on.includes(state)) : [],
  };
}

/** The same document with that mail; without a state there is none. */
export function withMail(document: JobDocument, { to, on }: MailFields): JobDocument {
  const { mail: _, ...rest } = document;
  return on.length === 0 ? rest : { ...rest, mail: { to: [...to], on: [...on] } };
}

/** E-mail addresses out of what was typed or pasted: separated by commas, semicolons or spaces. */
export function addressesOf(typed: string): string[] {
  return [...new Set(typed.split(/[\s,;]+/).filter((one) => one !== ""))];
}
