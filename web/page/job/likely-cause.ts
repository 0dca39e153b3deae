// What most likely made a job fail, and what to do about it: a table of reasons, exit codes, signals and Slurm's words.
import type { Job } from "../../../shared/contract/job.ts";
import { sizeWords, spanWords } from "../words.ts";

/** One sentence on the cause and one on what helps. Likely, not certain: the words say so where it is a guess. */
export type LikelyCause = { cause: string; advice: string };

type Failed = Pick<
  Job,
  | "state"
  | "reason"
  | "detail"
  | "exitCode"
  | "signal"
  | "resources"
  | "account"
  | "application"
  | "startedAt"
  | "endedAt"
>;

const readLog = "Its last lines usually say more.";
const again = "Run it again.";

/** What programs and shells mean by an exit code, where there is an agreement. */
const byExitCode: Readonly<Record<number, LikelyCause>> = {
  1: { cause: "The program found an error by itself.", advice: `${readLog} Check the inputs and the parameters.` },
  2: {
    cause: "The program was most likely called in a way that it does not understand, or a file was not there.",
    advice: `${readLog} Check the parameters and the names of the inputs.`,
  },
  124: {
    cause: "A time limit inside the script (the command timeout) most likely ended the program.",
    advice: "Give that command more time.",
  },
  126: {
    cause: "A program was found but may not be executed.",
    advice: "Name its interpreter, or make it executable in the script (chmod +x).",
  },
  127: {
    cause: "A program was not found on the cluster.",
    advice: "Check how it is spelled, and whether it has to be loaded first (module load …).",
  },
  255: {
    cause: "The program ended with -1: often a part of it on another node failed, or a connection broke.",
    advice: readLog,
  },
};

/** What a signal most often means in a batch job. */
const bySignal: Readonly<Record<number, LikelyCause>> = {
  1: { cause: "The session of the program ended under it (SIGHUP).", advice: again },
  2: { cause: "The program was interrupted (SIGINT).", advice: `${readLog} ${again}` },
  4: {
    cause: "The program holds instructions that this node's processor does not know (SIGILL).",
    advice: "Use a program built for this cluster, or ask for another partition.",
  },
  6: {
    cause: "The program gave up by itself (SIGABRT): a check inside it failed.",
    advice: readLog,
  },
  7: {
    cause:
      "The program used memory that was not behind its address (SIGBUS): often a file that was cut or a full disk.",
    advice: "Check the space that is left on the cluster, and that no input is cut off.",
  },
  8: { cause: "The program computed what cannot be computed (SIGFPE), such as a division by zero.", advice: readLog },
  9: {
    cause: "The program was killed (SIGKILL): most likely it needed more memory than it had asked for.",
    advice: "Ask for more memory.",
  },
  11: {
    cause: "The program used memory that was not its own (SIGSEGV): a fault in it, or too little stack.",
    advice: `${readLog} Where it worked before, raise the stack limit in the script (ulimit -s unlimited).`,
  },
  13: { cause: "The program wrote to another one that had already ended (SIGPIPE).", advice: readLog },
  15: {
    cause: "The program was asked to end (SIGTERM): by somebody, or since its time was nearly over.",
    advice: "Look at the timeline; ask for more time where it was close to its limit.",
  },
  24: { cause: "The program used up its processor time (SIGXCPU).", advice: "Ask for more time." },
  25: {
    cause: "The program wrote a file larger than the cluster allows (SIGXFSZ).",
    advice: "Write less, or in several files.",
  },
  31: { cause: "The program did what this node forbids (SIGSYS).", advice: "Ask who runs the cluster." },
};

type ByWords = readonly (readonly [RegExp, LikelyCause])[];

/** What Slurm's and the head node's words of a refusal mean; the first that matches counts. */
const byRefusal: ByWords = [
  [
    /allow.?list|there is no account "|has uid|has no home|jobs of this cluster run as/i,
    {
      cause: "The cluster does not let your Unix account run jobs from here.",
      advice: "Ask who runs the cluster to admit it.",
    },
  ],
  [
    /the folder .* cannot be written/i,
    {
      cause: "The job's folder could not be made on the cluster: most often its disk or your quota there is full.",
      advice: "Make space on the cluster, and run it again.",
    },
  ],
  [
    /(QOS|Assoc)\w*Limit|violates accounting\/QOS policy/i,
    {
      cause: "It asks for more than your account may have at once on this cluster.",
      advice: "Ask for less, or wait until your other jobs have ended.",
    },
  ],
  [
    /time limit/i,
    {
      cause: "It asks for more time than the partition gives.",
      advice: "Ask for less time, or for another partition.",
    },
  ],
  [
    /node configuration is not available|More processors requested|memory specification|Requested node count|is over the/i,
    {
      cause: "No node of this cluster is as large as what it asks for.",
      advice: "Ask for fewer CPUs, less memory or fewer nodes, or for another partition.",
    },
  ],
  [
    /invalid account|account\/partition|\bqos\b/i,
    {
      cause: "Slurm does not know the account or quality of service for you.",
      advice: "Leave them out, or ask who runs the cluster.",
    },
  ],
  [
    /partition/i,
    { cause: "The partition is not there, or not for you.", advice: "Choose another partition, or none." },
  ],
];

const orAsk = "Run it again, and ask who runs the cluster if it happens again.";

/** What ended a job on the cluster's side beside a node that failed; the first that matches counts. */
const byClusterFault: ByWords = [
  [
    /folder was gone/,
    {
      cause: "Its folder on the cluster was removed before or while it ran, or its node does not see that folder.",
      advice: `Look whether something of yours removes it. ${orAsk}`,
    },
  ],
  [
    /could not write into its folder|could not be opened/,
    {
      cause: "Its folder could not be written to when it started: most often a disk or a quota is full.",
      advice: `Make space on the cluster. ${orAsk}`,
    },
  ],
  [
    /no record of its own end|left no end|second start/,
    {
      cause: "It was ended from outside, or its node lost sight of its folder, so that nobody can say how far it came.",
      advice: `It is most likely not the job's fault. ${orAsk}`,
    },
  ],
  [
    /could not (?:start|be launched|be booted|be configured)/,
    { cause: "The cluster could not start it on its node. It is not the job's fault.", advice: orAsk },
  ],
];

const among = (table: ByWords, words = ""): LikelyCause | undefined =>
  table.find(([pattern]) => pattern.test(words))?.[1];

/** The likely cause of a job's failure; undefined where it did not fail. */
export function likelyCause(job: Failed): LikelyCause | undefined {
  if (job.state !== "failed") return undefined;
  const { memoryMb } = job.resources;
  switch (job.reason) {
    case "exit-code":
      return fromExitCode(job);
    case "signal":
      return withMemory(fromSignal(job.signal), job.signal === 9 ? memoryMb : undefined);
    case "out-of-memory":
      return {
        cause:
          memoryMb === undefined
            ? "Its processes together went over the memory that the cluster gives to a job that asks for none."
            : `Its processes together went over the ${sizeWords(memoryMb * 1_000_000)} a node that it had asked for.`,
        advice: "Ask for more memory, often twice as much, or let it hold less at once.",
      };
    case "time-limit":
      return outOfTime(job);
    case "node-failure":
      return (
        among(byClusterFault, job.detail) ?? {
          cause: "The computer that it ran on failed. It is most likely not the job's fault.",
          advice: again,
        }
      );
    case "preempted":
      return {
        cause: "The cluster took its place for a job of higher priority.",
        advice: `It is not the job's fault. ${again}`,
      };
    case "rejected":
      return (
        among(byRefusal, job.detail) ?? {
          cause: "The cluster did not accept what it asks for.",
          advice: "Change what the words above speak of, and run it again.",
        }
      );
    case "input-missing":
      return {
        cause: "An input is not there any more, or was changed after the job was submitted.",
        advice: "Upload the inputs anew with Edit and run.",
      };
    case "lost":
      return {
        cause: "The cluster has no record of it, as after a fault of the cluster itself.",
        advice: "What it left may still come. Otherwise run it again.",
      };
    case undefined:
      return { cause: "It did not end well; nothing more is known.", advice: readLog };
  }
}

/** A limit that the cluster shortened looks like one that was too short: what was asked for tells them apart. */
function outOfTime({ resources: { wallMinutes }, startedAt, endedAt }: Failed): LikelyCause {
  const advice = "Ask for more time, or let it do less.";
  if (wallMinutes === undefined) return { cause: "It had not ended when its time was over.", advice };
  const asked = spanWords(wallMinutes * 60_000);
  const ranMs = startedAt && endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : undefined;
  if (ranMs === undefined || ranMs >= wallMinutes * 60_000)
    return { cause: `It had not ended after the ${asked} that it had asked for.`, advice };
  return {
    cause: `The cluster ended it after ${spanWords(ranMs)}, before the ${asked} that it had asked for were over: who runs the cluster shortened its time.`,
    advice: `${again} Ask who runs the cluster if it happens again.`,
  };
}

function fromExitCode({ exitCode, application }: Failed): LikelyCause {
  if (exitCode === undefined) return { cause: "The program ended with an error.", advice: readLog };
  if (exitCode === 127 && application !== "script")
    return {
      cause: `The program ${application} was most likely not found on the cluster.`,
      advice: "Ask who runs the cluster to install it, or choose another cluster.",
    };
  return (
    byExitCode[exitCode] ?? {
      cause: `What exit code ${exitCode} means is the program's own choice.`,
      advice: readLog,
    }
  );
}

function fromSignal(signal: number | undefined): LikelyCause {
  return (
    (signal === undefined ? undefined : bySignal[signal]) ?? {
      cause: `The program was stopped by ${signal === undefined ? "a signal" : `signal ${signal}`}.`,
      advice: readLog,
    }
  );
}

function withMemory({ cause, advice }: LikelyCause, memoryMb: number | undefined): LikelyCause {
  return memoryMb === undefined
    ? { cause, advice }
    : { cause, advice: `${advice} It had ${sizeWords(memoryMb * 1_000_000)}.` };
}
