// Which of a job's moves its owner is to be told of by mail.
import { isFinal, type JobState } from "../contract/job.ts";
import type { JobRecord } from "./job-record.ts";

/**
 * The states that the owner is yet to be told of once a write made `next` of `before`; undefined where there are none.
 * Every end of a sweep's job counts, whatever was asked for: the sweep's one mail waits for all of them.
 */
export function mailDueAfter(before: JobRecord, next: JobRecord): JobState[] | undefined {
  if (next.mail === undefined || next.deletedAt !== undefined) return undefined;
  const due = next.mailDue ?? [];
  const isNews = next.state !== before.state || (next.reason === "lost") !== (before.reason === "lost");
  const wanted =
    (next.mail.on as readonly JobState[]).includes(next.state) || (next.sweep !== undefined && isFinal(next.state));
  const after = isNews && wanted && !due.includes(next.state) ? [...due, next.state] : due;
  return after.length > 0 ? after : undefined;
}
