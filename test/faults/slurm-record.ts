// Slurm's own record of ends: jobcomp/filetxt, by the group and the index that a job's name and array index tell.
import { readFileSync } from "node:fs";

export type Ended = {
  group: string;
  index: number | undefined;
  state: string;
  code: number;
  signal: number;
  job: string;
};

/** One line of jobcomp/filetxt; values of these fields hold no space. Lines of requeued jobs are no ends. */
function parseEnded(line: string): Ended | undefined {
  const value = (key: string) => new RegExp(`(?:^| )${key}=([^ ]*)`).exec(line)?.[1] ?? "";
  const group = /^headgate-([0-9A-HJKMNP-TV-Z]{26})-/.exec(value("Name"))?.[1];
  if (group === undefined || value("JobState") === "PENDING") return undefined;
  const [code = "", signal = ""] = value("ExitCode").split(":");
  const array = value("ArrayTaskId");
  return {
    group,
    index: /^\d+$/.test(array) ? Number(array) : undefined,
    state: value("JobState"),
    code: Number(code),
    signal: Number(signal),
    job: /^[1-9]\d*$/.test(value("ArrayJobId")) ? value("ArrayJobId") : value("JobId"),
  };
}

/** A start that found its work claimed: it did nothing, and tells nothing of the work. */
export const isFenced = (ended: Ended): boolean => ended.state === "FAILED" && ended.code === 113;

export const memberKey = (group: string, index: number): string => `${group} ${index}`;

/** All ends. */
export class SlurmRecord {
  readonly #byGroup = new Map<string, Ended[]>();

  constructor(file: string) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const ended = parseEnded(line);
      if (ended !== undefined) this.#byGroup.set(ended.group, [...(this.#byGroup.get(ended.group) ?? []), ended]);
    }
  }

  /**
   * Those of a member. A line without an index is of a group that is no array, or of all of an array that was cancelled
   * while it waited.
   */
  of(member: string | undefined): Ended[] {
    const [group = "", index = ""] = (member ?? "").split(" ");
    const lines = this.#byGroup.get(group) ?? [];
    const isArray = lines.some((line) => line.index !== undefined);
    return lines.filter((line) =>
      line.index === undefined ? !isArray || line.state === "CANCELLED" : line.index === Number(index),
    );
  }

  all(): Ended[] {
    return [...this.#byGroup.values()].flat();
  }
}
