// Whether an end that Headgate tells is the one that happened, by Slurm's own record and the job's own lines.
import type { FailureReason } from "../../shared/contract/job.ts";
import type { Written } from "./ledger-record.ts";
import { type Ended, isFenced } from "./slurm-record.ts";

/** An attempt as the API tells it. */
export type ToldEnd = {
  state: string;
  reason?: FailureReason | undefined;
  exitCode?: number | undefined;
  signal?: number | undefined;
};

export type Evidence = {
  /** Slurm's lines of the member. */
  record: readonly Ended[];
  written: Written;
  /** What the job exits with where it comes to its end. */
  exit: number;
  /** slurmctld was away at some time of the member's life: it may have forgotten it, whole or for a while. */
  forgettable: boolean;
};

/** Undefined where the told end is right; words where it is not. */
export function faultOf(told: ToldEnd, { record, written, exit, forgettable }: Evidence): string | undefined {
  const own = record.filter((ended) => !isFenced(ended));
  const fenced = record.length > own.length;
  const has = (state: string, more: (ended: Ended) => boolean = () => true) =>
    own.some((ended) => ended.state === state && more(ended));
  const ended = written.ends > 0;
  // where slurmctld forgot the job, or gave it up without anybody's wish, its record cannot speak: the job's own words count
  const unspoken =
    (forgettable || has("CANCELLED")) && !has("COMPLETED") && !has("FAILED", ({ code }) => code === exit && exit !== 0);
  const words = own.map(({ state, code, signal }) => `${state} ${code}:${signal}`).join(", ") || "nothing";
  const wrong = (why: string) =>
    `${told.state} ${told.reason ?? ""}: ${why}; Slurm's record has ${words}${fenced ? " and fenced starts" : ""}, the ledger ${written.begins} begins and ${written.ends} ends`;
  if (told.state === "succeeded") {
    if (exit !== 0) return wrong(`it exits with ${exit}`);
    if (!ended) return wrong("it never came to its end");
    return has("COMPLETED") || unspoken ? undefined : wrong("Slurm does not say so");
  }
  if (told.state === "cancelled") return wrong("nobody cancelled it");
  switch (told.reason) {
    case "exit-code":
      if (exit === 0) {
        // slurmd's own death may be told as the job's
        return has("FAILED", ({ code }) => code === told.exitCode) ? undefined : wrong("it exits with 0");
      }
      if (told.exitCode !== exit) return wrong(`it exits with ${exit}, not ${told.exitCode}`);
      return has("FAILED", ({ code }) => code === exit) || (unspoken && ended)
        ? undefined
        : wrong("Slurm does not say so");
    case "signal":
      return has("FAILED", ({ signal }) => signal === told.signal) ? undefined : wrong("Slurm does not say so");
    case "node-failure":
      if (has("NODE_FAIL")) return undefined;
      return (forgettable || fenced || has("CANCELLED")) && !has("COMPLETED")
        ? undefined
        : wrong("Slurm does not say so");
    case "time-limit":
      return has("TIMEOUT") ? undefined : wrong("Slurm does not say so");
    case "out-of-memory":
      return has("OUT_OF_MEMORY") ? undefined : wrong("Slurm does not say so");
    case "preempted":
      return has("PREEMPTED") ? undefined : wrong("Slurm does not say so");
    default:
      return wrong("nothing in this campaign ends so");
  }
}
