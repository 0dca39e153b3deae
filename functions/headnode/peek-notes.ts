// Which members somebody looks at, and until when: notes in the groups' folders of the spool, and a bell of their own.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GroupPeek } from "../../shared/headnode/batch.ts";
import type { Settings } from "./config.ts";
import { codeOf, readIfThere } from "./durable-file.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import type { Spool } from "./spool.ts";
import { wakeWatch } from "./start-watch.ts";

/** No note is good for longer (milliseconds), whatever the batch says. */
const longestMs = 120_000;

/** Rung by a look that is asked for. Not the watch's own bell: nothing that a viewer does makes it ask Slurm. */
export const peekBellOf = (spool: Spool): string => join(spool.root, "peek-bell");

const place = (folder: string) => join(folder, "peek");

/** Notes the members of groups that live; of the others there is nothing to be seen any more. */
export async function notePeeks(
  context: { settings: Settings; spool: Spool; objects: Objects; log: Log },
  groups: readonly GroupPeek[],
): Promise<number> {
  const { settings, spool, objects, log } = context;
  // the batch tells the time by the cloud's clock, the watch goes by ours
  const ahead = objects.now().getTime() - Date.now();
  let noted = 0;
  for (const { group, members, until } of groups) {
    const found = spool.find(group);
    if (found === undefined || found.finished) continue;
    const untilMs = Math.min(Date.parse(until) - ahead, Date.now() + longestMs);
    if (note(found.folder, members, untilMs)) noted += 1;
  }
  log("peek", { asked: groups.length, noted });
  if (noted > 0) {
    writeFileSync(peekBellOf(spool), `${Date.now()}\n`, { mode: 0o600 });
    await wakeWatch(settings, spool);
  }
  objects.close();
  process.stdout.write(`${noted} of ${groups.length} groups noted\n`);
  return 0;
}

/** One file a member, so that two batches at once do not undo each other; false where the group has just moved away. */
function note(folder: string, members: readonly number[], untilMs: number): boolean {
  try {
    mkdirSync(place(folder), { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    if (codeOf(error) !== "EEXIST") throw error;
  }
  for (const index of members) {
    const file = join(place(folder), String(index));
    const later = Math.max(untilMs, Number(readIfThere(file) ?? 0) || 0);
    try {
      writeFileSync(`${file}.${process.pid}.new`, String(later), { mode: 0o600 });
      renameSync(`${file}.${process.pid}.new`, file);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
  }
  return true;
}

/** The members of a group that are to be looked at now; notes that have ended are taken away. */
export function readPeekNotes(folder: string, now: number): number[] {
  let names: string[];
  try {
    names = readdirSync(place(folder));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    if (!/^\d{1,4}$/.test(name)) return [];
    const until = Number(readIfThere(join(place(folder), name)) ?? 0);
    if (until > now) return [Number(name)];
    rmSync(join(place(folder), name), { force: true });
    return [];
  });
}
