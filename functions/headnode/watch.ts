// `watch`: lives while groups live. One squeue an interval for all of them, woken by end records.
import "../../shared/contract/no-eval.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readSettings } from "./config.ts";
import { takeLock } from "./lock.ts";
import { openLog } from "./log.ts";
import { openObjects } from "./objects.ts";
import { slurmOf } from "./slurm.ts";
import { openSpool } from "./spool.ts";
import { isLive, spawnWatch } from "./start-watch.ts";
import { sweep } from "./sweep.ts";
import { Watch } from "./watch-groups.ts";

/** Watches until no group lives, or for six hours and then hands over to a fresh process. */
export async function watch(bundle: string): Promise<number> {
  const settings = readSettings(bundle);
  const spool = openSpool(settings.spool);
  const log = openLog(spool.log, "watch");
  const handOverMs = (settings.patience.handOverSeconds ?? 6 * 3_600) * 1000;
  const began = Date.now();
  for (;;) {
    const lock = await takeLock(spool.lock("watch"), 0);
    if (lock === undefined) return 0;
    log("begins");
    writeFileSync(join(spool.root, "watch.pid"), `${process.pid}\n`, { mode: 0o600 });
    const objects = openObjects(settings);
    const watching = new Watch({ settings, spool, slurm: slurmOf(settings), objects, log, lock });
    const over = () => Date.now() - began > handOverMs;
    try {
      sweep(settings, spool, log);
      await watching.untilNoneLives(over);
    } catch (error) {
      // nobody reads what a watch writes to its stderr
      log("failed", { words: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      throw error;
    } finally {
      watching.stop();
      objects.close();
      await lock.release();
    }
    // A command that found the lock taken relied on us: whatever it wrote before, this look finds.
    const left = spool.liveGroups().filter((group) => isLive(spool.live(group)));
    log("ends", { live: left.length });
    if (left.length === 0) return 0;
    if (over()) {
      spawnWatch(settings);
      await sleep(50); // let the child be on its own before we are gone
      return 0;
    }
  }
}
