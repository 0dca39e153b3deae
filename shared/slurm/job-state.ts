// Slurm's words for the state of a job, each spelled once, and what each means to us.
import type { FailureReason } from "../contract/job.ts";

/** The 12 states and the 17 state flags of Slurm 20 to 26 (slurm.schedmd.com/job_state_codes.html), as its commands print them. */
export const slurmStates = [
  "PENDING",
  "RUNNING",
  "SUSPENDED",
  "COMPLETED",
  "CANCELLED",
  "FAILED",
  "TIMEOUT",
  "NODE_FAIL",
  "PREEMPTED",
  "BOOT_FAIL",
  "DEADLINE",
  "OUT_OF_MEMORY",
  "COMPLETING",
  "CONFIGURING",
  "EXPEDITING",
  "LAUNCH_FAILED",
  "POWER_UP_NODE",
  "RECONFIG_FAIL",
  "REQUEUED",
  "REQUEUE_FED",
  "REQUEUE_HOLD",
  "RESIZING",
  "RESV_DEL_HOLD",
  "REVOKED",
  "SIGNALING",
  "SPECIAL_EXIT",
  "STAGE_OUT",
  "STOPPED",
  "UPDATE_DB",
] as const;
export type SlurmState = (typeof slurmStates)[number];

/** What a state says of a member: where it is in its life, and for an end how it ended. */
export type Meaning =
  | { phase: "queued" | "running" }
  | { phase: "ended"; how: "completed" | "failed" | "cancelled" }
  | { phase: "ended"; how: "reason"; reason: FailureReason; words: string };

const ended = (reason: FailureReason, words: string): Meaning => ({ phase: "ended", how: "reason", reason, words });

/** The table: every word of Slurm's once. */
export const meanings: Readonly<Record<SlurmState, Meaning>> = {
  PENDING: { phase: "queued" },
  CONFIGURING: { phase: "queued" },
  EXPEDITING: { phase: "queued" },
  POWER_UP_NODE: { phase: "queued" },
  REQUEUED: { phase: "queued" },
  REQUEUE_FED: { phase: "queued" },
  REQUEUE_HOLD: { phase: "queued" },
  RESV_DEL_HOLD: { phase: "queued" },
  SPECIAL_EXIT: { phase: "queued" },
  RUNNING: { phase: "running" },
  SUSPENDED: { phase: "running" },
  STOPPED: { phase: "running" },
  SIGNALING: { phase: "running" },
  RESIZING: { phase: "running" },
  // its processes may still be ending: how it ended is not final before
  COMPLETING: { phase: "running" },
  STAGE_OUT: { phase: "running" },
  UPDATE_DB: { phase: "running" },
  COMPLETED: { phase: "ended", how: "completed" },
  FAILED: { phase: "ended", how: "failed" },
  CANCELLED: { phase: "ended", how: "cancelled" },
  REVOKED: { phase: "ended", how: "cancelled" },
  TIMEOUT: ended("time-limit", "it reached its time limit"),
  DEADLINE: ended("time-limit", "it could not end before its deadline"),
  OUT_OF_MEMORY: ended("out-of-memory", "it used more memory than it had asked for"),
  NODE_FAIL: ended("node-failure", "a node that it ran on failed"),
  BOOT_FAIL: ended("node-failure", "a node could not be booted for it"),
  LAUNCH_FAILED: ended("node-failure", "it could not be launched on its node"),
  RECONFIG_FAIL: ended("node-failure", "a node could not be configured for it"),
  PREEMPTED: ended("preempted", "a job of higher priority took its place"),
};

const known: ReadonlySet<string> = new Set(slurmStates);

/** The state in Slurm's words ("CANCELLED by 1000", "COMPLETING+"): the first word counts. Undefined for one unheard of. */
export function readState(words: string): SlurmState | undefined {
  const first = /^[A-Z_]+/.exec(words.trim())?.[0];
  return first !== undefined && known.has(first) ? (first as SlurmState) : undefined;
}
