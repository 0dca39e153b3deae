// sbatch: puts a job in place and wakes the runner.
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { parseIndexList } from "./index-list.ts";
import { addJob, claimIds, type Job } from "./job-store.ts";
import { type OptionTable, parseOptions, Refusal } from "./options.ts";
import { maxArraySize, type Partition, partitions, type Settings } from "./settings.ts";
import { parseTimeLimit } from "./times.ts";
import { wakeRunner } from "./wake-runner.ts";

const known: OptionTable = {
  parsable: "flag",
  "no-requeue": "flag",
  exclusive: "flag",
  hold: "flag",
  "job-name": "value",
  chdir: "value",
  output: "value",
  error: "value",
  input: "value",
  "open-mode": "value",
  partition: "value",
  time: "value",
  nodes: "value",
  ntasks: "value",
  "cpus-per-task": "value",
  mem: "value",
  "mem-per-cpu": "value",
  gres: "value",
  account: "value",
  qos: "value",
  constraint: "value",
  export: "value",
  array: "value",
};
const short = {
  J: "job-name",
  D: "chdir",
  o: "output",
  e: "error",
  i: "input",
  p: "partition",
  t: "time",
  N: "nodes",
  n: "ntasks",
  c: "cpus-per-task",
  A: "account",
  q: "qos",
  C: "constraint",
  a: "array",
  H: "hold",
};

/** Returns what is printed: the id, in the form that --parsable asks for or Slurm's sentence. */
export function sbatch(dir: string, settings: Settings, args: string[]): string {
  const { options, words } = parseOptions("sbatch", args, known, short, true);
  const [file, ...scriptArguments] = words;
  const script = readScript(file);
  const partition = choosePartition(options.get("partition"));
  const list = readArray(options.get("array"));
  const name = options.get("job-name") ?? (file === undefined ? "sbatch" : basename(file));
  const chdir = resolve(options.get("chdir") ?? process.cwd());
  const output = options.get("output") ?? (list === undefined ? "slurm-%j.out" : "slurm-%A_%a.out");
  const plain = {
    name,
    chdir,
    output,
    error: options.get("error") ?? output,
    input: options.get("input") ?? "/dev/null",
    append: oneOf("open-mode", options.get("open-mode") ?? "truncate", ["append", "truncate"]) === "append",
    partition: partition.name,
    timeSeconds: readTime(options.get("time"), partition),
    ...readSize(options, settings),
    account: options.get("account") ?? "",
    held: options.has("hold"),
    arguments: scriptArguments,
    env: readExport(options.get("export") ?? "ALL"),
    umask: process.umask(),
    submitDir: process.cwd(),
    submittedMs: Date.now(),
  };
  if (options.has("gres")) throw new Refusal("sbatch: error: Invalid generic resource (gres) specification");
  if (options.has("constraint")) throw failed("Invalid feature specification");
  const id = claimIds(dir, list?.indices.length ?? 1);
  const job: Job = list === undefined ? { ...plain, id } : { ...plain, id, array: options.get("array") ?? "" };
  addJob(dir, job, script);
  wakeRunner(dir, settings);
  return options.has("parsable") ? `${id}\n` : `Submitted batch job ${id}\n`;
}

function readScript(file: string | undefined): Buffer {
  let script: Buffer;
  try {
    script = readFileSync(file === undefined ? 0 : isAbsolute(file) ? file : join(process.cwd(), file));
  } catch {
    throw new Refusal(`sbatch: error: Unable to open file ${file ?? "on standard input"}`);
  }
  if (script.subarray(0, 2).toString("latin1") !== "#!")
    throw new Refusal(
      "sbatch: error: This does not look like a batch script.  The first\n" +
        "sbatch: error: line must start with #! followed by the path to an interpreter.\n" +
        "sbatch: error: For instance: #!/bin/sh",
    );
  // Slurm obeys directives only before the first command; ours would silently not, so they are refused
  for (const line of script.toString("latin1").split("\n")) {
    if (line.startsWith("#SBATCH"))
      throw new Refusal("sbatch: error: the stand-in reads no #SBATCH lines: give the options on the command line");
    if (line.trim() !== "" && !line.startsWith("#")) break;
  }
  return script;
}

function choosePartition(name: string | undefined): Partition {
  const found = name === undefined ? partitions[0] : partitions.find((partition) => partition.name === name);
  if (found !== undefined) return found;
  throw new Refusal(
    `sbatch: error: invalid partition specified: ${name}\n${failed("Invalid partition name specified").message}`,
  );
}

function readArray(text: string | undefined) {
  if (text === undefined) return undefined;
  const list = parseIndexList(text, maxArraySize - 1);
  if (list === undefined) throw failed("Invalid job array specification");
  return list;
}

function readTime(text: string | undefined, partition: Partition): number {
  if (text === undefined) return partition.defaultSeconds;
  const seconds = parseTimeLimit(text);
  if (seconds === undefined) throw new Refusal("sbatch: error: Invalid --time specification");
  const wholeMinutes = Math.ceil(seconds / 60) * 60;
  if (wholeMinutes === 0 || wholeMinutes > partition.maxSeconds)
    throw failed("Requested time limit is invalid (missing or exceeds some limit)");
  return wholeMinutes;
}

function readSize(options: Map<string, string>, settings: Settings) {
  const tasks = count("ntasks", options.get("ntasks")) ?? 1;
  const cpusPerTask = count("cpus-per-task", options.get("cpus-per-task"));
  if ((count("nodes", options.get("nodes")) ?? 1) > 1) throw failed("Node count specification invalid");
  const cpus = options.has("exclusive") ? settings.cpus : tasks * (cpusPerTask ?? 1);
  if (tasks * (cpusPerTask ?? 1) > settings.cpus) throw failed("More processors requested than permitted");
  const total = megabytes("mem", options.get("mem"));
  const memoryMb = total ?? (megabytes("mem-per-cpu", options.get("mem-per-cpu")) ?? 100) * cpus;
  if (total !== undefined && total > settings.memoryMb)
    throw new Refusal(
      `sbatch: error: Memory specification can not be satisfied\n${failed("Requested node configuration is not available").message}`,
    );
  return { tasks, cpus, memoryMb, ...(cpusPerTask === undefined ? {} : { cpusPerTask }) };
}

function count(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Refusal(`sbatch: error: Invalid numeric value "${text}" for --${option}.`, 255);
}

function megabytes(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d{1,12})([KMGT]?)B?$/i.exec(text);
  const unit = { K: 1 / 1024, "": 1, M: 1, G: 1024, T: 1024 * 1024 }[(parts?.[2] ?? "").toUpperCase()];
  if (parts === null || unit === undefined) throw new Refusal(`sbatch: error: Invalid --${option} specification`);
  return Math.ceil(Number(parts[1]) * unit);
}

/** ALL, NONE or NIL, or a list of NAME and NAME=VALUE, alone or after ALL. */
function readExport(text: string): Record<string, string> {
  const everything = Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const least = Object.fromEntries(
    Object.entries(everything).filter(([key]) => ["HOME", "USER", "LOGNAME", "SHELL", "PATH", "LANG"].includes(key)),
  );
  if (text === "NONE" || text === "NIL") return least;
  const words = text.split(",");
  const base = words[0] === "ALL" ? everything : {};
  for (const word of words[0] === "ALL" ? words.slice(1) : words) {
    const [, name = "", value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const given = value ?? everything[name];
    if (name !== "" && given !== undefined) base[name] = given;
  }
  return base;
}

function oneOf(option: string, text: string, accepted: string[]): string {
  if (accepted.includes(text)) return text;
  throw new Refusal(`sbatch: error: Invalid --${option} specification "${text}": accepted is ${accepted.join(" or ")}`);
}

function failed(why: string): Refusal {
  return new Refusal(`sbatch: error: Batch job submission failed: ${why}`);
}
