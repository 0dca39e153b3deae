// Slurm's own record of ends: jobcomp/filetxt, by the group and the index that a job's name and array index tell.
import { readFileSync } from "node:fs";

export type Ended = { group: string; index: number; state: string; code: number; signal: number; job: string };

/** One line of jobcomp/filetxt; values of these fields hold no space. Lines of requeued jobs are no ends. */
function parseEnded(line: string): Ended | undefined {
  const value = (key: string) => new RegExp(`(?:^| )${key}=([^ ]*)`).exec(line)?.[1] ?? "";
  const group = /^headgate-([0-9A-HJKMNP-TV-Z]{26})-/.exec(value("Name"))?.[1];
  if (group === undefined || value("JobState") === "PENDING") return undefined;
  const [code = "", signal = ""] = value("ExitCode").split(":");
  const array = value("ArrayTaskId");
  return {
    group,
    index: /^\d+$/.test(array) ? Number(array) : 0,
    state: value("JobState"),
    code: Number(code),
    signal: Number(signal),
    job: /^[1-9]\d*$/.test(value("ArrayJobId")) ? value("ArrayJobId") : value("JobId"),
  };
}

/** A start that found its work claimed: it did nothing, and tells nothing of the work. */
export const isFenced = (ended: Ended): boolean => ended.state === "FAILED" && ended.code === 113;

export const memberKey = (group: string, index: number): string => `${group} ${index}`;

/** All ends, by member. An array that was cancelled whole while it waited is one line: it stands at index 0. */
export function readSlurmRecord(file: string): Map<string, Ended[]> {
  const found = new Map<string, Ended[]>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const ended = parseEnded(line);
    if (ended === undefined) continue;
    const key = memberKey(ended.group, ended.index);
    found.set(key, [...(found.get(key) ?? []), ended]);
  }
  return found;
}
