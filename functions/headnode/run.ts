// `run`: what SSM starts. Reads the batch that $SSM_batch names, does it, says in receipts what became of it.
import "../../shared/contract/no-eval.ts";
import { existsSync } from "node:fs";
import * as z from "zod";
import { ulidPattern } from "../../shared/contract/id.ts";
import { Batch, batchKey, type Group } from "../../shared/headnode/batch.ts";
import type { MemberState } from "../../shared/headnode/receipt.ts";
import { AccountPool } from "./account-pool.ts";
import { judgeAccounts } from "./account-rule.ts";
import { cancelGroups } from "./cancel-groups.ts";
import { readSettings, type Settings } from "./config.ts";
import { forgetGroups } from "./forget-groups.ts";
import { type Log, openLog } from "./log.ts";
import { type Objects, openObjects } from "./objects.ts";
import { notePeeks } from "./peek-notes.ts";
import { type GroupStates, statesOf, tellStates } from "./receipts.ts";
import { missingMembers } from "./refusal.ts";
import { report } from "./report.ts";
import { slurmOf } from "./slurm.ts";
import { openSpool, type Plan, type Spool, type Staged, type Submitted } from "./spool.ts";
import { startWatch } from "./start-watch.ts";
import { type SubmitContext, type SubmitOutcome, submitGroup } from "./submit-group.ts";
import { rememberTold, toldBefore } from "./told.ts";
import { readTombstone, type Tombstone, takenBackAt } from "./tombstone.ts";

const mostBatchBytes = 64 * 1024 * 1024;
const groupsAtOnce = 4;

/** Runs one batch; the exit code is what SSM shows: 0 done, 1 fault (try again), 2 refused for good. */
export async function run(bundle: string): Promise<number> {
  const id = process.env.SSM_batch ?? "";
  if (!ulidPattern.test(id)) return refuseBatch(`the batch id ${JSON.stringify(id.slice(0, 40))} is not a ULID`);
  const settings = readSettings(bundle);
  const spool = openSpool(settings.spool);
  const log = openLog(spool.log, "run");
  const objects = openObjects(settings);
  const text = await objects.read(settings.buckets.batches, batchKey(settings.cluster, id), mostBatchBytes);
  if (text === undefined)
    return refuseBatch(`there is no batch ${id} for cluster ${settings.cluster}, or it may not be read`);
  const parsed = Batch.safeParse(JSON.parse(text));
  if (!parsed.success)
    return refuseBatch(`batch ${id} is not of our format: ${z.prettifyError(parsed.error).slice(0, 1_000)}`);
  const batch = parsed.data;
  const fault = batchFault(batch, id, settings, objects.now());
  if (fault !== undefined) {
    log("batch-refused", { batch: id, words: fault });
    return refuseBatch(fault);
  }
  log("batch", { batch: id, verb: batch.verb, groups: batch.groups.length });
  if (batch.verb === "report") return await report({ settings, spool, objects, log }, batch.groups);
  if (batch.verb === "cancel") return await cancelGroups({ settings, spool, objects, log }, batch.groups);
  if (batch.verb === "peek") return await notePeeks({ settings, spool, objects, log }, batch.groups);
  if (batch.verb === "forget") {
    objects.close();
    return await forgetGroups({ settings, spool, log }, batch.groups);
  }
  return await submitAll({ settings, spool, objects, log }, batch.groups);
}

function batchFault(batch: Batch, id: string, settings: Settings, now: Date): string | undefined {
  if (batch.batch !== id) return `the object of batch ${id} calls itself ${batch.batch}`;
  if (batch.cluster !== settings.cluster)
    return `batch ${id} is for cluster "${batch.cluster}"; this is "${settings.cluster}"`;
  return Date.parse(batch.notAfter) < now.getTime() ? `batch ${id} was good until ${batch.notAfter} only` : undefined;
}

function refuseBatch(words: string): number {
  process.stderr.write(`headnode run: ${words}\n`);
  return 2;
}

type RunContext = { settings: Settings; spool: Spool; objects: Objects; log: Log };

async function submitAll(context: RunContext, groups: readonly Group[]): Promise<number> {
  const { settings, spool, objects, log } = context;
  // the watch starts beside the submission, and lingers a while for it
  const [accounts] = await Promise.all([
    judgeAccounts(
      groups.map((group) => group.account),
      settings,
    ),
    startWatch(settings, spool),
  ]);
  const pool = new AccountPool(settings);
  const submit: SubmitContext = { settings, spool, slurm: slurmOf(settings), log, account: (one) => pool.as(one) };
  const outcomes: { group: Group; outcome: SubmitOutcome }[] = [];
  const waiting = [...groups];
  const worker = async () => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      const judged = accounts.get(group.account) ?? { ok: false, words: "the account was not judged" };
      outcomes.push({ group, outcome: await submitGroup(submit, group, judged) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(groupsAtOnce, groups.length) }, worker));
  pool.close();
  const [told] = await Promise.allSettled([tellOutcomes(context, outcomes), startWatch(settings, spool)]);
  if (told?.status === "rejected") throw told.reason;
  const count = (kind: SubmitOutcome["kind"]) => outcomes.filter(({ outcome }) => outcome.kind === kind).length;
  const later = outcomes.flatMap(({ group, outcome }) =>
    outcome.kind === "later" || outcome.kind === "expired" ? [`${group.group}: ${outcome.words}`] : [],
  );
  process.stdout.write(
    `${count("submitted")} submitted, ${count("refused")} refused, ${later.length} later\n${later.map((line) => `${line}\n`).join("")}`,
  );
  objects.close();
  return later.length === 0 ? 0 : 1;
}

/** Tells what became of each group. One that was told further before (a repeat) is told as it was last seen. */
async function tellOutcomes(
  context: RunContext,
  outcomes: readonly { group: Group; outcome: SubmitOutcome }[],
): Promise<void> {
  const { settings, spool, objects } = context;
  const repeats: string[] = [];
  const fresh: { folder: string; states: GroupStates }[] = [];
  for (const { group, outcome } of outcomes) {
    if (outcome.kind === "later" || outcome.kind === "expired") continue;
    const found = spool.find(group.group);
    if (found === undefined || found.finished || hasTold(found.folder)) repeats.push(group.group);
    else if (outcome.kind === "refused")
      fresh.push({ folder: found.folder, states: statesOf(group.group, outcome.plan, undefined, outcome.members) });
    else
      fresh.push({
        folder: found.folder,
        states: queuedStates(outcome.plan, outcome.submitted, outcome.staged, readTombstone(found.folder)),
      });
  }
  await tellStates(
    settings,
    objects,
    fresh.map(({ states }) => states),
  );
  for (const { folder, states } of fresh) keepTold(folder, states.members);
  if (repeats.length > 0) await report(context, repeats);
}

/** A group that the watch has told to its end meanwhile has moved on, at whatever instant. */
function keepTold(folder: string, members: readonly MemberState[]): void {
  try {
    rememberTold(folder, members);
  } catch (error) {
    if (existsSync(folder)) throw error;
  }
}

const hasTold = (folder: string): boolean => toldBefore(folder) !== undefined;

/** Right after submission: queued, but for the holes and for what was taken back, of which the watch tells. */
function queuedStates(plan: Plan, submitted: Submitted, staged: Staged, tombstone?: Tombstone): GroupStates {
  const missing = missingMembers(plan, staged);
  const holes = new Set(missing.map((member) => member.index));
  const queued: MemberState[] = plan.members
    .filter(({ index }) => !holes.has(index) && takenBackAt(tombstone, index) === undefined)
    .map(({ index, job, attempt }) => ({ index, job, attempt, state: "queued", source: "sbatch" }));
  return statesOf(plan.group, plan, submitted.id, [...queued, ...missing]);
}
