// `cancel`: a tombstone in the spool, before anything else. Submitting heeds it, and the watch takes back what Slurm has.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GroupCancel } from "../../shared/headnode/batch.ts";
import type { Settings } from "./config.ts";
import { makeFolder } from "./durable-file.ts";
import { takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { report } from "./report.ts";
import type { Spool } from "./spool.ts";
import { startWatch } from "./start-watch.ts";
import { bury } from "./tombstone.ts";

type CancelContext = { settings: Settings; spool: Spool; objects: Objects; log: Log };

/** A submission of the same group is waited for this long (seconds). */
const lockSeconds = 120;
const groupsAtOnce = 4;

/** Takes members back; those of groups that have ended are told again. The exit code is 1 where some group was at work for too long. */
export async function cancelGroups(context: CancelContext, groups: readonly GroupCancel[]): Promise<number> {
  const { settings, spool, objects, log } = context;
  const ended: string[] = [];
  const later: string[] = [];
  const waiting = [...groups];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await cancelGroup(spool, next);
      log("cancel", { group: next.group, outcome, members: next.members?.length ?? "all" });
      if (outcome === "ended") ended.push(next.group);
      if (outcome === "later") later.push(next.group);
    }
  };
  await Promise.all(Array.from({ length: Math.min(groupsAtOnce, groups.length) }, worker));
  if (ended.length > 0) await report(context, ended);
  else await startWatch(settings, spool);
  objects.close();
  process.stdout.write(`${groups.length - later.length} of ${groups.length} groups taken note of\n`);
  return later.length === 0 ? 0 : 1;
}

/** Under the group's lock: a folder that is made while another moves the group away would make it a new one to its next delivery. */
async function cancelGroup(spool: Spool, { group, members }: GroupCancel): Promise<"noted" | "ended" | "later"> {
  const lock = await takeLock(spool.lock(group), lockSeconds);
  if (lock === undefined) return "later";
  try {
    const found = spool.find(group);
    if (found?.finished || (found && existsSync(join(found.folder, "refused")))) return "ended";
    lock.check();
    makeFolder(spool.live(group));
    bury(spool.live(group), members, new Date().toISOString());
    return "noted";
  } finally {
    await lock.release();
  }
}
