// The options of sbatch: all that it knows, those that are taken from a person's script, and why the others are not.

/** Options that become something of a job. */
export const takenOptions = [
  "account",
  "array",
  "constraint",
  "cpus-per-task",
  "error",
  "gpus",
  "gres",
  "job-name",
  "mail-type",
  "mail-user",
  "mem",
  "mem-per-cpu",
  "nodes",
  "ntasks",
  "output",
  "partition",
  "qos",
  "time",
] as const;
export type TakenOption = (typeof takenOptions)[number];

/** Options that say how the command itself behaves: taken on the command line only. */
export const commandOptions = ["parsable", "quiet", "test-only", "wait"] as const;
export type CommandOption = (typeof commandOptions)[number];

export type SbatchOption = {
  /** Whether a value follows; an optional one only after =. */
  value: "needed" | "none" | "optional";
  short?: string;
  /** Why it is not taken, where that is more than that it is not among those that are. */
  because?: string;
};

const value = (short?: string, because?: string): SbatchOption => of("needed", short, because);
const flag = (short?: string, because?: string): SbatchOption => of("none", short, because);
const maybe = (short?: string, because?: string): SbatchOption => of("optional", short, because);
function of(kind: SbatchOption["value"], short?: string, because?: string): SbatchOption {
  return { value: kind, ...(short ? { short } : {}), ...(because ? { because } : {}) };
}

const ownFolder = "a job runs in a folder of its own, where its inputs lie";
const oneStart = "a job's work is started once; another attempt is asked for with --retry";
const ownStart = "the time of a job's start is the cluster's to choose";
const ownMatter = "it is an administrator's matter";
const perGpu = "GPUs are asked for with --gpus or --gres, and memory with --mem or --mem-per-cpu";

/** Every option of sbatch by its long name. */
export const sbatchOptions: Readonly<Record<string, SbatchOption>> = {
  account: value("A"),
  "acctg-freq": value(),
  array: value("a"),
  batch: value(),
  bb: value(),
  bbf: value(),
  begin: value("b", ownStart),
  chdir: value("D", ownFolder),
  "cluster-constraint": value(),
  clusters: value("M", "the cluster is chosen with headgate's own --cluster"),
  comment: value(),
  constraint: value("C"),
  container: value(),
  contiguous: flag(),
  "core-spec": value("S"),
  "cores-per-socket": value(),
  "cpu-freq": value(),
  "cpus-per-gpu": value(undefined, perGpu),
  "cpus-per-task": value("c"),
  deadline: value(undefined, ownStart),
  "delay-boot": value(),
  dependency: value("d", "jobs do not wait for each other; headgate wait waits for one, and then another is submitted"),
  distribution: value("m"),
  error: value("e"),
  exclude: value("x"),
  exclusive: maybe(),
  export: value(undefined, "a job has a clean environment; variables are given with headgate's own --env"),
  "export-file": value(undefined, "a job has a clean environment; variables are given with headgate's own --env"),
  "extra-node-info": value("B"),
  "get-user-env": maybe(undefined, "a job has a clean environment"),
  gid: value(undefined, ownMatter),
  "gpu-bind": value(),
  "gpu-freq": value(),
  gpus: value("G"),
  "gpus-per-node": value(undefined, "GPUs per node are asked for with --gres=gpu:N"),
  "gpus-per-socket": value(undefined, perGpu),
  "gpus-per-task": value(undefined, perGpu),
  gres: value(),
  "gres-flags": value(),
  help: flag("h"),
  hint: value(),
  hold: flag("H", "a job is not held back"),
  "ignore-pbs": flag(undefined, "only #SBATCH lines are read"),
  input: value("i", "a job's standard input is empty"),
  "job-name": value("J"),
  "kill-on-invalid-dep": value(),
  licenses: value("L"),
  "mail-type": value(),
  "mail-user": value(),
  "mcs-label": value(),
  mem: value(),
  "mem-bind": value(),
  "mem-per-cpu": value(),
  "mem-per-gpu": value(undefined, perGpu),
  mincpus: value(),
  network: value(),
  nice: maybe(),
  "no-kill": maybe("k"),
  "no-requeue": flag(undefined, `it is always so: ${oneStart}`),
  nodefile: value("F"),
  nodelist: value("w"),
  nodes: value("N"),
  ntasks: value("n"),
  "ntasks-per-core": value(),
  "ntasks-per-gpu": value(),
  "ntasks-per-node": value(undefined, "tasks are asked for with --ntasks and --nodes"),
  "ntasks-per-socket": value(),
  "open-mode": value(undefined, "the files of a job's output are its own, and new"),
  output: value("o"),
  overcommit: flag("O"),
  oversubscribe: flag("s"),
  parsable: flag(),
  partition: value("p"),
  power: value(),
  prefer: value(),
  priority: value(undefined, ownMatter),
  profile: value(),
  propagate: maybe(),
  qos: value("q"),
  quiet: flag("Q"),
  reboot: flag(undefined, ownMatter),
  requeue: flag(undefined, oneStart),
  reservation: value(),
  signal: value(),
  "sockets-per-node": value(),
  "spread-job": flag(),
  switches: value(),
  "test-only": flag(),
  "thread-spec": value(),
  "threads-per-core": value(),
  time: value("t"),
  "time-min": value(),
  tmp: value(),
  uid: value(undefined, "the Unix account is the one that an administrator gave you"),
  usage: flag(),
  "use-min-nodes": flag(),
  verbose: flag("v"),
  version: flag("V"),
  wait: flag("W"),
  "wait-all-nodes": value(),
  wckey: value(),
  wrap: value(undefined, "a script is given as a file"),
};

const byLetter = new Map(
  Object.entries(sbatchOptions).flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name] as const])),
);

/** The long name that a letter stands for. */
export const longName = (letter: string): string | undefined => byLetter.get(letter);

/** The option that a long name or an unambiguous beginning of one means; several names: it is ambiguous; none: unknown. */
export function namesLike(beginning: string): string[] {
  if (Object.hasOwn(sbatchOptions, beginning)) return [beginning];
  return Object.keys(sbatchOptions).filter((name) => beginning !== "" && name.startsWith(beginning));
}
