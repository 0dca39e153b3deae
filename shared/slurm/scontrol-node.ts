// scontrol show node: when the slurmd of a node was last started.
import { type Answer, type Reading, refusalOf } from "./command.ts";
import { readTime } from "./job-row.ts";

/** One line for each node; names as `nodeName` has them. Run with TZ=UTC. */
export const showNodesArgv = (names: readonly string[]): string[] => ["-o", "show", "node", names.join(",")];

/** When each node's slurmd was started (ISO 8601); a node that has never told is left out. */
export function readNodesStartedAt(answer: Answer): Reading<Map<string, string>> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const found = answer.stdout.split("\n").flatMap((text) => {
    const name = /^NodeName=(\S+) /.exec(text)?.[1];
    const startedAt = readTime(/ SlurmdStartTime=(\S+)/.exec(text)?.[1] ?? "", "utc");
    return name === undefined || startedAt === undefined ? [] : [[name, startedAt] as const];
  });
  return { ok: true, value: new Map(found) };
}
