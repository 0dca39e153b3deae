// Marks of a group's members by index: which are to be cancelled, and which have settled.
import type { GroupRecord } from "./job-record.ts";

/** Marks with these members' set to "1"; there are no more marks than before. */
export const marked = (marks: string, members: readonly number[]): string => {
  const set = new Set(members);
  return [...marks].map((mark, index) => (set.has(index) ? "1" : mark)).join("");
};

/** The marks with these members added. */
export function withCancels(group: Pick<GroupRecord, "members" | "cancels">, members: readonly number[]): string {
  return marked(group.cancels ?? "0".repeat(group.members.length), members);
}

/** Indices of the members that are to be cancelled and have not settled. */
export const openCancels = ({ cancels = "", settled }: Pick<GroupRecord, "cancels" | "settled">): number[] =>
  [...cancels].flatMap((mark, index) => (mark === "1" && settled[index] !== "1" ? [index] : []));
