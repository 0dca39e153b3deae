// scontrol show partition: what each partition allows, in the terms of the heartbeat.
import type { Partition } from "../contract/catalogue.ts";
import { type Answer, type Reading, refusalOf } from "./command.ts";

export const scontrolPartitionArgv = (): string[] => ["-o", "show", "partition"];

/** A partition with what only the head node needs to know. */
export type PartitionLimits = Partition & {
  up: boolean;
  maxCpusPerNode?: number;
  maxMemoryMbPerNode?: number;
  totalCpus: number;
};

/** Reads the answer; per node figures are the mean until `withNodes` knows better. */
export function readScontrolPartition(answer: Answer): Reading<PartitionLimits[]> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const partitions: PartitionLimits[] = [];
  for (const text of answer.stdout.split("\n")) {
    if (text.trim() === "" || /^No partitions/.test(text)) continue;
    const found = readLine(text);
    if (found === undefined) return { ok: false, words: `not a partition: ${text.slice(0, 120)}` };
    partitions.push(found);
  }
  return { ok: true, value: partitions };
}

function readLine(text: string): PartitionLimits | undefined {
  const fields = new Map(
    [...text.matchAll(/(?:^|\s)([A-Za-z]+)=(\S*)/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const name = fields.get("PartitionName");
  if (name === undefined) return undefined;
  const number = (key: string) => (/^\d+$/.test(fields.get(key) ?? "") ? Number(fields.get(key)) : undefined);
  const nodes = number("TotalNodes") ?? 0;
  const totalCpus = number("TotalCPUs") ?? 0;
  const memory = megabytes(/(?:^|,)mem=([0-9.]+[KMGTP]?)/.exec(fields.get("TRES") ?? "")?.[1]);
  const maxMinutes = minutes(fields.get("MaxTime") ?? "");
  const optional = {
    maxMinutes,
    maxNodes: number("MaxNodes"),
    maxCpusPerNode: number("MaxCPUsPerNode"),
    maxMemoryMbPerNode: number("MaxMemPerNode"),
    accounts: listed(fields.get("AllowAccounts")),
    qos: listed(fields.get("AllowQos")),
  };
  return {
    name,
    default: fields.get("Default") === "YES",
    up: fields.get("State") === "UP",
    nodes,
    totalCpus,
    cpusPerNode: nodes === 0 ? 0 : Math.floor(totalCpus / nodes),
    memoryMbPerNode: nodes === 0 ? 0 : Math.floor(memory / nodes),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<PartitionLimits>),
  };
}

/** A longer list is left to Slurm: a heartbeat is small. */
const mostListed = 200;

/** "physics,chemistry"; undefined where all are allowed. */
function listed(text: string | undefined): string[] | undefined {
  if (text === undefined || text === "" || text === "ALL" || text === "(null)") return undefined;
  const names = text.split(",").filter((name) => name !== "");
  return names.length === 0 || names.length > mostListed ? undefined : names;
}

/** What the heartbeat says of a partition: what Slurm's limits leave of its nodes. */
export function describePartition(limits: PartitionLimits): Partition {
  const { totalCpus: _, maxCpusPerNode, maxMemoryMbPerNode, ...partition } = limits;
  const least = (size: number, limit: number | undefined) => (limit ? Math.min(size, limit) : size);
  return {
    ...partition,
    cpusPerNode: least(partition.cpusPerNode, maxCpusPerNode),
    memoryMbPerNode: least(partition.memoryMbPerNode, maxMemoryMbPerNode),
  };
}

/** "7-00:00:00", "00:30:00", "UNLIMITED" in minutes. */
function minutes(text: string): number | undefined {
  const [, days = "0", hours = "0", mins = "0"] = /^(?:(\d+)-)?(\d+):(\d+):\d+$/.exec(text) ?? [];
  return /^(?:\d+-)?\d+:\d+:\d+$/.test(text) ? (Number(days) * 24 + Number(hours)) * 60 + Number(mins) : undefined;
}

function megabytes(text: string | undefined): number {
  const [, amount = "0", unit = "M"] = /^([0-9.]+)([KMGTP]?)$/.exec(text ?? "") ?? [];
  const factor = { K: 1 / 1024, M: 1, G: 1024, T: 1024 ** 2, P: 1024 ** 3 }[unit] ?? 1;
  return Number(amount) * factor;
}
