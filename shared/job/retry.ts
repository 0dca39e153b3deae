// Trying again by itself: an attempt that ended for a reason that allows it is put away, and the next one waits for a dispatch.
import { defaultRetry, type FailureReason } from "../contract/job.ts";
import type { JobRecord, PastAttemptRecord } from "./job-record.ts";
import { type Change, type Observation, type ResultsObservation, resultsWorth } from "./move.ts";
import { hasEnded, rank } from "./states.ts";

/** Whether a job that ends so is to be tried again: by its reason, within its limit, and where nobody wants it gone. */
function goesOn(job: JobRecord): job is JobRecord & { reason: FailureReason } {
  const { limit, on } = job.retry ?? defaultRetry;
  return (
    job.state === "failed" &&
    (on as readonly (FailureReason | undefined)[]).includes(job.reason) &&
    job.attempt <= limit &&
    job.cancelRequestedAt === undefined &&
    job.deletedAt === undefined
  );
}

/**
 * The change itself, or, where it ends the present attempt for a reason after which the job is tried again, one write
 * that puts the attempt away and submits the next: nobody ever sees `failed` of a job that goes on.
 */
export function withRetry(job: JobRecord, change: Change): Change {
  const ended: JobRecord = { ...job, ...change.changes };
  if (hasEnded(job) || !goesOn(ended)) return change;
  const { limit } = ended.retry ?? defaultRetry;
  const at = change.events?.at(-1)?.at ?? ended.endedAt ?? ended.changedAt;
  const attempt = ended.attempt + 1;
  const cause = `tried again after ${ended.reason}: attempt ${attempt} of at most ${limit + 1}`;
  return {
    changes: {
      ...change.changes,
      ...emptied,
      state: "submitted",
      source: "reconcile",
      attempt,
      attempts: [...(ended.attempts ?? []), putAway(ended, at)],
      results: { state: "pending" },
    },
    events: [...(change.events ?? []), { at, state: "submitted", attempt, cause, source: "reconcile" }],
  };
}

/** What belongs to one attempt alone, removed. */
const emptied = {
  group: undefined,
  index: undefined,
  reason: undefined,
  detail: undefined,
  exitCode: undefined,
  signal: undefined,
  slurmId: undefined,
  folder: undefined,
  folderKeptUntil: undefined,
  startedAt: undefined,
  endedAt: undefined,
  seenAt: undefined,
  location: undefined,
  peekUntil: undefined,
} as unknown as Partial<JobRecord>;

function putAway(job: JobRecord & { reason: FailureReason }, at: string): PastAttemptRecord {
  const { attempt, reason, detail, exitCode, signal, slurmId, folder, startedAt, endedAt = at } = job;
  const { results, group, index, location, source } = job;
  return defined<object>({
    ...{ attempt, reason, detail, exitCode, signal, slurmId, folder, startedAt, endedAt },
    ...{ results, group, index, location, source },
  }) as PastAttemptRecord;
}

/** The earlier attempt that was that member of that group. */
export const pastAttempt = (
  { attempts = [] }: Pick<JobRecord, "attempts">,
  group: string,
  index: number,
): PastAttemptRecord | undefined => attempts.find((one) => one.group === group && one.index === index);

/**
 * What is heard late of an earlier attempt: its results, facts that were not known, and by a stronger witness the
 * particulars of its end. That it was followed by another is never undone.
 */
export function movePast(
  job: JobRecord,
  place: { group: string; index: number },
  seen: Observation | undefined,
  results: ResultsObservation | undefined,
): Change | undefined {
  const past = pastAttempt(job, place.group, place.index);
  if (!past) return undefined;
  const heard = {
    ...(seen?.attempt === past.attempt ? facts(past, seen) : {}),
    ...(results?.attempt === past.attempt ? collected(past, results) : {}),
  };
  const next = defined({ ...past, ...heard });
  if (JSON.stringify(next) === JSON.stringify(past)) return undefined;
  return { changes: { attempts: job.attempts?.map((one) => (one === past ? next : one)) ?? [] } };
}

function facts(past: PastAttemptRecord, seen: Observation): Partial<PastAttemptRecord> {
  const { startedAt, slurmId, folder } = past;
  const isStronger =
    seen.state === "failed" &&
    seen.reason !== undefined &&
    seen.reason !== "lost" &&
    (past.source === undefined || rank(seen.source) < rank(past.source));
  return {
    ...(seen.startedAt && (!startedAt || seen.startedAt > startedAt) ? { startedAt: seen.startedAt } : {}),
    ...(seen.slurmId && !slurmId ? { slurmId: seen.slurmId } : {}),
    ...(seen.folder && !folder ? { folder: seen.folder } : {}),
    ...(isStronger ? particulars(seen) : {}),
  };
}

const particulars = ({ reason, detail, exitCode, signal, endedAt, at, source }: Observation) =>
  ({ reason, detail, exitCode, signal, endedAt: endedAt ?? at, source }) as Partial<PastAttemptRecord>;

function collected(past: PastAttemptRecord, { results, location }: ResultsObservation): Partial<PastAttemptRecord> {
  if (resultsWorth[results.state] <= resultsWorth[past.results.state]) return {};
  return { results, ...(location ? { location } : {}) };
}

/** Without fields that are undefined: a list in the table holds none. */
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
