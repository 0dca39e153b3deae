// What a receipt changes: each member's job, if group, index and attempt are those on record; then the group.
import { iso } from "../../shared/aws/clock.ts";
import type { MemberResults, MemberState, Receipt, StatesReceipt } from "../../shared/headnode/receipt.ts";
import { marked } from "../../shared/job/group-marks.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { GroupRecord, JobRecord, ResultsLocation } from "../../shared/job/job-record.ts";
import {
  awaitsNothing,
  type Change,
  move,
  moveResults,
  type Observation,
  type ResultsObservation,
} from "../../shared/job/move.ts";
import { movePast, pastAttempt, withRetry } from "../../shared/job/retry.ts";
import { headnodeSources } from "../../shared/job/states.ts";
import { log } from "../edge/log.ts";
import type { ObserveParts } from "./parts.ts";

const writesAtOnce = 16;
const maxFolderLength = 1_000;
const dayMs = 24 * 3_600_000;
/** So many of the jobs that are tried again ask for a dispatch: it takes the others of the cluster with it. */
const maxAsking = 10;

type Told = {
  group: string;
  slurmId?: string | undefined;
  folder?: string | undefined;
  states: readonly MemberState[];
  results: readonly MemberResults[];
  slice?: { slice: number; collection: string };
};

/** Applies a receipt whose cluster is known to be its own and that S3 has since `heardAt`. Repeats, reorderings and forgeries change nothing. */
export async function applyReceipt(receipt: Receipt, heardAt: Date, parts: ObserveParts): Promise<void> {
  for (const told of toldBy(receipt)) {
    const group = await parts.groups.get(told.group);
    if (!group || group.cluster !== receipt.cluster || group.stage === "forming") {
      log({
        level: "warn",
        message: "a receipt names a group that its cluster has not",
        cluster: receipt.cluster,
        group: told.group,
        receipt: receipt.receipt,
      });
      continue;
    }
    await applyToGroup(group, told, { at: receipt.at, heardAt }, parts);
  }
  if (receipt.kind === "states") await noteUnknown(receipt, heardAt, parts);
}

function toldBy(receipt: Receipt): Told[] {
  if (receipt.kind === "states")
    return receipt.groups.map(({ members, ...rest }) => ({ ...rest, states: members, results: [] }));
  const { group, slurmId, folder, states, members, slice, collection } = receipt;
  return [{ group, slurmId, folder, states, results: members, slice: { slice, collection } }];
}

async function applyToGroup(
  group: GroupRecord,
  told: Told,
  when: { at: string; heardAt: Date },
  parts: ObserveParts,
): Promise<void> {
  const states = new Map(told.states.map((state) => [state.index, state]));
  const results = new Map(told.results.map((result) => [result.index, result]));
  const indices = [...new Set([...states.keys(), ...results.keys()])];
  // counted from the collecting, which this receipt tells of
  const keepDays = told.slice && (await parts.clusterTable.get(group.cluster)).folders?.keepDays;
  const keptUntil = keepDays === undefined ? undefined : iso(new Date(Date.parse(when.at) + keepDays * dayMs));
  const settled: number[] = [];
  const again = new Set<string>();
  await inTurns(indices, writesAtOnce, async (index) => {
    const state = states.get(index);
    const result = results.get(index);
    const member = group.members[index];
    const named = [state, result].filter((one) => one !== undefined);
    const true_ = named.every((one) => member && one.job === member.job && one.attempt === member.attempt);
    if (!member || !true_ || (state && !headnodeSources.has(state.source))) {
      log({
        level: "warn",
        message: `a receipt names as member ${index} one that is not`,
        cluster: group.cluster,
        group: group.id,
      });
      return;
    }
    const job = await parts.jobs.change(member.job, (one) =>
      changeOf(one, group, index, { ...heardOf(group, index, told, state, result, when.at), keptUntil }),
    );
    if (job && isDone(job, group.id, index)) settled.push(index);
    // as long as it waits, so that a crash after the write is made good by the repeat
    if (job && job.attempt > member.attempt && job.state === "submitted" && job.group === undefined) again.add(job.id);
  });
  await noteNews(group, settled, when.heardAt, parts);
  for (const job of [...again].slice(0, maxAsking)) await parts.queue.ask({ cluster: group.cluster, job });
}

/** Whether nothing more is to come of the attempt that was that member of that group. */
function isDone(job: JobRecord, group: string, index: number): boolean {
  if (job.group === group && job.index === index) return awaitsNothing(job);
  const past = pastAttempt(job, group, index);
  return past !== undefined && past.results.state !== "pending";
}

type Heard = { seen: Observation | undefined; results: ResultsObservation | undefined };
type Kept = {
  /** When the folder is removed from the cluster. */
  keptUntil: string | undefined;
};

/** What a receipt says of one member, in the words of the rules. */
function heardOf(
  group: GroupRecord,
  index: number,
  told: Told,
  state: MemberState | undefined,
  result: MemberResults | undefined,
  at: string,
): Heard {
  // of a group with holes that leave one member Slurm has a plain job
  const isArray = group.members.filter((one) => one !== null).length > 1;
  const seen = state && {
    ...state,
    at,
    slurmId: told.slurmId && isArray ? `${told.slurmId}_${index}` : told.slurmId,
    folder: told.folder === undefined ? undefined : `${told.folder.slice(0, maxFolderLength)}/members/${index}`,
  };
  return { seen, results: result && told.slice && observedResults(result, told.slice) };
}

function changeOf(job: JobRecord, group: GroupRecord, index: number, heard: Heard & Kept): Change | undefined {
  const { seen, results, keptUntil } = heard;
  if (job.group !== group.id || job.index !== index) return movePast(job, { group: group.id, index }, seen, results);
  const moved = seen && move(job, seen);
  const collected = results && moveResults({ ...job, ...moved?.changes }, results);
  if (!moved && !collected) return undefined;
  const hasFolder = moved?.changes.folder ?? job.folder;
  const kept = collected && keptUntil && hasFolder ? { folderKeptUntil: keptUntil } : {};
  return withRetry(job, { ...moved, changes: { ...moved?.changes, ...collected?.changes, ...kept } });
}

function observedResults({ attempt, results }: MemberResults, slice: { slice: number; collection: string }) {
  if (results.state !== "available") return { attempt, results: { state: results.state, reason: results.reason } };
  const { files, bytes, skipped, offset, length } = results;
  const location: ResultsLocation = { ...slice, offset, length };
  return { attempt, results: { state: results.state, files, bytes, skipped }, location };
}

/** Keeps since when the head node has had no memory of groups that it once acknowledged; what that means is reconcile's to say. */
async function noteUnknown({ unknown = [], cluster }: StatesReceipt, heardAt: Date, { groups }: ObserveParts) {
  const at = iso(heardAt);
  for (const id of unknown)
    await groups.change(id, (one) => {
      if (one.cluster !== cluster || one.stage !== "sent" || !one.acknowledged || at <= one.newsAt) return undefined;
      return { unknownSince: one.unknownSince ?? at, newsAt: at };
    });
}

/** A group's item is rewritten only for news: at most every half minute, or where a member has settled. */
const newsEveryMs = 30_000;

async function noteNews(
  group: GroupRecord,
  settled: readonly number[],
  heardAt: Date,
  { groups }: ObserveParts,
): Promise<void> {
  await groups.change(group.id, (one) => {
    if (one.stage === "closed") return undefined;
    const all = marked(one.settled, settled);
    // A receipt that is read again is no news: what counts is when S3 got it.
    const fresh = heardAt.getTime() - Date.parse(one.newsAt) > newsEveryMs;
    const isKnown = one.unknownSince === undefined;
    if (one.acknowledged && isKnown && all === one.settled && !fresh) return undefined;
    // A receipt may overtake the note that the command was sent.
    const stage = all.includes("0") ? "sent" : "closed";
    const newsAt = iso(heardAt) > one.newsAt ? iso(heardAt) : one.newsAt;
    return { acknowledged: true, settled: all, stage, newsAt, ...(isKnown ? {} : { unknownSince: undefined }) };
  });
}
