// Groups, and members of groups, that come to their end without Slurm.
import { join } from "node:path";
import type { Group } from "../../shared/headnode/batch.ts";
import type { MemberState } from "../../shared/headnode/receipt.ts";
import { makeFolder, writeDurably } from "./durable-file.ts";
import type { Log } from "./log.ts";
import type { Plan, Spool, Staged } from "./spool.ts";
import { readTombstone, takenBackAt, unsent } from "./tombstone.ts";

type RefusalContext = { spool: Spool; log: Log };
export type Refusal = { kind: "refused"; plan: Plan | undefined; members: MemberState[] };

type Known = { index: number; job: string; attempt: number };

/** A member that Slurm or the head node refuses, in their words. */
export const rejected = (member: Known, words: string, source: MemberState["source"]): MemberState => ({
  index: member.index,
  job: member.job,
  attempt: member.attempt,
  state: "failed",
  reason: "rejected",
  detail: words.slice(0, 2_000),
  source,
});

/** The members that are holes of the group, because an input of theirs is gone. */
export const missingMembers = (plan: Plan, staged: Staged): MemberState[] =>
  plan.members.flatMap((member) => {
    const words = staged.missing[member.index];
    if (words === undefined) return [];
    return [{ ...rejected(member, words, "headnode"), reason: "input-missing" as const }];
  });

/** The group is refused before it came to Slurm; what was taken back of it is cancelled. */
export function refuse(
  context: RefusalContext,
  group: Group,
  plan: Plan | undefined,
  words: string,
  source: MemberState["source"],
): Refusal {
  const folder = context.spool.live(group.group);
  makeFolder(folder);
  context.log("refused", { group: group.group, words });
  const tombstone = readTombstone(folder);
  const members = group.members.map((member) =>
    takenBackAt(tombstone, member.index) === undefined ? rejected(member, words, source) : unsent(member),
  );
  writeDurably(join(folder, "refused"), JSON.stringify({ at: new Date().toISOString(), members }));
  return { kind: "refused", plan, members };
}

/** The whole group has come to its end without Slurm. */
export function conclude(context: RefusalContext, plan: Plan, members: MemberState[]): Refusal {
  const folder = context.spool.live(plan.group);
  writeDurably(join(folder, "refused"), JSON.stringify({ at: new Date().toISOString(), members }));
  return { kind: "refused", plan, members };
}
