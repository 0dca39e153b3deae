// What the jobs themselves have written into the ledger: when work began and when it came to its end.
import { readFileSync } from "node:fs";
import { memberKey } from "./slurm-record.ts";

export type Written = { begins: number; ends: number };

export type LedgerRecord = {
  /** By the job's number, then by "GROUP INDEX". */
  byNumber: Map<number, Map<string, Written>>;
  /** Lines that are none of ours. */
  strange: string[];
};

/** Reads the whole ledger. */
export function readLedger(file: string): LedgerRecord {
  const byNumber = new Map<number, Map<string, Written>>();
  const strange: string[] = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "") continue;
    const [, what, n, group, index] = /^(begin|end) (\d+) ([0-9A-Z]{26}) (\d+) \d+$/.exec(line) ?? [];
    if (what === undefined || group === undefined) {
      strange.push(line);
      continue;
    }
    const members = byNumber.get(Number(n)) ?? new Map<string, Written>();
    byNumber.set(Number(n), members);
    const key = memberKey(group, Number(index));
    const written = members.get(key) ?? { begins: 0, ends: 0 };
    members.set(key, written);
    if (what === "begin") written.begins += 1;
    else written.ends += 1;
  }
  return { byNumber, strange };
}
