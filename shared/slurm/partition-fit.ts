// Whether a partition can ever run what is asked: Slurm itself may accept it and leave it pending for ever.
import type { Resources } from "../contract/job.ts";
import type { PartitionLimits } from "./scontrol-partition.ts";

/** Why this can never run, naming value and limit; undefined where it can, or where it cannot be told. */
export function misfit(resources: Resources, partitions: readonly PartitionLimits[]): string | undefined {
  const name = resources.partition;
  const partition = partitions.find((candidate) => (name === undefined ? candidate.default : candidate.name === name));
  if (partition === undefined) {
    const list = partitions.map((candidate) => candidate.name).join(", ");
    return name === undefined ? undefined : `there is no partition "${name}" on this cluster; it has ${list || "none"}`;
  }
  const cpus = (resources.tasks ?? 1) * (resources.cpusPerTask ?? 1);
  const nodes = resources.nodes ?? 1;
  const mostNodes = Math.min(partition.nodes, partition.maxNodes ?? Number.POSITIVE_INFINITY);
  const cpusPerNode = Math.min(partition.cpusPerNode, partition.maxCpusPerNode ?? Number.POSITIVE_INFINITY);
  const memory = Math.min(partition.memoryMbPerNode, partition.maxMemoryMbPerNode ?? Number.POSITIVE_INFINITY);
  const over = (what: string, value: number, limit: number | undefined, unit: string) =>
    limit !== undefined && limit > 0 && value > limit
      ? [`${what} ${value}${unit} is over the ${limit}${unit} of partition ${partition.name}`]
      : [];
  const faults = [
    ...over("the time limit", resources.wallMinutes ?? 0, partition.maxMinutes, " minutes"),
    ...over("the number of nodes", nodes, mostNodes, ""),
    ...over("the number of CPUs a task", resources.cpusPerTask ?? 1, cpusPerNode, ""),
    ...over("the number of CPUs", cpus, resources.nodes === undefined ? partition.totalCpus : nodes * cpusPerNode, ""),
    ...(resources.gpus && partition.gpusPerNode === 0
      ? [`partition ${partition.name} has no GPUs`]
      : over("the number of GPUs a node", resources.gpus ?? 0, partition.gpusPerNode, "")),
    ...barred("account", resources.account, partition.accounts, partition.name),
    ...barred("quality of service", resources.qos, partition.qos, partition.name),
    ...over("the memory a node", resources.memoryMb ?? 0, memory, " MB"),
    ...over("the memory of a task", (resources.memoryPerCpuMb ?? 0) * (resources.cpusPerTask ?? 1), memory, " MB"),
  ];
  return faults.length === 0 ? undefined : faults.join("; ");
}

function barred(what: string, asked: string | undefined, allowed: readonly string[] | undefined, partition: string) {
  if (asked === undefined || allowed === undefined || allowed.includes(asked)) return [];
  return [`partition ${partition} does not admit the ${what} "${asked}"; it admits ${allowed.join(", ")}`];
}
