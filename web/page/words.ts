// Facts about jobs in words for people.
import type { FailureReason, Job, JobState } from "../../shared/contract/job.ts";
import { signalWords } from "../../shared/slurm/ending-words.ts";

/** What a state is called on the page. */
export const stateWords: Record<JobState, string> = {
  held: "Held",
  submitted: "Submitted",
  dispatched: "On its way",
  queued: "In the queue",
  running: "Running",
  collecting: "Collecting results",
  succeeded: "Succeeded",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** Every state, in the order of a life. */
export const states = Object.keys(stateWords) as JobState[];

const reasonWords: Record<FailureReason, string> = {
  "exit-code": "the program ended with an error",
  signal: "the program was stopped by a signal",
  "time-limit": "it ran into its time limit",
  "out-of-memory": "it needed more memory than it had asked for",
  "node-failure": "the node that it ran on failed",
  preempted: "the cluster stopped it in favour of another job",
  rejected: "the cluster did not accept it",
  "input-missing": "an input could not be brought to the cluster",
  lost: "the cluster knows nothing of it any more",
};

/** One sentence on how a job stands. */
export function jobSentence(job: Job, clusterName: string): string {
  switch (job.state) {
    case "held":
      return "It waits until it may be sent to the cluster.";
    case "submitted":
      return `It has been accepted and will be sent to ${clusterName}.`;
    case "dispatched":
      return `It has been sent to ${clusterName}.`;
    case "queued":
      return `It waits in the queue of ${clusterName}.`;
    case "running":
      return `It runs on ${clusterName}.`;
    case "collecting":
      return "It has ended; its results are being collected.";
    case "succeeded":
      return job.results.state === "pending"
        ? "It has ended well; its results are on their way."
        : "It has ended well.";
    case "failed":
      return reasonSentence(job);
    case "cancelled":
      return "It was cancelled.";
  }
}

/** Why a job or one of its attempts failed: "The node that it ran on failed." */
export function reasonSentence(ended: Pick<Job, "reason" | "exitCode" | "signal" | "detail">): string {
  return sentence(failure(ended));
}

function failure(job: Pick<Job, "reason" | "exitCode" | "signal" | "detail">): string {
  if (job.reason === "exit-code" && job.exitCode !== undefined)
    return `the program ended with exit code ${job.exitCode}`;
  if (job.reason === "signal" && job.signal !== undefined)
    return `the program was stopped by ${signalWords(job.signal)}`;
  if (job.reason === "node-failure" && !/NODE_FAIL|BOOT_FAIL/.test(job.detail ?? "NODE_FAIL"))
    return "it was ended by a fault of the cluster";
  return job.reason ? reasonWords[job.reason] : "it did not end well";
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** What there is of results: "5 files, 12.3 kB". */
export function resultsWords(results: Job["results"]): string {
  if (results.state === "pending") return "not yet";
  if (results.state !== "available") return results.state;
  const files = results.files ?? 0;
  const count = files === 1 ? "1 file" : `${files.toLocaleString("en")} files`;
  return results.bytes === undefined ? count : `${count}, ${sizeWords(results.bytes)}`;
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A size in decimal units with three digits: "812 B", "1.23 MB". */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be shown as 1000
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const shown = unit === 0 || value >= 99.95 ? Math.round(value).toString() : value.toPrecision(3);
  return `${shown} ${units[unit]}`;
}

/** A span of time: "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return two(whole, 60, "min", "s");
  if (whole < 86_400) return two(Math.round(whole / 60), 60, "h", "min");
  return two(Math.round(whole / 3_600), 24, "d", "h");
}

function two(value: number, base: number, large: string, small: string): string {
  const rest = value % base;
  return rest === 0 ? `${Math.floor(value / base)} ${large}` : `${Math.floor(value / base)} ${large} ${rest} ${small}`;
}

/** A moment in local time: the time alone where it is today, the date too where it is not. */
export function momentWords(iso: string, now: Date = new Date()): string {
  const moment = new Date(iso);
  const time = moment.toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
  if (moment.toDateString() === now.toDateString()) return time;
  return `${moment.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" })}, ${time.slice(0, 5)}`;
}

/** The same moment in UTC: "2026-01-02 03:04:05 UTC". */
export function utcWords(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** What a job is called: its own name, or its application's. */
export function jobTitle(job: Pick<Job, "name" | "application">): string {
  return job.name ?? `Unnamed ${job.application} job`;
}
