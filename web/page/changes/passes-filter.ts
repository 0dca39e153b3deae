// Whether a job is one that a filter means: the same that the API would say. Pure.
import type { Job } from "../../../shared/contract/job.ts";
import { type JobFilter, queryOf } from "../jobs/job-filter.ts";

/** `now` (ms): for days that are counted from today. */
export function passesFilter(job: Job, filter: JobFilter, now: number): boolean {
  const { since, until } = queryOf(filter, now);
  const any = (wanted: readonly string[], ...is: readonly string[]) =>
    wanted.length === 0 || is.some((one) => wanted.includes(one));
  const created = Date.parse(job.createdAt);
  return (
    any(filter.state, job.state) &&
    any(filter.application, job.application) &&
    any(filter.cluster, job.cluster) &&
    any(filter.tag, ...(job.tags ?? [])) &&
    (since === undefined || created >= Date.parse(since)) &&
    (until === undefined || created < Date.parse(until)) &&
    hasWords(job, filter.text)
  );
}

function hasWords({ id, name = "", description = "", tags = [], inputs }: Job, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const texts = [id, name, description, ...tags, ...inputs.map((input) => input.name)].map((one) => one.toLowerCase());
  return words.every((word) => texts.some((one) => one.includes(word)));
}
