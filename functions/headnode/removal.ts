// What of a group's folder may go: who has ended, when, whether the results are in S3, and what its owner wants gone at once.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Settings } from "./config.ts";
import { writeDurably } from "./durable-file.ts";
import { readCollected, readSlices, sentFile } from "./slices.ts";
import { type Plan, Refused, readRecord, Staged } from "./spool.ts";

/** Members whose owner deleted them. Like a tombstone it only ever grows. */
const Unwanted = z.object({ all: z.boolean(), members: z.array(z.int()) });
/** What has been removed; `all`: the group's folder itself. */
const Removed = z.object({ all: z.boolean(), members: z.array(z.int()) });
type Removed = z.infer<typeof Removed>;

const dayMs = 24 * 3_600_000;
/** A group that was staged and never came to its intent may still be delivered again within its batch's hour. */
const unsubmittedDays = 1;

const names = { unwanted: "unwanted", removed: "removed" } as const;
export const hasUnwanted = (folder: string): boolean => existsSync(join(folder, names.unwanted));
export const readRemoved = (folder: string): Removed =>
  readRecord(folder, names.removed, Removed) ?? { all: false, members: [] };

/** Adds to what is unwanted, all members where none are named. Under the group's lock only. */
export function unwant(folder: string, indices: readonly number[] | undefined): void {
  const before = readRecord(folder, names.unwanted, Unwanted) ?? { all: false, members: [] };
  const members = [...new Set([...before.members, ...(indices ?? [])])];
  writeDurably(join(folder, names.unwanted), JSON.stringify({ all: before.all || indices === undefined, members }));
}

/** Keeps that these are gone, or the whole. Under the group's lock only. */
export function wasRemoved(folder: string, indices: readonly number[] | "all"): void {
  const { members } = readRemoved(folder);
  const all = indices === "all";
  writeDurably(
    join(folder, names.removed),
    JSON.stringify({ all, members: all ? [] : [...new Set([...members, ...indices])] }),
  );
}

/** When each member that has ended may be removed (ms since 1970), by index; who lives, or is not told yet, is not in it. */
function dueAt(folder: string, plan: Plan, settings: Settings): Map<number, number> {
  const due = new Map<number, number>();
  const { keepDays, keepUncollectedDays } = settings;
  const refused = readRecord(folder, "refused", Refused);
  if (refused !== undefined) {
    for (const { index } of plan.members) due.set(index, Date.parse(refused.at) + keepDays * dayMs);
    return due;
  }
  if (!existsSync(join(folder, "intent"))) {
    for (const { index } of plan.members)
      due.set(index, Date.parse(plan.at) + Math.max(keepDays, unsubmittedDays) * dayMs);
    return due;
  }
  const missing = readRecord(folder, "staged", Staged)?.missing ?? {};
  for (const { index } of plan.members)
    if (missing[index] !== undefined) due.set(index, Date.parse(plan.at) + keepDays * dayMs);
  for (const { slice, sent } of readSlices(folder)) {
    if (!sent) continue;
    const at = statSync(sentFile(folder, slice.slice)).mtimeMs;
    const results = new Map(readCollected(folder, slice.slice)?.results.map((one) => [one.index, one.results.state]));
    for (const { index } of slice.states)
      due.set(index, at + (results.get(index) === "available" ? keepDays : keepUncollectedDays) * dayMs);
  }
  return due;
}

export type Due = {
  /** Members to remove; "all": the group's folder with everything in it. */
  remove: number[] | "all";
  /** Unwanted members that live still: they are removed when they have ended. */
  live: number[];
};

/** What is to be removed now. Of a group that lives never the folder itself, which holds its claims. */
export function removalDue(folder: string, plan: Plan, settings: Settings, now: number): Due {
  const removed = readRemoved(folder);
  if (removed.all) return { remove: [], live: [] };
  const due = dueAt(folder, plan, settings);
  const unwanted = readRecord(folder, names.unwanted, Unwanted) ?? { all: false, members: [] };
  const isUnwanted = (index: number) => unwanted.all || unwanted.members.includes(index);
  const goes = ({ index }: { index: number }) => {
    const at = due.get(index);
    return at !== undefined && (at <= now || isUnwanted(index));
  };
  const gone = new Set(removed.members);
  const ripe = plan.members.filter((member) => gone.has(member.index) || goes(member));
  const live = plan.members.filter(({ index }) => isUnwanted(index) && !due.has(index)).map(({ index }) => index);
  if (ripe.length === plan.members.length) return { remove: "all", live };
  return { remove: ripe.map(({ index }) => index).filter((index) => !gone.has(index)), live };
}
