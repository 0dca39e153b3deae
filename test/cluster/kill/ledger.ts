// The ledger: one line for each begin of work, appended by the member itself. Here it is followed as it grows.
import { closeSync, openSync, readSync } from "node:fs";

/** The script of every group: says who it is in the ledger, by one write, then works a little. */
export const memberScript = (ledger: string): string => `read -r group member attempt nap < ../self
printf '%s %s %s %s\\n' "$group" "$member" "$attempt" "\${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}" >> '${ledger}'
sleep "$nap"
printf '%s\\n' "$group $member $attempt" > result.txt
`;

/** What result.txt of a member must hold. */
export const resultOf = (group: string, member: number, attempt: number): string => `${group} ${member} ${attempt}\n`;

export type Ledger = {
  /** Reads what was appended since. */
  look(): void;
  /** How many lines a group has. */
  lines(group: string): number;
  /** How many lines a member has. */
  starts(group: string, member: number): number;
};

/** Follows the file. */
export function followLedger(path: string): Ledger {
  const file = openSync(path, "r");
  const groups = new Map<string, number>();
  const members = new Map<string, number>();
  const bytes = Buffer.alloc(1 << 16);
  let rest = "";
  process.once("exit", () => closeSync(file));
  const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);
  return {
    look() {
      for (let size = readSync(file, bytes); size > 0; size = readSync(file, bytes)) {
        const lines = (rest + bytes.toString("latin1", 0, size)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const [group = "", member = ""] = line.split(" ");
          count(groups, group);
          count(members, `${group} ${member}`);
        }
      }
    },
    lines: (group) => groups.get(group) ?? 0,
    starts: (group, member) => members.get(`${group} ${member}`) ?? 0,
  };
}
