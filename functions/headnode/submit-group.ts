// Submitting one group exactly once. Five steps under the group's lock; each may be cut short by SIGKILL and taken up again.
import { join } from "node:path";
import type { Group } from "../../shared/headnode/batch.ts";
import type { JobRow } from "../../shared/slurm/job-row.ts";
import { misfit } from "../../shared/slurm/partition-fit.ts";
import type { AccountProcess } from "./account-process.ts";
import { type AccountAnswer, type Identity, identityOf } from "./account-rule.ts";
import { batchScript } from "./batch-script.ts";
import type { Settings } from "./config.ts";
import { createDurably, makeFolder, writeDurably } from "./durable-file.ts";
import { claimFile, forget, freshIntent, lastForgotten, nobody } from "./generation.ts";
import { type Lock, takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import { planOf } from "./plan-of.ts";
import { askRecords } from "./records.ts";
import { conclude, missingMembers, type Refusal, refuse, rejected } from "./refusal.ts";
import type { Slurm } from "./slurm.ts";
import { Intent, Plan, Refused, readRecord, type Spool, Staged, Submitted } from "./spool.ts";
import { groupFault, stageGroup } from "./stage-group.ts";
import { readTombstone, takenBackAt, unsent, wanted } from "./tombstone.ts";

export type SubmitContext = {
  settings: Settings;
  spool: Spool;
  slurm: Slurm;
  log: Log;
  /** The account's process, started when it is first needed. */
  account(identity: Identity): AccountProcess;
};

export type SubmitOutcome =
  | { kind: "submitted"; plan: Plan; submitted: Submitted; staged: Staged }
  | Refusal
  | { kind: "expired"; words: string }
  /** Not known yet, or not now: nothing may be concluded, and the watch or a repeat goes on. */
  | { kind: "later"; words: string };

/** Whoever delivers the same group twice waits for the other this long (seconds). */
const lockSeconds = 120;

/** A batch brought the group: submits it, or finds out what became of it. */
export async function submitGroup(
  context: SubmitContext,
  group: Group,
  account: AccountAnswer,
): Promise<SubmitOutcome> {
  const { spool, log } = context;
  // it takes its time to start: that is well spent while the lock is taken and Slurm is asked
  if (account.ok && spool.find(group.group) === undefined) context.account(account.identity);
  const lock = await takeLock(spool.lock(group.group), lockSeconds);
  if (lock === undefined) return { kind: "later", words: "another delivery of the same group is at work" };
  try {
    const known = spool.find(group.group);
    if (known !== undefined) {
      const outcome = await takeUp(context, known.folder, lock);
      if (outcome !== undefined) return outcome;
    }
    const tombstone = readTombstone(spool.live(group.group));
    if (group.members.every(({ index }) => takenBackAt(tombstone, index) !== undefined))
      return refuse(context, group, undefined, "all of its members were cancelled", "headnode");
    if (!account.ok) return refuse(context, group, undefined, account.words, "allow-list");
    const fault = groupFault(group);
    if (fault !== undefined) return refuse(context, group, undefined, fault, "headnode");
    return await stageAndSubmit(context, group, account.identity, lock);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    log("submit-failed", { group: group.group, words });
    return { kind: "later", words };
  } finally {
    await lock.release();
  }
}

/** The watch found a group with an intent but without an id: looks it up, and submits only where every record denies it. */
export async function resumeGroup(context: SubmitContext, group: string): Promise<SubmitOutcome | undefined> {
  const lock = await takeLock(context.spool.lock(group), 0);
  if (lock === undefined) return undefined;
  try {
    return await takeUp(context, context.spool.live(group), lock);
  } finally {
    await lock.release();
  }
}

/** What the spool knows of a group, and for one with an intent the look-up; undefined where it never came that far. */
async function takeUp(context: SubmitContext, folder: string, lock: Lock): Promise<SubmitOutcome | undefined> {
  const plan = readRecord(folder, "plan", Plan);
  const refused = readRecord(folder, "refused", Refused);
  if (refused !== undefined) return { kind: "refused", plan, members: refused.members };
  const staged = readRecord(folder, "staged", Staged);
  if (plan === undefined || staged === undefined) return undefined;
  const submitted = readRecord(folder, "jobid", Submitted);
  if (submitted !== undefined) return { kind: "submitted", plan, submitted, staged };
  const intent = readRecord(folder, "intent", Intent);
  if (intent === undefined) return undefined;
  return await lookUp(context, { folder, plan, staged, intent, lock });
}

type Case = { folder: string; plan: Plan; staged: Staged; intent: Intent; lock: Lock };

/** Step 3: an intent without an id. A job of that name and uid is the group's; only where every record denies one it is submitted. */
async function lookUp(context: SubmitContext, one: Case): Promise<SubmitOutcome> {
  const { plan, intent } = one;
  const answer = await askRecords(context, [{ name: intent.name, uid: plan.uid, since: intent.at }]);
  if (!answer.ok) return { kind: "later", words: `Slurm's records could not be asked: ${answer.words}` };
  const ids = idsOf(answer.rows, plan.uid);
  context.log("looked-up", { group: plan.group, found: ids.length });
  if (ids.length > 0) return await settle(context, one, ids);
  const withheld = await withhold(context, one);
  if (withheld !== undefined) return withheld;
  const age = (Date.now() - Date.parse(intent.at)) / 1000;
  if (!answer.lasting && age >= answer.minJobAgeSeconds) return await decideByClaim(context, one);
  const holder = await context.account(identityOf(plan)).holder(plan.folder, claimFile(intent));
  if (holder === "") return await submit(context, one);
  // It had begun before slurmctld forgot it: under this name every further start would be fenced.
  const id = holder.split(" ")[1] ?? "";
  context.log("forgotten", { group: plan.group, id });
  one.lock.check();
  return await submit(context, { ...one, intent: forget(one.folder, plan.group, intent, id) });
}

/**
 * No record of the cluster reaches back to the submission: the claim decides. The job that holds it is the group's, and its
 * own records tell the rest; where none holds it none ever will, and the group is submitted under its next name.
 */
async function decideByClaim(context: SubmitContext, one: Case): Promise<SubmitOutcome> {
  const { folder, plan, intent } = one;
  const id = await claimFor(context, plan, intent, nobody);
  if (id !== nobody) return accept(context, one, { id, at: intent.at, earlier: [] });
  context.log("forgotten", { group: plan.group, id });
  one.lock.check();
  return await submit(context, { ...one, intent: forget(folder, plan.group, intent, nobody) });
}

/** The base ids of rows of this uid, in rising order. */
export const idsOf = (rows: readonly JobRow[], uid: number): string[] =>
  [...new Set(rows.filter((row) => row.uid === uid).map((row) => row.id))].sort((a, b) => Number(a) - Number(b));

/** One job of the name is the group's. Of several the group's claim decides; the others are cancelled. */
async function settle(context: SubmitContext, one: Case, ids: readonly string[]): Promise<SubmitOutcome> {
  const [first = ""] = ids;
  const chosen = ids.length === 1 ? first : await claimFor(context, one.plan, one.intent, first);
  const extras = ids.filter((id) => id !== chosen);
  await cancelExtras(context, one.plan, extras);
  const earlier = extras.map((id) => ({ id, why: "fenced" as const }));
  return accept(context, one, { id: chosen, at: new Date().toISOString(), earlier });
}

/** Makes the group's claim for this id unless another start holds it; returns the id that it holds. */
export async function claimFor(context: SubmitContext, plan: Plan, intent: Intent, id: string): Promise<string> {
  const claim = `${intent.name} ${id}`;
  const holder = await context.account(identityOf(plan)).claim(plan.folder, claimFile(intent), claim);
  const [name, held] = holder.split(" ");
  if (name !== intent.name || held === undefined || !/^\d{1,12}$/.test(held))
    throw new Error(`the claim of group ${plan.group} holds "${holder.slice(0, 80)}", not a start of ours`);
  return held;
}

/** Takes extra jobs of a group back; their starts do no work, since the claim is not theirs. */
export async function cancelExtras(context: SubmitContext, plan: Plan, ids: readonly string[]): Promise<void> {
  const identity = identityOf(plan);
  for (const id of ids) {
    const answer = await context.slurm.scancel(identity, { id });
    context.log("fenced", { group: plan.group, id, words: answer.ok ? undefined : answer.words });
  }
}

async function stageAndSubmit(
  context: SubmitContext,
  group: Group,
  identity: Identity,
  lock: Lock,
): Promise<SubmitOutcome> {
  const { settings, spool, log } = context;
  const partitions = await context.slurm.partitions();
  if (!partitions.ok) return { kind: "later", words: `Slurm does not answer: ${partitions.words}` };
  const plan = planOf(settings, group, identity);
  const unfit = misfit(group.resources, partitions.value);
  if (unfit !== undefined) return refuse(context, group, plan, unfit, "headnode");
  const folder = spool.live(group.group);
  makeFolder(folder);
  writeDurably(join(folder, "plan"), JSON.stringify(plan));
  const outcome = await stageGroup(group, plan, context.account(identity));
  log("staged", { group: group.group, outcome: outcome.kind, words: "words" in outcome ? outcome.words : undefined });
  if (outcome.kind === "refused") return refuse(context, group, plan, outcome.words, "headnode");
  if (outcome.kind !== "staged") return outcome;
  const { staged } = outcome;
  writeDurably(join(folder, "staged"), JSON.stringify(staged));
  const { live, kept } = wanted(folder, plan, staged);
  if (live.length === 0) return conclude(context, plan, [...kept.map(unsent), ...missingMembers(plan, staged)]);
  const intent = freshIntent(group.group, 0);
  lock.check();
  createDurably(join(folder, "intent"), JSON.stringify(intent));
  return await submit(context, { folder, plan, staged, intent, lock });
}

/**
 * Where all members were taken back before Slurm was seen to have the group, its end. The claim that this makes is no
 * job's own: a submission that is still under way, whatever the records say, would start to no work. Undefined where
 * some member is wanted, or a start holds the claim already.
 */
async function withhold(
  context: SubmitContext,
  { folder, plan, staged, intent }: Case,
): Promise<SubmitOutcome | undefined> {
  const { live, kept } = wanted(folder, plan, staged);
  if (live.length > 0 || intent.generation > 0) return undefined;
  const words = `${intent.name} ${nobody}`;
  const holder = await context.account(identityOf(plan)).claim(plan.folder, claimFile(intent), words);
  if (holder !== words) return undefined;
  return conclude(context, plan, [...kept.map(unsent), ...missingMembers(plan, staged)]);
}

/** Step 4: sbatch. What it does not plainly say is looked up, now or later; it is never asked again blindly. */
async function submit(context: SubmitContext, one: Case): Promise<SubmitOutcome> {
  const { plan, intent, staged, lock } = one;
  const { live: free, kept } = wanted(one.folder, plan, staged);
  // of a later generation members have begun: their ends are the watch's to tell, and it takes back what Slurm then has
  const live = free.length > 0 ? free : kept;
  const [only] = plan.members;
  const single = plan.array ? undefined : (only?.index ?? 0);
  const identity = identityOf(plan);
  lock.check();
  const answer = await context.slurm.sbatch(
    identity,
    {
      name: intent.name,
      folder: plan.folder,
      indices: plan.array ? live.map((member) => member.index) : undefined,
      single: single ?? 0,
      resources: plan.resources,
    },
    batchScript({ group: plan.group, name: intent.name, claim: claimFile(intent), single }),
  );
  if (answer.kind === "accepted")
    return accept(context, one, { id: answer.id, at: new Date().toISOString(), earlier: [] });
  context.log("sbatch", { group: plan.group, answer: answer.kind, words: answer.words });
  if (answer.kind === "unknown") return { kind: "later", words: `sbatch: ${answer.words}` };
  // members of an earlier generation have begun: the watch tells their ends, and this refusal of the rest
  const begun = lastForgotten(one.folder);
  if (begun !== undefined)
    return accept(context, one, { id: begun, at: new Date().toISOString(), earlier: [], refused: answer.words });
  const members = live.map((member) => rejected(member, answer.words, "sbatch"));
  return conclude(context, plan, [...members, ...kept.map(unsent), ...missingMembers(plan, staged)]);
}

/** Step 5: the id, by temporary file and rename. */
function accept(context: SubmitContext, one: Case, submitted: Submitted): SubmitOutcome {
  const { plan, staged } = one;
  writeDurably(join(one.folder, "jobid"), JSON.stringify(submitted));
  context.log("submitted", { group: plan.group, id: submitted.id });
  return { kind: "submitted", plan, submitted, staged };
}
