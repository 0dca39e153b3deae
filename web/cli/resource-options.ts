// The options that ask for resources, as submit and rerun have them: named and valued as sbatch's.
import type { Command } from "commander";
import type { Resources } from "../../shared/contract/job.ts";
import { readMegabytes, readMinutes, timeWords } from "../../shared/slurm/sbatch-values.ts";
import { CliError } from "./cli-error.ts";

export type ResourceOptions = {
  partition?: string;
  account?: string;
  qos?: string;
  nodes?: string;
  ntasks?: string;
  cpusPerTask?: string;
  time?: string;
  mem?: string;
  memPerCpu?: string;
  gpus?: string;
  gres?: string;
  constraint?: string;
};

export function addResourceOptions(command: Command): Command {
  return command
    .optionsGroup("Resources (what is not given is the application's default):")
    .option("-p, --partition <name>", "partition")
    .option("-A, --account <name>", "Slurm account")
    .option("-q, --qos <name>", "quality of service")
    .option("-N, --nodes <n>", "nodes")
    .option("-n, --ntasks <n>", "tasks")
    .option("-c, --cpus-per-task <n>", "CPUs per task")
    .option("-t, --time <time>", "time limit: minutes, h:m:s, d-h …")
    .option("--mem <size>", "memory per node: MB, or with K, M, G, T")
    .option("--mem-per-cpu <size>", "memory per CPU")
    .option("--gpus <n>", "GPUs per node")
    .option("--gres <list>", "generic resources per node, such as gpu:a100:2")
    .option("-C, --constraint <features>", "features that the nodes must have")
    .optionsGroup("Options:");
}

/** The resources asked for. Throws CliError naming option, value and what is accepted. */
export function readResources(options: ResourceOptions): Resources {
  const all: { [field in keyof Resources]: Resources[field] | undefined } = {
    partition: options.partition,
    account: options.account,
    qos: options.qos,
    nodes: whole("--nodes", options.nodes),
    tasks: whole("--ntasks", options.ntasks),
    cpusPerTask: whole("--cpus-per-task", options.cpusPerTask),
    gpus: whole("--gpus", options.gpus),
    gres: options.gres,
    constraint: options.constraint,
    memoryMb: typed("--mem", options.mem, readMegabytes, "megabytes, or a whole number with K, M, G or T"),
    memoryPerCpuMb: typed(
      "--mem-per-cpu",
      options.memPerCpu,
      readMegabytes,
      "megabytes, or a whole number with K, M, G or T",
    ),
    wallMinutes: typed("--time", options.time, readMinutes, timeWords),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Resources;
}

/** A whole number; undefined where it is not given. */
export function whole(option: string, text: string | undefined): number | undefined {
  return typed(option, text, (digits) => (/^\d{1,15}$/.test(digits) ? Number(digits) : undefined), "a whole number");
}

function typed<T>(option: string, text: string | undefined, read: (text: string) => T | undefined, accepted: string) {
  if (text === undefined) return undefined;
  const value = read(text);
  if (value === undefined)
    throw new CliError("usage", `${option} ${JSON.stringify(text)} is not accepted; accepted is ${accepted}`);
  return value;
}
