// `report`: says again what is known of groups, and which are unknown here: the cloud draws the conclusion.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ResultsReceipt } from "../../shared/headnode/receipt.ts";
import type { Settings } from "./config.ts";
import { heartbeatOf } from "./describe.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { type GroupStates, putHeartbeat, putReceipt, tellStates } from "./receipts.ts";
import { slurmOf } from "./slurm.ts";
import { Plan, Refused, readRecord, type Spool, Submitted } from "./spool.ts";
import { isLive, startWatch } from "./start-watch.ts";
import { toldBefore } from "./told.ts";
import { freshUlid } from "./ulid.ts";

type ReportContext = { settings: Settings; spool: Spool; objects: Objects; log: Log };

/** Tells the groups' states and, of those that were collected, their results again; starts the watch. */
export async function report(context: ReportContext, groups: readonly string[]): Promise<number> {
  const { settings, spool, objects, log } = context;
  const states: GroupStates[] = [];
  const results: ResultsReceipt[] = [];
  const unknown: string[] = [];
  for (const group of new Set(groups)) {
    const found = spool.find(group);
    // a tombstone may have come to one that is unknown
    if (found === undefined || isBare(found.folder)) {
      unknown.push(group);
      continue;
    }
    const plan = readRecord(found.folder, "plan", Plan);
    const submitted = readRecord(found.folder, "jobid", Submitted);
    const members = toldBefore(found.folder) ?? readRecord(found.folder, "refused", Refused)?.members;
    if (members !== undefined)
      states.push({
        group,
        ...(submitted === undefined ? {} : { slurmId: submitted.id }),
        ...(plan === undefined ? {} : { folder: plan.folder }),
        members,
      });
    results.push(...sentReceipts(found.folder));
  }
  log("report", { asked: groups.length, known: states.length, unknown: unknown.length, results: results.length });
  await tellStates(settings, objects, states, unknown);
  // a key of its own, so that S3 tells of it again; what it says is the same
  for (const receipt of results)
    await putReceipt(settings, objects, { ...receipt, receipt: freshUlid(objects.now().getTime()) });
  // whoever is asked gives a sign of life, also where there is nothing to tell yet
  if (states.length + unknown.length + results.length === 0) await describeNow(context);
  await startWatch(settings, spool);
  process.stdout.write(`${states.length} of ${groups.length} groups reported\n`);
  return 0;
}

const isBare = (folder: string): boolean => !["plan", "refused", "told"].some((name) => existsSync(join(folder, name)));

/** No watch may live that says what the cluster has: the report is of the cluster itself. */
async function describeNow({ settings, spool, objects }: ReportContext): Promise<void> {
  const live = spool.liveGroups().filter((group) => isLive(spool.live(group))).length;
  await putHeartbeat(settings, objects, await heartbeatOf(settings, slurmOf(settings), live, objects.now()));
}

/** The results receipts of a group's slices that were sent. */
function sentReceipts(folder: string): ResultsReceipt[] {
  const slices = join(folder, "slices");
  if (!existsSync(slices)) return [];
  return readdirSync(slices)
    .filter((name) => /^\d+\.receipt$/.test(name))
    .flatMap((name) => readRecord(slices, name, ResultsReceipt) ?? []);
}
