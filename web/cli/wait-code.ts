// What `wait` returns: the job's own exit code where it has one.
import type { FailureReason, Job } from "../../shared/contract/job.ts";

/** For jobs without an exit code or a signal of their own. */
const reasonCodes = {
  "exit-code": 1,
  signal: 128,
  "time-limit": 124,
  "out-of-memory": 137,
  "node-failure": 121,
  preempted: 122,
  lost: 123,
  rejected: 126,
  "input-missing": 127,
} as const satisfies Record<FailureReason, number>;
const cancelledCode = 130;

/** Where `wait` itself could not learn what became of a job. */
export const unknownCode = 125;

/** The exit code for a job that has ended. */
export function waitCode(job: Pick<Job, "state" | "reason" | "exitCode" | "signal">): number {
  if (job.state === "succeeded") return 0;
  if (job.state === "cancelled") return cancelledCode;
  if (job.reason === "exit-code" && job.exitCode) return job.exitCode & 255 || 1;
  if (job.reason === "signal" && job.signal) return 128 + job.signal;
  return job.reason === undefined ? reasonCodes["exit-code"] : reasonCodes[job.reason];
}
