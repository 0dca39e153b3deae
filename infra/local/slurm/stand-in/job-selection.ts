// Which members a command means: 12, 12_3, 12_[0-3,7].

import { parseIndexList } from "./index-list.ts";
import { indicesOf, type Job, jobIds, type Member, readJob } from "./job-store.ts";
import { maxArraySize } from "./settings.ts";

/** Members of one job; all of them without indices. */
export type Selection = { job: Job; indices?: Set<number> };

/** undefined for an ill-formed word; "absent" for a well-formed one that names no job which is still known. */
export function selectJob(dir: string, word: string): Selection | "absent" | undefined {
  const parts = /^(\d{1,15})(?:_(?:(\d+)|\[([0-9,:-]+)\]))?$/.exec(word);
  if (parts === null) return undefined;
  const id = Number(parts[1]);
  const list = parts[2] ?? parts[3];
  if (list === undefined) return byRawId(dir, id) ?? "absent";
  const indices = parseIndexList(list, maxArraySize - 1)?.indices;
  if (indices === undefined) return undefined;
  const job = readJob(dir, id);
  return job?.array === undefined ? "absent" : { job, indices: new Set(indices) };
}

/** Whether a member is one of those meant. */
export function isSelected(selection: Selection, member: Member): boolean {
  if (selection.job.id !== member.job.id) return false;
  return selection.indices === undefined || (member.index !== undefined && selection.indices.has(member.index));
}

/** An array's own id means all of it, another raw id the one member that bears it. */
function byRawId(dir: string, id: number): Selection | undefined {
  const holder = jobIds(dir).findLast((candidate) => candidate <= id);
  const job = holder === undefined ? undefined : readJob(dir, holder);
  if (job === undefined) return undefined;
  if (job.id === id) return { job };
  const indices = indicesOf(job)?.slice(0, -1); // the last bears the array's id
  const index = indices?.[id - job.id - 1];
  return index === undefined ? undefined : { job, indices: new Set([index]) };
}
