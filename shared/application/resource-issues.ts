// What a job asks for against what a cluster last said that it has, field by field.
import type { Partition } from "../contract/catalogue.ts";
import type { Resources } from "../contract/job.ts";
import { type Issue, shortened } from "../contract/problem.ts";

/** The partition that a job without one goes to; undefined where that cannot be told. */
export function defaultPartition(partitions: readonly Partition[]): Partition | undefined {
  return partitions.find((one) => one.default) ?? (partitions.length === 1 ? partitions[0] : undefined);
}

/** Each field that the partition cannot give, or does not to this account; empty where all can be had, or where it cannot be told. */
export function resourceIssues(asked: Resources, partitions: readonly Partition[]): Issue[] {
  if (partitions.length === 0) return [];
  const partition =
    asked.partition === undefined
      ? defaultPartition(partitions)
      : partitions.find((one) => one.name === asked.partition);
  if (!partition) {
    if (asked.partition === undefined) return [];
    const accepted = `one of ${partitions.map((one) => one.name).join(", ")}`;
    return [{ field: "resources.partition", value: shortened(asked.partition) ?? "", accepted }];
  }
  const issues: Issue[] = [];
  const atMost = (field: keyof Resources, value: number | undefined, most: number | undefined, unit: string) => {
    if (value === undefined || most === undefined || value <= most) return;
    const accepted = `at most ${most} ${unit} on partition ${partition.name}`;
    issues.push({ field: `resources.${field}`, value: `${value}`, accepted });
  };
  const oneOf = (field: "account" | "qos", names: readonly string[] | undefined) => {
    const value = asked[field];
    if (value === undefined || names === undefined || names.includes(value)) return;
    const accepted = `one of ${names.join(", ")} on partition ${partition.name}`;
    issues.push({ field: `resources.${field}`, value: shortened(value) ?? "", accepted });
  };
  oneOf("account", partition.accounts);
  oneOf("qos", partition.qos);
  if (partition.up === false) {
    const up = partitions.filter((one) => one.up !== false).map((one) => one.name);
    const accepted = up.length > 0 ? `a partition that is up: ${up.join(", ")}` : "a partition that is up; none is now";
    issues.push({ field: "resources.partition", value: partition.name, accepted });
  }
  atMost("nodes", asked.nodes, mostNodes(partition), "nodes");
  atMost("cpusPerTask", asked.cpusPerTask, partition.cpusPerNode, "CPUs per task");
  atMost("memoryMb", asked.memoryMb, partition.memoryMbPerNode, "MB per node");
  const perCpu = Math.floor(partition.memoryMbPerNode / (asked.cpusPerTask ?? 1));
  atMost("memoryPerCpuMb", asked.memoryPerCpuMb, perCpu, "MB per CPU");
  atMost("gpus", asked.gpus, partition.gpusPerNode, "GPUs per node");
  atMost("wallMinutes", asked.wallMinutes, partition.maxMinutes, "minutes");
  const cpus = (asked.nodes ?? mostNodes(partition)) * partition.cpusPerNode;
  if (issues.length === 0) atMost("tasks", asked.tasks, Math.floor(cpus / (asked.cpusPerTask ?? 1)), "tasks");
  return issues;
}

/** The most nodes that one job gets. */
export const mostNodes = ({ nodes, maxNodes }: Partition): number => Math.min(nodes, maxNodes ?? nodes);
