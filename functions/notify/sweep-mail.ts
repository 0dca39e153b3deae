// The mails about a sweep: its first job runs, and all of its jobs have ended.
import type { Mail } from "../../shared/aws/mail.ts";
import { ended, type SweepJob, type SweepRecord } from "../../shared/job/sweep-record.ts";
import type { Site } from "./job-mail.ts";
import { bodies, counted, duration, instant, oneLine, type Row } from "./mail-words.ts";

const linked = 10;

/** The mail that tells of the first job that runs. */
export function sweepStartedMail(sweep: SweepRecord, running: SweepJob, site: Site): Omit<Mail, "to"> {
  const title = sweep.first.title;
  const sentence = `The first of the ${counted(sweep.size, "job")} of your sweep "${title}" has started.`;
  return {
    subject: oneLine(`${title}: the first of ${counted(sweep.size, "job")} has started - ${site.name}`, 200),
    ...bodies({
      sentence,
      rows: [["Sweep", title], ...started(sweep)],
      links: [["Look at the job that runs", urlOf(running, site)]],
      site: oneLine(site.name, 100),
    }),
  };
}

/** The one mail of a sweep's end, with how its jobs ended. */
export function sweepEndedMail(sweep: SweepRecord, site: Site): Omit<Mail, "to"> {
  const title = sweep.first.title;
  const [succeeded, failed, cancelled] = [ended(sweep, "succeeded"), ended(sweep, "failed"), ended(sweep, "cancelled")];
  const counts = [
    [succeeded, "succeeded"],
    [failed, "failed"],
    [cancelled, "cancelled"],
  ].flatMap(([count, word]) => (count ? `${count} ${word}` : []));
  const all = ended(sweep);
  const missing = sweep.size - all;
  const rows: Row[] = [
    ["Sweep", title],
    ["Jobs", `${all}: ${counts.join(", ")}`],
    ...(missing > 0 ? [["Not submitted", `${missing} of ${sweep.size}, or deleted since`] as Row] : []),
    ...started(sweep),
    ...(sweep.endedAt ? [["Ended", instant(sweep.endedAt)] as Row] : []),
    ...(sweep.startedAt && sweep.endedAt ? [["Took", duration(sweep.startedAt, sweep.endedAt) ?? ""] as Row] : []),
    ...sweep.failures.map((job): Row => [`Failed (${job.index + 1})`, named(job)]),
    ...(failed > sweep.failures.length ? [["Failed", `and ${failed - sweep.failures.length} more`] as Row] : []),
  ];
  const failures = sweep.failures.slice(0, linked);
  const links: Row[] = [
    ["Look at the first job", urlOf(sweep.first, site)],
    ...failures.map((job): Row => [`Look at job ${job.index + 1}, which failed`, urlOf(job, site)]),
  ];
  const sentence = `${missing > 0 ? `The ${counted(all, "job")}` : `All ${counted(all, "job")}`} of your sweep "${title}" ${all === 1 ? "has" : "have"} ended: ${counts.join(", ")}.`;
  return {
    subject: oneLine(`${title}: ${counted(all, "job")} ended, ${counts.join(", ")} - ${site.name}`, 200),
    ...bodies({ sentence, rows, links, site: oneLine(site.name, 100) }),
  };
}

const urlOf = ({ id }: SweepJob, site: Site): string => `${site.pageOrigin}/jobs/${id}`;
const named = ({ title, words }: SweepJob): string => (words ? `${title}: ${words}` : title);
const started = (sweep: SweepRecord): Row[] => (sweep.startedAt ? [["Started", instant(sweep.startedAt)]] : []);
