// sinfo: how large the nodes of each partition are; scontrol tells only their sum.
import { type Answer, type Reading, refusalOf } from "./command.ts";
import type { PartitionLimits } from "./scontrol-partition.ts";

/** One line for each kind of node in each partition. */
export const sinfoArgv = (): string[] => ["-h", "-e", "-o", "%R|%D|%c|%m|%G"];

export type NodeKind = { partition: string; nodes: number; cpus: number; memoryMb: number; gpus: number };

/** Reads the answer; lines of another form are left out, since this only makes figures finer. */
export function readSinfo(answer: Answer): Reading<NodeKind[]> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const kinds = answer.stdout.split("\n").flatMap((text) => {
    const [, partition, nodes, cpus, memory, gres = ""] =
      /^([^|]+)\|(\d+)\|(\d+)\+?\|(\d+)\+?\|([^|]*)$/.exec(text.trim()) ?? [];
    if (partition === undefined) return [];
    return [{ partition, nodes: Number(nodes), cpus: Number(cpus), memoryMb: Number(memory), gpus: gpusOf(gres) }];
  });
  return { ok: true, value: kinds };
}

/** "gpu:a100:4(S:0-1),gpu:v100:2,mps:200" has 6. */
function gpusOf(gres: string): number {
  const counts = gres
    .replaceAll(/\([^)]*\)/g, "")
    .split(",")
    .map((part) => /^gpu(?::[^:]+)?:(\d{1,6})$/.exec(part.trim())?.[1] ?? (part.trim() === "gpu" ? 1 : 0));
  return counts.reduce<number>((sum, count) => sum + Number(count), 0);
}

/** A node's name as slurm.conf may have it; no list of names, no option. */
export const nodeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The states of these nodes, one line for each partition of each. */
export const nodeStatesArgv = (names: readonly string[]): string[] => [
  "-h",
  "-N",
  "-n",
  names.join(","),
  "-o",
  "%N|%T",
];

/**
 * Which of the nodes are settled: they have told slurmctld, since it was last started, what runs on them, and have been
 * told to stop what it does not know; or it has given them up as down. "idle*" does not answer (sinfo's manual).
 */
export function readSettledNodes(answer: Answer): Reading<Set<string>> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const settled = new Set<string>();
  for (const text of answer.stdout.split("\n")) {
    const [, name, state = ""] = /^([^|]+)\|([a-z_+-]+[^a-z|]{0,3})$/.exec(text.trim()) ?? [];
    if (name !== undefined && (/^down/.test(state) || !/^unknown|\*/.test(state))) settled.add(name);
  }
  return { ok: true, value: settled };
}

/** Partitions with the size of their largest node. */
export function withNodes(partitions: readonly PartitionLimits[], kinds: readonly NodeKind[]): PartitionLimits[] {
  return partitions.map((partition) => {
    const own = kinds.filter((kind) => kind.partition === partition.name);
    if (own.length === 0) return partition;
    return {
      ...partition,
      cpusPerNode: Math.max(...own.map((kind) => kind.cpus)),
      memoryMbPerNode: Math.max(...own.map((kind) => kind.memoryMb)),
      gpusPerNode: Math.max(...own.map((kind) => kind.gpus)),
    };
  });
}
