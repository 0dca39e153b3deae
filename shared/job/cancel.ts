// Asking for a job to be cancelled: at once where no group has it, else a request that Slurm's own word decides.
import type { JobRecord } from "./job-record.ts";
import { type Change, move } from "./move.ts";
import { hasEnded } from "./states.ts";

/**
 * What a person's wish to cancel changes at an instant (ISO 8601), or undefined where the job has ended or was asked before.
 * A job that no group has taken is cancelled by this write, which a dispatcher's claim of the same job excludes.
 */
export function cancel(job: JobRecord, at: string): Change | undefined {
  if (hasEnded(job) || job.cancelRequestedAt !== undefined) return undefined;
  if (job.group === undefined && (job.state === "held" || job.state === "submitted")) {
    const moved = move(job, { attempt: job.attempt, state: "cancelled", source: "api", at });
    return moved && { ...moved, changes: { ...moved.changes, cancelRequestedAt: at } };
  }
  const { state, attempt } = job;
  return {
    changes: { cancelRequestedAt: at },
    events: [{ at, state, attempt, cause: "cancelling was asked for", source: "api" }],
  };
}

/** Whether the cluster is to be told that this job is to be cancelled. */
export const awaitsCancel = (job: JobRecord): job is JobRecord & { group: string; index: number } =>
  job.cancelRequestedAt !== undefined && !hasEnded(job) && job.group !== undefined && job.index !== undefined;
