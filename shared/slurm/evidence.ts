// What the records of Slurm and the job's own claim and end record say together of one member. Pure.
import type { EvidenceSource, FailureReason } from "../contract/job.ts";
import { endingWords, signalOfCode } from "./ending-words.ts";
import type { JobRow } from "./job-row.ts";
import { meanings } from "./job-state.ts";

/** Exit codes of the batch script itself; an application may use them too, its end record tells the two apart. */
export const wrapperExit = { fenced: 113, astray: 114, unclaimed: 115 } as const;

/** A member's end record: written by the start that holds its claim. Times are ISO 8601. */
export type EndRecord = { code: number; startedAt: string; endedAt: string };

/** A row, and whose it is. */
export type SourcedRow = JobRow & { source: "sacct" | "jobcomp" | "squeue" };

export type Evidence = {
  /** What a record of Slurm's says; rows are matched by id, uid and name before they come here. */
  row: SourcedRow | undefined;
  /** Whether a start has claimed the member. */
  claimed: boolean;
  /** When that start began (ISO 8601). */
  claimedAt?: string;
  /** The end record of the start that claimed it. */
  end: EndRecord | undefined;
  /** Every record that the cluster keeps was asked in this round, answered, and does not know the member. */
  denied: boolean;
  /** How long the records have denied it, without a word between (milliseconds). */
  deniedForMs: number;
  /**
   * How long it has been known, without a word between, that the node where it began has stopped it (milliseconds): slurmctld
   * was started again after that, does not know it, and has heard from the node what runs there.
   */
  stoppedForMs?: number;
  /** How long Slurm has called it ended, in our sight (milliseconds). */
  endedForMs: number;
  /** squeue knows other members of its array, none cut short unasked; a record that outlives MinJobAge was asked too. */
  arrayKnown?: boolean;
  /** Slurm's words where it forgot the job and refused to take what of it had not begun. */
  refused?: string | undefined;
  /** When a person took it back (ISO 8601), by the head node's clock. */
  cancelledAt?: string;
  /** Slurm cancelled it at the instant at which it cut short another member of the same array. */
  swept?: boolean;
  /** When slurmctld was last started (ISO 8601); asked for where Slurm cancelled what nobody had taken back. */
  controllerStartedAt?: string;
  /** When the slurmd of the node where it began was last started (ISO 8601), asked for in the same case. */
  nodeStartedAt?: string;
  /** Slurm's words on memory at the end of the member's own output. */
  memoryWords?: string;
};

/** How long to wait for what is late. A claim or end record may reach the head node late over NFS. */
export type Patience = { lostAfterMs: number; completedGraceMs: number; failedGraceMs: number };
export const patience: Patience = { lostAfterMs: 24 * 3_600_000, completedGraceMs: 60_000, failedGraceMs: 5_000 };

/** What follows. "unknown" concludes nothing: absent is not finished. */
export type Verdict =
  | { kind: "unknown" }
  | { kind: "live"; state: "queued" | "running"; source: EvidenceSource; startedAt?: string }
  | ({ kind: "ended" } & Ending);

export type Ending = {
  state: "succeeded" | "failed" | "cancelled";
  source: EvidenceSource;
  reason?: FailureReason;
  detail?: string;
  exitCode?: number;
  signal?: number;
  startedAt?: string;
  endedAt?: string;
};

/** Judges one member. `succeeded` needs Slurm's COMPLETED and the member's own end record with code 0. */
export function judge(evidence: Evidence, limits: Patience = patience): Verdict {
  const { row, end } = evidence;
  if (row === undefined) return withoutRow(evidence, limits);
  const meaning = meanings[row.state];
  if (meaning.phase !== "ended") {
    const startedAt = meaning.phase === "running" ? row.startedAt : undefined;
    return {
      kind: "live",
      state: meaning.phase,
      source: row.source,
      ...(startedAt === undefined ? {} : { startedAt }),
    };
  }
  const facts = { source: row.source, ...times(evidence, row) };
  const unasked = evidence.cancelledAt === undefined && (evidence.swept === true || isTurnedAway(evidence, row));
  if (meaning.how === "cancelled" && unasked) return turnedAway(evidence, row, limits);
  if (meaning.how === "cancelled" && isFlushed(evidence, row)) {
    const detail = "Slurm's controller was restarted without its record of jobs, and gave up what it had before";
    return { kind: "ended", state: "failed", reason: "node-failure", detail, ...facts };
  }
  if (meaning.how === "cancelled") {
    const detail = "it was cancelled on the cluster itself, not from here";
    const from = evidence.cancelledAt === undefined ? { detail } : {};
    return { kind: "ended", state: "cancelled", ...from, ...facts, ...ownCode(end) };
  }
  if (meaning.how === "reason") {
    const detail = `Slurm's state is ${row.state}: ${meaning.words}`;
    // a program that was stopped may still end with 0: shown beside the reason, that would read as success
    return {
      kind: "ended",
      state: "failed",
      reason: meaning.reason,
      detail,
      ...facts,
      ...(end?.code === 0 ? {} : ownCode(end)),
    };
  }
  if (meaning.how === "completed") {
    if (end !== undefined) return { kind: "ended", ...byCode(end.code, evidence), ...facts };
    if (evidence.endedForMs < limits.completedGraceMs) return { kind: "unknown" };
    const detail = "Slurm calls it COMPLETED, but the job left no record of its own end";
    return { kind: "ended", state: "failed", reason: "node-failure", detail, ...facts };
  }
  if (end === undefined && evidence.endedForMs < limits.failedGraceMs) return { kind: "unknown" };
  if (end !== undefined && isOfSecondStart(evidence, row, end)) return ownEnd(end, evidence);
  return { kind: "ended", state: "failed", ...withMemory(failure(row, evidence), evidence), ...facts };
}

const cutShortWithinMs = 10_000;
/** What a daemon does wrong after its start it does soon. */
const freshStartMs = 20_000;

/** Whether Slurm cancelled it within seconds of giving it nodes, and the accounts name nobody who did. */
export function isCutShort(row: JobRow): boolean {
  if (row.state !== "CANCELLED" || row.placed !== true || (row.cancelledBy ?? 0) !== 0) return false;
  if (row.startedAt === undefined || row.endedAt === undefined) return false;
  return Date.parse(row.endedAt) - Date.parse(row.startedAt) <= cutShortWithinMs;
}

/**
 * Whether Slurm cancelled it without anybody's wish. slurmctld that was killed forgets its last seconds, and one whose word
 * to a node was not answered says it again: it starts again what has begun already, or gives an id out again. The node
 * refuses a second copy, and slurmctld, which may not requeue it, cancels the whole job and stops what runs of it. A
 * person's scancel reaches what has begun under this very start, and ends it by a signal.
 */
export function isTurnedAway(
  evidence: Pick<Evidence, "claimed" | "claimedAt" | "end" | "cancelledAt" | "controllerStartedAt" | "nodeStartedAt">,
  row: JobRow,
): boolean {
  const { claimed, claimedAt, end, cancelledAt, controllerStartedAt, nodeStartedAt } = evidence;
  if (cancelledAt !== undefined || !isCutShort(row)) return false;
  if (!claimed || end === undefined || end.code <= 128) return true;
  if (Date.parse(claimedAt ?? "") < Date.parse(row.startedAt ?? "")) return true;
  return [controllerStartedAt, nodeStartedAt].some((at) => isJustBefore(at, row.endedAt));
}

function isJustBefore(startedAt: string | undefined, at: string | undefined): boolean {
  const after = Date.parse(at ?? "") - Date.parse(startedAt ?? "");
  return after > -2_000 && after < freshStartMs;
}

/** The start that was turned away did no work: the one before it, if there was one, counts, as does work that was done. */
function turnedAway(evidence: Evidence, row: SourcedRow, limits: Patience): Verdict {
  const { end, claimed, endedForMs } = evidence;
  if (end !== undefined && (end.code <= 128 || Date.parse(end.endedAt) + 1_000 < Date.parse(row.startedAt ?? "")))
    return ownEnd(end, evidence);
  if (end === undefined && endedForMs < (claimed ? limits.completedGraceMs : limits.failedGraceMs))
    return { kind: "unknown" };
  const detail =
    "Slurm cancelled it within seconds of a start, and nobody had asked for that here: a node that is to start one job twice, or two of one number, refuses, and Slurm then gives up all of it";
  return {
    kind: "ended",
    state: "failed",
    reason: "node-failure",
    detail,
    source: row.source,
    ...times(evidence, row),
    ...ownCode(end),
  };
}

/** slurmctld that finds no record of its jobs has slurmdbd end them all, as it starts. */
function isFlushed({ claimed, end, cancelledAt, controllerStartedAt }: Evidence, row: JobRow): boolean {
  if (claimed || end !== undefined || cancelledAt !== undefined || row.placed === true) return false;
  return isJustBefore(controllerStartedAt, row.endedAt);
}

/** A second start did nothing, and its row tells nothing of the first. Clocks of nodes differ a little. */
function isOfSecondStart({ claimedAt }: Evidence, row: JobRow, end: EndRecord): boolean {
  if (row.exitCode === wrapperExit.fenced && end.code !== wrapperExit.fenced) return true;
  if (claimedAt === undefined || row.startedAt === undefined) return false;
  return Date.parse(claimedAt) + 2_000 < Date.parse(row.startedAt);
}

/** Codes of a program that SIGTERM or SIGKILL ended: so a node stops what slurmctld does not know. */
export const isStopCode = (code: number): boolean => code === 143 || code === 137;

/** Stopped after slurmctld was started again. */
function isStoppedByNode({ claimedAt, controllerStartedAt }: Evidence, end: EndRecord): boolean {
  if (claimedAt === undefined || controllerStartedAt === undefined || !isStopCode(end.code)) return false;
  const startedAt = Date.parse(controllerStartedAt);
  return Date.parse(claimedAt) <= startedAt && startedAt <= Date.parse(end.endedAt) + 1_000;
}

const forgottenWords =
  "Slurm's controller was restarted as it ran and knew nothing of it any more, so its node stopped it";

function withoutRow(evidence: Evidence, limits: Patience): Verdict {
  const { end, cancelledAt } = evidence;
  if (!evidence.denied) return { kind: "unknown" };
  if (cancelledAt !== undefined && !endedByItself(end, cancelledAt)) return takenBack(evidence, limits);
  if (end !== undefined && isStoppedByNode(evidence, end)) {
    const { startedAt, endedAt } = end;
    const reason = "node-failure";
    return { kind: "ended", state: "failed", reason, detail: forgottenWords, source: "job", startedAt, endedAt };
  }
  if (end !== undefined) return ownEnd(end, evidence);
  if (evidence.claimed && (evidence.stoppedForMs ?? 0) >= limits.completedGraceMs) {
    const detail = `${forgottenWords}; it left no end`;
    return { kind: "ended", state: "failed", reason: "node-failure", detail, source: "headnode" };
  }
  if (isTakenOut(evidence, limits)) {
    const detail = "it was cancelled on the cluster itself while it waited, not from here";
    return { kind: "ended", state: "cancelled", detail, source: "squeue" };
  }
  if (isTurnedDown(evidence, limits)) {
    const detail = `Slurm forgot it as it waited, and then refused it: ${evidence.refused}`.slice(0, 2_000);
    return { kind: "ended", state: "failed", reason: "rejected", detail, source: "sbatch" };
  }
  if (evidence.deniedForMs < limits.lostAfterMs) return { kind: "unknown" };
  const hours = Math.round(evidence.deniedForMs / 360_000) / 10;
  const detail = `no record of the cluster has known it for ${hours} h`;
  return { kind: "ended", state: "failed", reason: "lost", detail, source: "headnode" };
}

/** An end by a signal after it was taken back is the end that was asked for; end records have whole seconds. */
function endedByItself(end: EndRecord | undefined, cancelledAt: string): boolean {
  if (end === undefined) return false;
  return end.code <= 128 || end.code > 192 || Date.parse(end.endedAt) + 1_000 <= Date.parse(cancelledAt);
}

/** Slurm 22.05 keeps no record of a member that scancel took out of an array that waits; of the others it knows. */
function isTakenOut({ arrayKnown, claimed, end, deniedForMs }: Evidence, limits: Patience): boolean {
  return arrayKnown === true && !claimed && end === undefined && deniedForMs >= limits.completedGraceMs;
}

const isTurnedDown = ({ refused, claimed, end, deniedForMs }: Evidence, limits: Patience): boolean =>
  refused !== undefined && !claimed && end === undefined && deniedForMs >= limits.completedGraceMs;

/** What a person took back from here needs no other of its array to be seen: that nothing knows it is its end. */
function takenBack({ end, claimed, deniedForMs }: Evidence, limits: Patience): Verdict {
  // one look more than the first, and where it had begun as long as an end record may take
  const enough = end !== undefined || deniedForMs >= (claimed ? limits.completedGraceMs : 1);
  if (!enough) return { kind: "unknown" };
  const span = end === undefined ? {} : { startedAt: end.startedAt, endedAt: end.endedAt };
  return { kind: "ended", state: "cancelled", source: "headnode", ...ownCode(end), ...span };
}

type Failure = { reason: FailureReason; detail?: string; exitCode?: number; signal?: number };

/** FAILED in Slurm's record: the end record knows best how the program ended, Slurm's exit code stands in for it. */
function failure(row: JobRow, { end, claimed }: Evidence): Failure {
  const { exitCode = 0, signal = 0 } = row;
  if (end !== undefined && end.code !== 0) return codeFailure(end.code);
  if (end !== undefined && signal > 0) return signalFailure(signal);
  if (end !== undefined) {
    const detail = `its program ended with 0, but Slurm's record is of exit code ${exitCode}`;
    return { reason: "node-failure", detail };
  }
  if (exitCode === wrapperExit.fenced)
    return { reason: "node-failure", detail: "another start had claimed it and left no end; this start did no work" };
  if (exitCode === wrapperExit.astray && !claimed)
    return { reason: "node-failure", detail: "the job's folder was gone when it started, or by the time it ended" };
  if (exitCode === wrapperExit.unclaimed && !claimed)
    return { reason: "node-failure", detail: "it could not write into its folder when it started" };
  if (signal > 0 && !claimed)
    return {
      reason: "node-failure",
      detail: `Slurm could not start it (FAILED 0:${signal}${signal === 53 ? ": its folder or output file could not be opened" : ""})`,
    };
  if (signal > 0) return signalFailure(signal);
  return exitCode > 0
    ? codeFailure(exitCode)
    : { reason: "exit-code", detail: "Slurm calls it FAILED without an exit code" };
}

/** A shell gives 128 + n for a program that signal n ended. */
function codeFailure(code: number): Failure {
  const signal = signalOfCode(code);
  const detail = detailOf({ exitCode: code });
  return signal === undefined
    ? { reason: "exit-code", exitCode: code, ...detail }
    : { reason: "signal", signal, exitCode: code, ...detail };
}

const signalFailure = (signal: number): Failure => ({ reason: "signal", signal, ...detailOf({ signal }) });

function detailOf(how: { exitCode?: number; signal?: number }): { detail?: string } {
  const words = endingWords(how);
  return words === undefined ? {} : { detail: words };
}

/** What the member's own output says of memory is the reason of a bad end, since no record tells it. */
function withMemory(failed: Failure, { memoryWords }: Evidence): Failure {
  if (memoryWords === undefined || (failed.reason !== "signal" && failed.reason !== "exit-code")) return failed;
  const how = failed.detail === undefined ? "" : `; it ${failed.detail}`;
  return { ...failed, reason: "out-of-memory", detail: `its output says "${memoryWords}"${how}` };
}

function byCode(
  code: number,
  evidence: Evidence,
): { state: "succeeded"; exitCode: number } | ({ state: "failed" } & Failure) {
  return code === 0
    ? { state: "succeeded", exitCode: 0 }
    : { state: "failed", ...withMemory(codeFailure(code), evidence) };
}

/** What the member's own end record says, where Slurm's records say nothing of the start that wrote it. */
const ownEnd = (end: EndRecord, evidence: Evidence): Verdict => ({
  kind: "ended",
  ...byCode(end.code, evidence),
  source: "job",
  startedAt: end.startedAt,
  endedAt: end.endedAt,
});

const ownCode = (end: EndRecord | undefined) => (end === undefined ? {} : { exitCode: end.code });

/** Of what ended as it waited, Slurm gives the end as the start too. */
function times({ end, claimed }: Evidence, row: JobRow): { startedAt?: string; endedAt?: string } {
  const never = end === undefined && !claimed && row.startedAt === row.endedAt;
  const startedAt = never ? undefined : (end?.startedAt ?? row.startedAt);
  const endedAt = end?.endedAt ?? row.endedAt;
  return { ...(startedAt === undefined ? {} : { startedAt }), ...(endedAt === undefined ? {} : { endedAt }) };
}
