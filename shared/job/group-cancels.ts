// Which members of a group are to be cancelled: marks by index, as those of what has settled.
import type { GroupRecord } from "./job-record.ts";

/** The marks with these members added. */
export function withCancels(group: Pick<GroupRecord, "members" | "cancels">, members: readonly number[]): string {
  const marks = [...(group.cancels ?? "0".repeat(group.members.length))];
  for (const index of members) if (index < group.members.length) marks[index] = "1";
  return marks.join("");
}

/** Indices of the members that are to be cancelled and have not settled. */
export const openCancels = ({ cancels = "", settled }: Pick<GroupRecord, "cancels" | "settled">): number[] =>
  [...cancels].flatMap((mark, index) => (mark === "1" && settled[index] !== "1" ? [index] : []));
