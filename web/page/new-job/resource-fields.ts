// The resources a job may ask for, in the order of the form, with what they are called and what stays blank means.
import { defaultPartition, mostNodes } from "../../../shared/application/resource-issues.ts";
import type { Partition } from "../../../shared/contract/catalogue.ts";
import type { Resources } from "../../../shared/contract/job.ts";
import { sizeWords } from "../words.ts";

export type NumberField = {
  name: Exclude<keyof Resources, "partition" | "account" | "qos" | "gres" | "constraint">;
  title: string;
  unit?: string;
  /** A large number in words that are easier to judge: "4.1 GB", "2 h 30 min". */
  words?: (value: number) => string | undefined;
};

export const numberFields: readonly NumberField[] = [
  { name: "nodes", title: "Nodes" },
  { name: "tasks", title: "Tasks" },
  { name: "cpusPerTask", title: "CPUs per task" },
  { name: "memoryMb", title: "Memory per node", unit: "MB", words: memoryWords },
  {
    name: "wallMinutes",
    title: "Wall time",
    unit: "minutes",
    words: (value) => (value < 60 ? undefined : minutesWords(value)),
  },
  { name: "gpus", title: "GPUs per node" },
];

/** Instead of the memory per node, for programs that are sized by their CPUs. */
export const perCpu: NumberField = {
  name: "memoryPerCpuMb",
  title: "Memory per CPU",
  unit: "MB",
  words: memoryWords,
};

function memoryWords(megabytes: number): string | undefined {
  return megabytes < 1_000 ? undefined : sizeWords(megabytes * 1_000_000);
}

/** Minutes in days, hours and minutes: "2 h 30 min". */
export function minutesWords(minutes: number): string {
  const parts = [
    [Math.floor(minutes / 1_440), "d"],
    [Math.floor((minutes % 1_440) / 60), "h"],
    [minutes % 60, "min"],
  ] as const;
  const words = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return words.length === 0 ? "0 min" : words.join(" ");
}

/** What was typed as the document keeps it: a number where it is one, nothing where it is blank, else the text itself. */
export function typedNumber(text: string): number | string | undefined {
  const tidy = text.trim();
  if (tidy === "") return undefined;
  return /^\d{1,15}$/.test(tidy) ? Number(tidy) : text;
}

/** The partition that the values mean. */
export function partitionOf(
  resources: Readonly<Record<string, unknown>>,
  partitions: readonly Partition[],
): Partition | undefined {
  return resources.partition === undefined
    ? defaultPartition(partitions)
    : partitions.find((one) => one.name === resources.partition);
}

/** What a partition has: "8 nodes of 64 CPUs, 4 GPUs and 256 GB, at most 2 nodes and 7 d". */
export function partitionWords(partition: Partition): string {
  const { nodes, cpusPerNode, memoryMbPerNode, gpusPerNode, maxMinutes, maxNodes, up } = partition;
  const memory = sizeWords(memoryMbPerNode * 1_000_000);
  const parts = [
    `${cpusPerNode} CPUs`,
    ...(gpusPerNode ? [`${gpusPerNode} ${gpusPerNode === 1 ? "GPU" : "GPUs"}`] : []),
  ];
  const most = [
    ...(maxNodes !== undefined && maxNodes < nodes ? [`${maxNodes} ${maxNodes === 1 ? "node" : "nodes"}`] : []),
    ...(maxMinutes === undefined ? [] : [minutesWords(maxMinutes)]),
  ];
  return [
    `${nodes} ${nodes === 1 ? "node" : "nodes"} of ${parts.join(", ")} and ${memory}`,
    ...(most.length === 0 ? [] : [`at most ${most.join(" and ")}`]),
    ...(up === false ? ["starts no jobs now"] : []),
  ].join(", ");
}

/** The most that a partition gives of a field; undefined where it is not known. */
export function mostOf(name: NumberField["name"], partition: Partition | undefined): number | undefined {
  if (!partition) return undefined;
  const most: Partial<Record<NumberField["name"], number | undefined>> = {
    nodes: mostNodes(partition),
    gpus: partition.gpusPerNode,
    cpusPerTask: partition.cpusPerNode,
    memoryMb: partition.memoryMbPerNode,
    wallMinutes: partition.maxMinutes,
  };
  return most[name];
}
