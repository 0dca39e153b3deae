// Removing what is due of one group: by a process of its account, never by root, and only while the cluster still admits the account.
import type { AccountProcess } from "./account-process.ts";
import { type Identity, judgeAccounts } from "./account-rule.ts";
import type { Settings } from "./config.ts";
import { takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import { readRemoved, removalDue, unwant, wasRemoved } from "./removal.ts";
import { Plan, readRecord, type Spool } from "./spool.ts";
import { isLive } from "./start-watch.ts";
import { within } from "./within.ts";

export type RemoveContext = {
  settings: Settings;
  spool: Spool;
  log: Log;
  account(identity: Identity): AccountProcess;
  /** Whether to leave the rest for another time. */
  isOver(): boolean;
};

/** "done": all that is due is gone, or cannot go; "more": there is more than there was time for; "busy": somebody is at the group. */
export type RemoveOutcome = { kind: "done" | "more" | "busy" | "unknown"; removed: number; live: number };

/** One asking of the account's process, and how long its answer may take (milliseconds). */
const turnMs = 5_000;
const answerMs = 120_000;

/** Removes what is due of a group; `forget` names members that its owner wants gone at once (none named: all). */
export async function removeGroup(
  context: RemoveContext,
  group: string,
  o: { waitSeconds: number; forget?: { members?: readonly number[] | undefined } },
): Promise<RemoveOutcome> {
  const { spool, settings, log } = context;
  const nothing = { removed: 0, live: 0 };
  if (spool.find(group) === undefined) return { kind: "unknown", ...nothing };
  const lock = await takeLock(spool.lock(group), o.waitSeconds);
  if (lock === undefined) return { kind: "busy", ...nothing };
  try {
    const found = spool.find(group);
    const plan = found && readRecord(found.folder, "plan", Plan);
    if (found === undefined || plan === undefined) return { kind: "unknown", ...nothing };
    if (o.forget !== undefined) unwant(found.folder, o.forget.members);
    const due = removalDue(found.folder, plan, settings, Date.now());
    // what lives keeps its folder, however many of it have gone
    const members = due.remove === "all" && !mayGoWhole(found) ? allOf(plan, found.folder) : due.remove;
    const count = members === "all" ? plan.members.length : members.length;
    if (count === 0) return { kind: "done", removed: 0, live: due.live.length };
    const judged = (await judgeAccounts([plan.account], settings)).get(plan.account);
    if (judged?.ok !== true || judged.identity.uid !== plan.uid) {
      log("folder-kept", { group, words: judged?.ok ? "the account has another uid now" : judged?.words });
      return { kind: "done", removed: 0, live: due.live.length };
    }
    const account = context.account(judged.identity);
    for (;;) {
      lock.check();
      const wanted = { folder: plan.folder, withinMs: turnMs, ...(members === "all" ? {} : { members }) };
      const answer = await within(account.remove(wanted), answerMs).catch((error: Error) => {
        account.kill(error.message);
        throw error;
      });
      if (answer.left === "some") {
        log("folder-kept", { group, words: answer.words });
        return { kind: "done", removed: 0, live: due.live.length };
      }
      if (answer.left === "nothing") break;
      if (context.isOver()) return { kind: "more", removed: 0, live: due.live.length };
    }
    wasRemoved(found.folder, members);
    log("folder-removed", { group, members: members === "all" ? "all" : members.length });
    return { kind: "done", removed: count, live: due.live.length };
  } finally {
    await lock.release();
  }
}

function allOf(plan: Plan, folder: string): number[] {
  const gone = new Set(readRemoved(folder).members);
  return plan.members.map(({ index }) => index).filter((index) => !gone.has(index));
}

/** The watch has let go of it, or Slurm never had it. */
function mayGoWhole({ folder, finished }: { folder: string; finished: boolean }): boolean {
  return finished || !isLive(folder);
}
