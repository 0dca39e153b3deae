// A person's sbatch script as a job of ours: its #SBATCH lines and the command line's options, from a list of those that are taken.
import { Resources } from "../contract/job.ts";
import { outputNameFault, outputNameWords } from "./output-name.ts";
import { type GivenOption, readOptions, type SbatchProblem } from "./sbatch-getopt.ts";
import { readSbatchMail, type SbatchMail } from "./sbatch-mail.ts";
import { type CommandOption, commandOptions, sbatchOptions, type TakenOption, takenOptions } from "./sbatch-options.ts";
import {
  type ArrayIndices,
  arrayWords,
  readArray,
  readMegabytes,
  readMinutes,
  readNodes,
  timeWords,
} from "./sbatch-values.ts";
import { directiveWords } from "./sbatch-words.ts";

export type SbatchRequest = {
  resources: Resources;
  /** --job-name. */
  name?: string;
  array?: ArrayIndices;
  /** Names in the job's folder, with what is known only when it runs as patterns. */
  output?: string;
  error?: string;
  /** When to send mail, and to whom; no address: to the person. */
  mail?: SbatchMail;
  /** What the command line said of the command itself. */
  command: CommandOption[];
  problems: SbatchProblem[];
  /** What is taken otherwise than sbatch would. */
  warnings: SbatchProblem[];
};

/**
 * Reads a script and the options of the command line, which go before its own. `name` is the job's without --job-name.
 * Nothing is thrown: with `problems` the request is not to be submitted.
 */
export function readSbatchScript(script: string, commandLine: readonly GivenOption[], name: string): SbatchRequest {
  const problems: SbatchProblem[] = scriptFaults(script);
  const warnings: SbatchProblem[] = [];
  const { words, open } = directiveWords(script);
  if (open) problems.push({ line: open.line, words: `a quote (${open.quote}) is not closed` });
  const own = readOptions(words);
  problems.push(...own.problems);
  const [stray] = own.rest;
  if (stray) problems.push(at(stray, `${JSON.stringify(stray.text)} is no option`));

  const given = new Map<TakenOption, GivenOption>();
  const mailTypes: GivenOption[] = [];
  const command: CommandOption[] = [];
  const take = (option: GivenOption, onCommandLine: boolean) => {
    if (isTaken(option.name)) {
      // one kind of memory on the command line goes before another in the script
      if (onCommandLine && option.name === "mem") dropDirective(given, "mem-per-cpu");
      if (onCommandLine && option.name === "mem-per-cpu") dropDirective(given, "mem");
      given.set(option.name, option);
      if (option.name === "mail-type") mailTypes.push(option);
    } else if (onCommandLine && isCommand(option.name)) command.push(option.name);
    else problems.push(at(option, refusalOf(option)));
  };
  for (const option of own.options) take(option, false);
  for (const option of commandLine) take(option, true);

  const wrong = (option: GivenOption, accepted: string) => {
    problems.push(at(option, `--${option.name}=${option.value} is not accepted; accepted is ${accepted}`));
    return undefined;
  };
  const read = <T>(key: TakenOption, how: (text: string) => T | undefined, accepted: string): T | undefined => {
    const option = given.get(key);
    return option === undefined ? undefined : (how(option.value) ?? wrong(option, accepted));
  };
  const request: SbatchRequest = { resources: {}, command, problems, warnings };
  request.resources = readResources(given, read, wrong);
  const jobName = given.get("job-name")?.value ?? name;
  if (given.has("job-name")) {
    const named = read("job-name", (text) => (/^.{1,200}$/su.test(text) ? text : undefined), "1 to 200 characters");
    if (named !== undefined) request.name = named;
  }
  const array = read("array", readArray, arrayWords);
  if (array) request.array = array;
  const option = given.get("array");
  if (option && array?.limit !== undefined)
    warnings.push(
      at(option, `%${array.limit} of --array is not heeded: how many run at once is the cluster's to decide`),
    );
  for (const key of ["output", "error"] as const) {
    const to = read(
      key,
      (text) => outputName(text, jobName),
      `${outputNameWords}; or %x, the job's name, and %J, %s, %t and %n as sbatch has them for a batch script`,
    );
    if (to !== undefined) request[key] = to;
  }
  const mail = readSbatchMail(mailTypes, given.get("mail-user"), wrong);
  if (mail.request) request.mail = mail.request;
  for (const { option, words } of mail.otherwise) warnings.push(at(option, words));
  return request;
}

/** What sbatch itself refuses of a script as a whole. */
function scriptFaults(script: string): SbatchProblem[] {
  if (script.trim() === "") return [{ words: "the script is empty" }];
  if (script.startsWith("\ufeff"))
    return [
      { line: 1, words: "the file begins with a byte order mark, which sbatch refuses; save it as UTF-8 without" },
    ];
  if (!script.startsWith("#!"))
    return [{ line: 1, words: "the first line must be #! and the path of an interpreter, such as #!/bin/sh" }];
  if (script.includes("\0"))
    return [{ line: script.slice(0, script.indexOf("\0")).split("\n").length, words: "a NUL byte: this is no script" }];
  const dos = script.split("\n").findIndex((line) => line.endsWith("\r"));
  return dos < 0 ? [] : [{ line: dos + 1, words: "the line ends as on Windows (\\r\\n); sbatch takes \\n only" }];
}

type Read = <T>(key: TakenOption, how: (text: string) => T | undefined, accepted: string) => T | undefined;
type Wrong = (option: GivenOption, accepted: string) => undefined;

function readResources(given: ReadonlyMap<TakenOption, GivenOption>, read: Read, wrong: Wrong): Resources {
  const text = (key: "partition" | "account" | "qos" | "gres" | "constraint") => {
    const schema = Resources.shape[key].unwrap();
    const list = key === "partition" && given.get(key)?.value.includes(",");
    const accepted = list
      ? "the name of one partition; a list of them is not taken"
      : (schema.safeParse("").error?.issues.at(-1)?.message ?? "another value");
    return read(key, (value) => schema.safeParse(value).data, accepted);
  };
  const whole = (key: TakenOption, field: "tasks" | "cpusPerTask", most: number) =>
    read(
      key,
      (value) => within(field, /^\d{1,9}$/.test(value) ? Number(value) : undefined),
      `a whole number from 1 to ${most}`,
    );
  const nodes = read(
    "nodes",
    (value) => within("nodes", readNodes(value)),
    "one number of nodes from 1 to 10000, and no range",
  );
  // where only the nodes are named, sbatch starts one task on each
  const tasks = whole("ntasks", "tasks", 100_000) ?? nodes;
  const memory = "megabytes, or a whole number with K, M, G or T; 0 (all that a node has) cannot be asked for";
  const both = given.get("mem") && given.get("mem-per-cpu");
  if (both) wrong(both, "either --mem or --mem-per-cpu, not both");
  const gres = given.get("gres")?.value === "none" ? undefined : text("gres");
  const all: { [field in keyof Resources]: Resources[field] | undefined } = {
    partition: text("partition"),
    account: text("account"),
    qos: text("qos"),
    nodes,
    tasks,
    cpusPerTask: whole("cpus-per-task", "cpusPerTask", 1_024),
    ...readGpus(given.get("gpus"), gres, nodes ?? 1, wrong),
    constraint: text("constraint"),
    memoryMb: read("mem", (value) => within("memoryMb", readMegabytes(value)), memory),
    memoryPerCpuMb: read("mem-per-cpu", (value) => within("memoryPerCpuMb", readMegabytes(value)), memory),
    wallMinutes: read(
      "time",
      (value) => within("wallMinutes", readMinutes(value)),
      `${timeWords}, together 1 to 525600 minutes`,
    ),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Resources;
}

/** The number, where the contract takes it. */
function within(
  field: "nodes" | "tasks" | "cpusPerTask" | "memoryMb" | "memoryPerCpuMb" | "wallMinutes",
  amount: number | undefined,
): number | undefined {
  return Resources.shape[field].unwrap().safeParse(amount).data;
}

/** --gpus counts those of the whole job; a job's resources count them per node. */
function readGpus(
  option: GivenOption | undefined,
  gres: string | undefined,
  nodes: number,
  wrong: Wrong,
): Pick<Resources, "gpus" | "gres"> {
  if (!option) return gres === undefined ? {} : { gres };
  const [, kind, amount] = /^(?:([A-Za-z0-9_.-]+):)?(\d{1,4})$/.exec(option.value) ?? [];
  const each = Number(amount) / nodes;
  if (!Number.isInteger(each) || each < 1 || each > 64)
    wrong(option, `a number, also after a kind and a colon, that gives each of ${nodes} nodes as many, from 1 to 64`);
  else if (/(^|,)gpu(:|,|$)/.test(gres ?? "")) wrong(option, "either --gpus or gpu in --gres, not both");
  else if (kind === undefined) return { gpus: each, ...(gres === undefined ? {} : { gres }) };
  else return { gres: [`gpu:${kind}:${each}`, ...(gres === undefined ? [] : [gres])].join(",") };
  return {};
}

/** A name for output in the job's folder; what is known of a batch script's own output before it runs is filled in here. */
function outputName(text: string, jobName: string): string | undefined {
  const named = text.replace(/^(\.\/+)+/, "").replaceAll(/%(10|[1-9])?(.)/gs, (pattern, width, letter) => {
    if (letter === "x" && width === undefined) return jobName.replaceAll("%", "%%");
    // of a batch script Slurm has no step to name: its output is that of node 0, task 0 and of step "batch" (seen with 22.05)
    if (letter === "J") return `%${width ?? ""}j`;
    if (letter === "s") return "batch";
    return letter === "t" || letter === "n" ? "0".repeat(Number(width ?? 1)) : pattern;
  });
  return named.includes("\\") || outputNameFault(named) !== undefined ? undefined : named;
}

const isTaken = (name: string): name is TakenOption => (takenOptions as readonly string[]).includes(name);
const isCommand = (name: string): name is CommandOption => (commandOptions as readonly string[]).includes(name);

function refusalOf({ name }: GivenOption): string {
  const because = sbatchOptions[name]?.because;
  if (isCommand(name)) return `--${name} is not accepted in a script; it belongs on the command line`;
  return because === undefined
    ? `--${name} is not accepted; accepted are ${takenOptions.map((one) => `--${one}`).join(", ")}`
    : `--${name} is not accepted because ${because}`;
}

function dropDirective(given: Map<TakenOption, GivenOption>, name: TakenOption): void {
  if (given.get(name)?.line !== undefined) given.delete(name);
}

const at = ({ line }: { line?: number }, words: string): SbatchProblem =>
  line === undefined ? { words } : { line, words };
