// Clearing the spool of what is long past. Never anything of a person's.
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Settings } from "./config.ts";
import type { Log } from "./log.ts";
import type { Spool } from "./spool.ts";
import { isLive } from "./start-watch.ts";

/** Removes finished groups, and those that never got to an intent, when they are 14 days old; their locks too. */
export function sweep(settings: Settings, spool: Spool, log: Log): void {
  const before = Date.now() - (settings.patience.keepDays ?? 14) * 24 * 3_600_000;
  const folders = [
    ...spool.doneGroups().map((group) => ({ group, folder: spool.done(group) })),
    ...spool
      .liveGroups()
      .map((group) => ({ group, folder: spool.live(group) }))
      .filter(({ folder }) => !isLive(folder)),
  ];
  for (const { group, folder } of folders) {
    if (newest(folder) > before) continue;
    rmSync(folder, { recursive: true, force: true });
    rmSync(spool.lock(group), { force: true });
    log("swept", { group });
  }
}

const newest = (folder: string): number =>
  Math.max(statSync(folder).mtimeMs, ...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
