// Clearing the spool of what is long past. Never anything of a person's.
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./config.ts";
import type { Log } from "./log.ts";
import { readRemoved } from "./removal.ts";
import type { Spool } from "./spool.ts";
import { isLive } from "./start-watch.ts";

/** A folder that could not be removed for so long after its time is its account's own affair. */
const givenUpDays = 60;

/**
 * Removes finished groups, and those that never got to an intent, when they are 14 days old; their locks too. A group is
 * remembered for as long as its folder is on the cluster, or nobody would ever remove that.
 */
export function sweep(settings: Settings, spool: Spool, log: Log): void {
  const days = (count: number) => Date.now() - count * 24 * 3_600_000;
  const before = days(settings.patience.spoolDays ?? 14);
  const givenUp = days(Math.max(settings.keepDays, settings.keepUncollectedDays) + givenUpDays);
  const folders = [
    ...spool.doneGroups().map((group) => ({ group, folder: spool.done(group) })),
    ...spool
      .liveGroups()
      .map((group) => ({ group, folder: spool.live(group) }))
      .filter(({ folder }) => !isLive(folder)),
  ];
  for (const { group, folder } of folders) {
    const at = newest(folder);
    if (at > before || (at > givenUp && hasFolder(folder))) continue;
    rmSync(folder, { recursive: true, force: true });
    rmSync(spool.lock(group), { force: true });
    log("swept", { group });
  }
}

const hasFolder = (folder: string): boolean => existsSync(join(folder, "plan")) && !readRemoved(folder).all;

const newest = (folder: string): number =>
  Math.max(statSync(folder).mtimeMs, ...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
