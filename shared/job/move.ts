// How an observation changes a job: repeats and reorderings are harmless, what has ended stays ended.
import {
  type EvidenceSource,
  type FailureReason,
  isFinal,
  type JobEvent,
  type JobResults,
  type JobState,
} from "../contract/job.ts";
import type { JobRecord, ResultsLocation } from "./job-record.ts";
import { hasEnded, legalMoves, progress, rank } from "./states.ts";

export type Observation = {
  attempt: number;
  state: JobState;
  source: EvidenceSource;
  /** When it was seen, by the clock of who saw it. Only the head node's observations are ordered by it. */
  at: string;
  reason?: FailureReason | undefined;
  detail?: string | undefined;
  exitCode?: number | undefined;
  signal?: number | undefined;
  startedAt?: string | undefined;
  endedAt?: string | undefined;
  slurmId?: string | undefined;
  folder?: string | undefined;
};

export type ResultsObservation = {
  attempt: number;
  results: JobResults;
  location?: ResultsLocation | undefined;
};

/** What is to be written of a job; the events go to the end of its timeline. */
export type Change = { changes: Partial<JobRecord>; events?: readonly JobEvent[] };

/** The timeline keeps this many of the latest events. */
export const maxEvents = 200;

/**
 * What an observation changes, or undefined where it tells nothing new.
 * Of what has not ended the latest seen counts (at one instant the furthest); an end is never left, but a stronger
 * witness of the same end may correct its particulars.
 */
export function move(job: JobRecord, seen: Observation): Change | undefined {
  if (seen.attempt !== job.attempt) return undefined;
  const passing = passingFacts(job, seen);
  const same = seen.state === job.state && (seen.reason === "lost") === (job.reason === "lost");
  if (same) {
    if (!replaces(job, seen)) return finish(job, passing);
    return finish(job, { ...passing, ...particulars(job, seen) });
  }
  if (hasEnded(job)) return finish(job, passing);
  if (!legalMoves[job.state].includes(seen.state)) return finish(job, passing);
  if (!hasEnded(seen) && fromHeadnode(seen) && !newer(job, seen)) return finish(job, passing);
  if (!fromHeadnode(seen) && !hasEnded(seen) && progress[seen.state] <= progress[job.state])
    return finish(job, passing);
  const changes: Partial<JobRecord> = { ...passing, ...particulars(job, seen), state: seen.state };
  if (neverStarted(seen) && job.startedAt === undefined && job.results.state === "pending") {
    changes.results = { state: "unavailable", reason: "the job did not start" };
  }
  return {
    changes,
    events: [
      {
        at: momentOf(job, seen),
        state: seen.state,
        attempt: seen.attempt,
        cause: causeOf(job, seen),
        source: seen.source,
      },
    ],
  };
}

/** What a report of results changes: available beats withheld beats unavailable beats pending. */
export function moveResults(job: JobRecord, seen: ResultsObservation): Change | undefined {
  if (seen.attempt !== job.attempt) return undefined;
  if (resultsWorth[seen.results.state] <= resultsWorth[job.results.state]) return undefined;
  return { changes: { results: seen.results, ...(seen.location ? { location: seen.location } : {}) } };
}

/** Results are only ever replaced by better ones. */
export const resultsWorth = { pending: 0, unavailable: 1, withheld: 2, available: 3 } as const;

/** Whether nothing more is to come of a job's attempt. */
export const isSettled = (job: JobRecord): boolean => hasEnded(job) && job.results.state !== "pending";

/** Whether nothing more is waited for: a lost job may still be heard of, but is not asked for. */
export const awaitsNothing = (job: JobRecord): boolean => isFinal(job.state) && job.results.state !== "pending";

const fromHeadnode = (seen: Observation): boolean => rank(seen.source) < rank("api");
const neverStarted = (seen: Observation): boolean =>
  seen.startedAt === undefined &&
  ((seen.state === "failed" && (seen.reason === "rejected" || seen.reason === "input-missing")) ||
    (seen.state === "cancelled" && (seen.source === "api" || seen.source === "headnode")));

function newer(job: JobRecord, seen: Observation): boolean {
  if (job.seenAt === undefined || seen.at > job.seenAt) return true;
  if (seen.at < job.seenAt) return false;
  return progress[seen.state] > progress[job.state];
}

/** Whether the same state seen again is to replace its particulars. */
function replaces(job: JobRecord, seen: Observation): boolean {
  if (hasEnded(seen)) return rank(seen.source) < rank(job.source);
  return fromHeadnode(seen) && (job.seenAt === undefined || seen.at > job.seenAt);
}

/** Facts that any observation may add, whatever its age: they only ever grow. */
function passingFacts(job: JobRecord, seen: Observation): Partial<JobRecord> {
  return {
    ...(seen.startedAt && (!job.startedAt || seen.startedAt > job.startedAt) ? { startedAt: seen.startedAt } : {}),
    ...(seen.slurmId && (!job.slurmId || (seen.slurmId !== job.slurmId && seen.at > (job.seenAt ?? "")))
      ? { slurmId: seen.slurmId }
      : {}),
    ...(seen.folder && !job.folder ? { folder: seen.folder } : {}),
  };
}

/** What belongs to the state itself; what the new witness does not say is forgotten. */
function particulars(job: JobRecord, seen: Observation): Partial<JobRecord> {
  return {
    source: seen.source,
    reason: seen.reason,
    detail: seen.detail,
    exitCode: seen.exitCode,
    signal: seen.signal,
    endedAt: seen.endedAt ?? (hasEnded(seen) ? seen.at : undefined),
    ...(fromHeadnode(seen) && seen.at > (job.seenAt ?? "") ? { seenAt: seen.at } : {}),
  } as Partial<JobRecord>;
}

/** Only what differs from the job; undefined where nothing does. */
function finish(job: JobRecord, changes: Partial<JobRecord>): Change | undefined {
  const different = Object.entries(changes).filter(([name, value]) => job[name as keyof JobRecord] !== value);
  return different.length > 0 ? { changes: Object.fromEntries(different) } : undefined;
}

function causeOf(job: JobRecord, seen: Observation): string {
  if (seen.detail) return seen.detail.length > 300 ? `${seen.detail.slice(0, 297)}...` : seen.detail;
  if (seen.reason === "exit-code" && seen.exitCode !== undefined) return `ended with exit code ${seen.exitCode}`;
  if (seen.reason === "signal" && seen.signal !== undefined) return `ended by signal ${seen.signal}`;
  if (seen.reason) return seen.reason;
  if (seen.state === "queued" && job.state === "running") return "requeued";
  return causes[seen.state];
}

/** When it happened; records of ends have whole seconds, which must not put an end before what preceded it. */
function momentOf(job: JobRecord, seen: Observation): string {
  const before = job.events.at(-1)?.at ?? "";
  return seen.endedAt !== undefined && seen.endedAt >= before ? seen.endedAt : seen.at;
}

const causes: Readonly<Record<JobState, string>> = {
  held: "waits",
  submitted: "accepted",
  dispatched: "sent to the cluster",
  queued: "waits in Slurm's queue",
  running: "started",
  collecting: "ended on the cluster; its files are being collected",
  succeeded: "ended well",
  failed: "failed",
  cancelled: "cancelled",
};
