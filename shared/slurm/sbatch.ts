// sbatch: one group as one job or one array, its script on stdin.
import type { Resources } from "../contract/job.ts";
import { writeIndices } from "./array-indices.ts";
import { type Answer, tidyWords } from "./command.ts";

export type SbatchQuestion = {
  name: string;
  /** The group's folder: an absolute path that we made. */
  folder: string;
  /** Indices of an array; undefined for a plain job, which is `single`. */
  indices: readonly number[] | undefined;
  single: number;
  resources: Resources;
};

/** The words after sbatch. A second start must not truncate the first one's output: open-mode is append. */
export function sbatchArgv(question: SbatchQuestion): string[] {
  const { resources, indices } = question;
  // % begins a replacement in Slurm's file names, and \\ ends all of them: both are legal in a folder's name
  const folder = question.folder.replaceAll("%", "%%");
  const member = indices === undefined ? String(question.single) : "%a";
  return [
    "--parsable",
    "--no-requeue",
    `--job-name=${question.name}`,
    `--chdir=${question.folder}`,
    `--output=${folder}/members/${member}/stdout`,
    `--error=${folder}/members/${member}/stderr`,
    "--open-mode=append",
    "--input=/dev/null",
    ...(indices === undefined ? [] : [`--array=${writeIndices(indices)}`]),
    ...resourceArgv(resources),
  ];
}

/** The words that ask for resources; what is not named is left to the cluster. */
export function resourceArgv(resources: Resources): string[] {
  const option = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${name}=${value}`];
  return [
    ...option("partition", resources.partition),
    ...option("account", resources.account),
    ...option("qos", resources.qos),
    ...option("nodes", resources.nodes),
    ...option("ntasks", resources.tasks),
    ...option("cpus-per-task", resources.cpusPerTask),
    ...option("gres", gresOf(resources)),
    ...option("constraint", resources.constraint),
    ...option("mem", megabytes(resources.memoryMb)),
    ...option("mem-per-cpu", megabytes(resources.memoryPerCpuMb)),
    ...option("time", resources.wallMinutes),
  ];
}

const megabytes = (amount: number | undefined) => (amount === undefined ? undefined : `${amount}M`);

/** GPUs and other generic resources as one list. */
function gresOf({ gpus, gres }: Resources): string | undefined {
  const parts = [...(gpus ? [`gpu:${gpus}`] : []), ...(gres === undefined ? [] : [gres])];
  return parts.length === 0 ? undefined : parts.join(",");
}

export type SbatchReading =
  | { kind: "accepted"; id: string }
  /** Slurm will never take it. */
  | { kind: "refused"; words: string }
  /** Whether there is a job now must be looked up: a time-out, a controller that went away, an answer without an id. */
  | { kind: "unknown"; words: string };

const transient =
  /unable to contact|timed? ?out|zero bytes|temporar|connection|communication|try again|unavailable|munge|authentication|slurm_persist|socket|transport|protocol|unexpected message|insane|controller|in standby|resource busy|too many|limit reached on number of jobs|Slurm backup/i;
// A permanent limit is told by one of these even where its words look transient.
const permanent =
  /invalid|not available|exceeds|violates|not permitted|access denied|unrecognized|unknown|can not be satisfied|more processors/i;

/** Reads the answer: only words that Slurm uses for a lasting refusal are taken as one. */
export function readSbatch(answer: Answer): SbatchReading {
  const id = /^(\d{1,12})(?:;[^\n]*)?\n?$/.exec(answer.stdout)?.[1];
  if (answer.code === 0 && id !== undefined) return { kind: "accepted", id };
  const words = tidyWords(answer.stderr);
  if (answer.code === null) return { kind: "unknown", words: `no answer within the time-out; ${words}` };
  if (answer.code === 0) return { kind: "unknown", words: words || "exit code 0 without an id" };
  if (transient.test(words) && !permanent.test(words)) return { kind: "unknown", words };
  if (permanent.test(words) || /sbatch: error: Batch job submission failed: /.test(answer.stderr))
    return { kind: "refused", words };
  return { kind: "unknown", words: words || `exit code ${answer.code} without a word` };
}
