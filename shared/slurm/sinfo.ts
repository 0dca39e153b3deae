// sinfo: how large the nodes of each partition are; scontrol tells only their sum.
import { type Answer, type Reading, refusalOf } from "./command.ts";
import type { PartitionLimits } from "./scontrol-partition.ts";

/** One line for each kind of node in each partition. */
export const sinfoArgv = (): string[] => ["-h", "-e", "-o", "%R|%D|%c|%m"];

export type NodeKind = { partition: string; nodes: number; cpus: number; memoryMb: number };

/** Reads the answer; lines of another form are left out, since this only makes figures finer. */
export function readSinfo(answer: Answer): Reading<NodeKind[]> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const kinds = answer.stdout.split("\n").flatMap((text) => {
    const [, partition, nodes, cpus, memory] = /^([^|]+)\|(\d+)\|(\d+)\+?\|(\d+)\+?$/.exec(text.trim()) ?? [];
    if (partition === undefined) return [];
    return [{ partition, nodes: Number(nodes), cpus: Number(cpus), memoryMb: Number(memory) }];
  });
  return { ok: true, value: kinds };
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
    };
  });
}
