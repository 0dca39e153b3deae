// The tombstone of a group: members that a person took back, and when. It is durable and only ever grows.
import { join } from "node:path";
import * as z from "zod";
import type { MemberState } from "../../shared/headnode/receipt.ts";
import { writeDurably } from "./durable-file.ts";
import { type Plan, readRecord, type Staged } from "./spool.ts";

const Tombstone = z.object({
  /** When all were taken back at once (ISO 8601). */
  all: z.iso.datetime().optional(),
  /** When each was taken back, by index. */
  members: z.record(z.string(), z.iso.datetime()),
});
export type Tombstone = z.infer<typeof Tombstone>;

const file = "cancelled";

export const readTombstone = (folder: string): Tombstone | undefined => readRecord(folder, file, Tombstone);

/** When a member was taken back; undefined where it was not. */
export const takenBackAt = (tombstone: Tombstone | undefined, index: number): string | undefined =>
  tombstone?.members[index] ?? tombstone?.all;

/** Adds members, all of them where none are named; of each the first instant counts. Under the group's lock only. */
export function bury(folder: string, indices: readonly number[] | undefined, at: string): void {
  const before = readTombstone(folder) ?? { members: {} };
  const fresh = (indices ?? []).filter((index) => takenBackAt(before, index) === undefined);
  const members = { ...before.members, ...Object.fromEntries(fresh.map((index) => [index, at])) };
  const all = before.all ?? (indices === undefined ? at : undefined);
  writeDurably(join(folder, file), JSON.stringify({ ...(all ? { all } : {}), members }));
}

/** What is told of a member that was taken back before Slurm had it. */
export const unsent = ({ index, job, attempt }: { index: number; job: string; attempt: number }): MemberState => ({
  index,
  job,
  attempt,
  state: "cancelled",
  detail: "cancelled before it was given to Slurm",
  source: "headnode",
});

type Known = Plan["members"][number];

/** The members whose inputs are there: to be submitted, or kept from it by the tombstone. */
export function wanted(folder: string, plan: Plan, staged: Staged): { live: Known[]; kept: Known[] } {
  const tombstone = readTombstone(folder);
  const there = plan.members.filter((member) => staged.missing[member.index] === undefined);
  const isKept = ({ index }: Known) => takenBackAt(tombstone, index) !== undefined;
  return { live: there.filter((member) => !isKept(member)), kept: there.filter(isKept) };
}
