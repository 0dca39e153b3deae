// The states of a job, the table of legal moves, and how strong each witness is.
import { type EvidenceSource, evidenceSources, isFinal, type JobState } from "../contract/job.ts";

/** From each state, where a job may go. `failed` may be left only where its reason is `lost`. */
export const legalMoves: Readonly<Record<JobState, readonly JobState[]>> = {
  held: ["submitted", "cancelled"],
  submitted: ["dispatched", "queued", "running", "collecting", "succeeded", "failed", "cancelled"],
  dispatched: ["queued", "running", "collecting", "succeeded", "failed", "cancelled"],
  queued: ["running", "collecting", "succeeded", "failed", "cancelled"],
  // Back to queued: Slurm put it into the queue again.
  running: ["queued", "collecting", "succeeded", "failed", "cancelled"],
  // Back from collecting: what looked like an end was none.
  collecting: ["queued", "running", "succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: ["queued", "running", "collecting", "succeeded", "failed", "cancelled"],
  cancelled: [],
};

/** Whether a job in this state has ended; `lost` has not, since later evidence may leave it. */
export const hasEnded = (job: { state: JobState; reason?: string | undefined }): boolean =>
  isFinal(job.state) && job.reason !== "lost";

/** How much a witness is believed: the lower, the more. */
export const rank = (source: EvidenceSource): number => evidenceSources.indexOf(source);

/** How far a state is in a job's life. */
export const progress: Readonly<Record<JobState, number>> = {
  held: 0,
  submitted: 1,
  dispatched: 2,
  queued: 3,
  running: 4,
  collecting: 5,
  succeeded: 6,
  failed: 6,
  cancelled: 6,
};

/** The witnesses that a head node may name in a receipt; the others speak in the cloud. */
export const headnodeSources: ReadonlySet<EvidenceSource> = new Set([
  "sacct",
  "jobcomp",
  "squeue",
  "job",
  "sbatch",
  "allow-list",
  "headnode",
]);
