// What a job asks for against what the cluster last said that it has.
import type { Partition } from "../../../shared/contract/catalogue.ts";
import type { Resources } from "../../../shared/contract/job.ts";
import { GatewayError, type Issue, shortened } from "../../../shared/contract/problem.ts";

/** Throws `resources-exceeded` naming each field that no node of the partition can give. */
export function checkResources(asked: Resources, partitions: readonly Partition[]): void {
  if (partitions.length === 0) return;
  const partition =
    asked.partition === undefined
      ? (partitions.find((one) => one.default) ?? (partitions.length === 1 ? partitions[0] : undefined))
      : partitions.find((one) => one.name === asked.partition);
  const issues: Issue[] = [];
  const atMost = (field: keyof Resources, value: number | undefined, most: number | undefined, unit: string) => {
    if (value === undefined || most === undefined || value <= most) return;
    issues.push({
      field: `resources.${field}`,
      value: `${value}`,
      accepted: `at most ${most} ${unit} on partition ${partition?.name}`,
    });
  };
  if (partition) {
    atMost("nodes", asked.nodes, partition.nodes, "nodes");
    atMost("cpusPerTask", asked.cpusPerTask, partition.cpusPerNode, "CPUs per task");
    atMost("memoryMb", asked.memoryMb, partition.memoryMbPerNode, "MB per node");
    atMost("wallMinutes", asked.wallMinutes, partition.maxMinutes, "minutes");
    const cpus = (asked.nodes ?? partition.nodes) * partition.cpusPerNode;
    if (issues.length === 0) atMost("tasks", asked.tasks, Math.floor(cpus / (asked.cpusPerTask ?? 1)), "tasks");
  } else if (asked.partition !== undefined) {
    const accepted = `one of ${partitions.map((one) => one.name).join(", ")}`;
    issues.push({ field: "resources.partition", value: shortened(asked.partition) ?? "", accepted });
  }
  const [first] = issues;
  if (!first) return;
  throw new GatewayError("resources-exceeded", `${first.field} is ${first.value}; accepted is ${first.accepted}`, {
    issues,
  });
}
