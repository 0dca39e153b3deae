// `forget`: their owner deleted them. What has ended is removed from the cluster now; what lives, when it has ended.
import type { GroupCancel } from "../../shared/headnode/batch.ts";
import { AccountPool } from "./account-pool.ts";
import type { Settings } from "./config.ts";
import type { Log } from "./log.ts";
import { type RemoveContext, removeGroup } from "./remove-group.ts";
import type { Spool } from "./spool.ts";

/** What takes longer is left to the watch (milliseconds, of the whole batch). */
const budgetMs = 5 * 60_000;
/** Somebody at work on the group is waited for this long (seconds). */
const lockSeconds = 30;

/** Removes the folders; the exit code is 1 where some group was at work for too long, or something is left for the watch to do. */
export async function forgetGroups(
  context: { settings: Settings; spool: Spool; log: Log },
  groups: readonly GroupCancel[],
): Promise<number> {
  const { settings, spool, log } = context;
  const until = Date.now() + budgetMs;
  const accounts = new AccountPool(settings);
  const remove: RemoveContext = {
    ...{ settings, spool, log },
    account: (identity) => accounts.as(identity),
    isOver: () => Date.now() > until,
  };
  let later = 0;
  let removed = 0;
  try {
    for (const { group, members } of groups) {
      try {
        const outcome = await removeGroup(remove, group, { waitSeconds: lockSeconds, forget: { members } });
        log("forget", { group, ...outcome });
        if (outcome.kind === "busy" || outcome.kind === "more") later += 1;
        removed += outcome.removed;
      } catch (error) {
        log("forget", { group, words: error instanceof Error ? error.message : String(error) });
        later += 1;
      }
    }
  } finally {
    accounts.close();
  }
  process.stdout.write(`${removed} members removed, ${later} groups later\n`);
  return later === 0 ? 0 : 1;
}
