// A sweep as its one mail needs it: who is to be told, and which of its jobs have ended how.
import type { JobState, MailRequest } from "../contract/job.ts";

/** A job of a sweep as the mail names it. */
export type SweepJob = { id: string; index: number; title: string; words?: string };

export type SweepRecord = {
  id: string;
  person: string;
  size: number;
  mail: MailRequest;
  /** By index: "-" where no end is known, else the first letter of succeeded, failed, cancelled. */
  marks: string;
  /** The job of the lowest index that is known. */
  first: SweepJob;
  /** Some of those that failed. */
  failures: SweepJob[];
  /** Of the earliest of its jobs that is known. */
  createdAt: string;
  startedAt?: string;
  endedAt?: string;
  /** The first job that was seen to run, until that was told; and that it was. */
  running?: SweepJob;
  runningTold?: boolean;
  /** How many ends the last mail told of. */
  toldOf: number;
  tries?: number;
  revision: number;
};

/** What one of a sweep's jobs has to say. */
export type SweepNews = SweepJob & {
  size: number;
  mail: MailRequest;
  states: readonly JobState[];
  createdAt: string;
  startedAt?: string | undefined;
  endedAt?: string | undefined;
};

const letters: Readonly<Partial<Record<JobState, string>>> = { succeeded: "s", failed: "f", cancelled: "c" };
export const maxFailures = 20;

/** How many of a sweep's jobs ended so. */
export const ended = (sweep: SweepRecord, state?: "succeeded" | "failed" | "cancelled"): number =>
  [...sweep.marks].filter((mark) => (state ? mark === letters[state] : mark !== "-")).length;

export const isComplete = (sweep: SweepRecord): boolean => ended(sweep) >= sweep.size;

/** The sweep with the news of some of its jobs; the same news again changes nothing. */
export function withNews(
  sweep: SweepRecord | undefined,
  whose: Pick<SweepRecord, "id" | "person">,
  news: readonly SweepNews[],
): SweepRecord {
  const [one] = news;
  if (!one) throw new Error(`no news of sweep ${whose.id}`);
  const start: SweepRecord = sweep ?? {
    ...whose,
    size: one.size,
    mail: one.mail,
    marks: "",
    first: sweepJob(one),
    failures: [],
    createdAt: one.createdAt,
    toldOf: 0,
    revision: 0,
  };
  const marks = [...start.marks.padEnd(Math.max(start.size, ...news.map(({ index }) => index + 1)), "-")];
  const next = { ...start, failures: [...start.failures] };
  for (const job of news) {
    const end = job.states.findLast((state) => letters[state] !== undefined);
    if (end) marks[job.index] = letters[end] ?? "-";
    if (job.index < next.first.index) next.first = sweepJob(job);
    next.failures = next.failures.filter(({ id }) => id !== job.id);
    if (end === "failed" && next.failures.length < maxFailures) next.failures.push(sweepJob(job));
    if (job.states.includes("running") && !next.runningTold) next.running ??= sweepJob(job);
    if (job.createdAt < next.createdAt) next.createdAt = job.createdAt;
    if (job.startedAt && job.startedAt < (next.startedAt ?? "~")) next.startedAt = job.startedAt;
    if (job.endedAt && job.endedAt > (next.endedAt ?? "")) next.endedAt = job.endedAt;
  }
  return { ...next, marks: marks.join("") };
}

const sweepJob = ({ id, index, title, words }: SweepNews): SweepJob => ({
  id,
  index,
  title,
  ...(words === undefined ? {} : { words }),
});
