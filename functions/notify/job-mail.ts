// The mail about one move of a job.
import type { Mail } from "../../shared/aws/mail.ts";
import type { FailureReason, JobState } from "../../shared/contract/job.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import { bodies, counted, duration, instant, oneLine, type Row, size } from "./mail-words.ts";

/** Where a mail comes from: the site's name, and the origin of its page. */
export type Site = { name: string; pageOrigin: string };

export const reasons: Readonly<Record<FailureReason, string>> = {
  "exit-code": "its program ended with an error",
  signal: "it was ended by a signal",
  "time-limit": "it ran into its time limit",
  "out-of-memory": "it used more memory than it asked for",
  "node-failure": "the node that it ran on failed",
  preempted: "the cluster gave its place to another job",
  rejected: "the cluster did not accept it",
  "input-missing": "an input was not there",
  lost: "the cluster has no trace of it",
};

export const verbs: Readonly<Partial<Record<JobState, string>>> = {
  running: "has started",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "was cancelled",
};

/** What a person calls the job. */
export const titleOf = (job: Pick<JobRecord, "name" | "application" | "id">): string =>
  oneLine(job.name ?? "", 120) || `${job.application} ${job.id}`;

/** Why a job failed, in words with its number; undefined where it did not. */
export function failureWords(job: Pick<JobRecord, "reason" | "exitCode" | "signal">): string | undefined {
  if (job.reason === undefined) return undefined;
  if (job.reason === "exit-code" && job.exitCode !== undefined)
    return `${reasons["exit-code"]}, exit code ${job.exitCode}`;
  if (job.reason === "signal" && job.signal !== undefined) return `it was ended by signal ${job.signal}`;
  return reasons[job.reason];
}

/** The mail that tells of this state, which the job is in or went through. */
export function jobMail(job: JobRecord, state: JobState, site: Site): Omit<Mail, "to"> {
  const title = titleOf(job);
  const verb = verbs[state] ?? `is ${state}`;
  const event = job.events.findLast((one) => one.state === state);
  const isPresent = job.state === state;
  const failure = state === "failed" && isPresent ? failureWords(job) : undefined;
  const detail = isPresent ? (job.detail ?? "") : (event?.cause ?? "");
  const rows: Row[] = [
    ["Job", title],
    ["Application", `${job.application} ${job.version}`],
    ["Cluster", job.cluster],
    ["State", failure ? `${state}: ${failure}` : state],
    ...row("Detail", oneLine(detail, 500)),
    ...row("Attempt", job.attempt > 1 ? `${job.attempt}` : ""),
    ...row("Slurm", job.slurmId ?? ""),
    ...timesOf(job, state, event?.at),
    ...row("Results", state === "running" ? "" : resultsOf(job)),
  ];
  const sentence = `Your job "${title}" ${verb}${failure ? `: ${failure}` : ""}.`;
  const links: Row[] = [["Look at the job", `${site.pageOrigin}/jobs/${job.id}`]];
  return {
    subject: oneLine(`${title} ${verb} - ${site.name}`, 200),
    ...bodies({ sentence, rows, links, site: oneLine(site.name, 100) }),
  };
}

const row = (label: string, line: string): Row[] => (line === "" ? [] : [[label, line]]);

function timesOf(job: JobRecord, state: JobState, at: string | undefined): Row[] {
  if (state === "running") return row("Started", instant(job.startedAt ?? at ?? job.changedAt));
  const ended = row("Ended", instant(job.endedAt ?? at ?? job.changedAt));
  const ran = duration(job.startedAt, job.endedAt);
  return [...(job.startedAt ? row("Started", instant(job.startedAt)) : []), ...ended, ...row("Ran for", ran ?? "")];
}

function resultsOf({ results }: JobRecord): string {
  if (results.state === "available") return `${counted(results.files ?? 0, "file")}, ${size(results.bytes ?? 0)}`;
  if (results.state === "pending") return "still being collected";
  return oneLine(`${results.state}${results.reason ? `: ${results.reason}` : ""}`, 300);
}
