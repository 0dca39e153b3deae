// The jobs that were read so far for one filter: pages by cursor, kept in order while single jobs change.
import type { InfiniteData } from "@tanstack/react-query";
import type { Job } from "../../../shared/contract/job.ts";
import type { JobsPage } from "../../client/gateway-client.ts";

/** Where a page begins: undefined for the first. */
export type PageStart = { cursor?: string; limit: number };
export type JobListData = InfiniteData<JobsPage, PageStart>;

/** Every job that was read, each once, the latest changed first. */
export function jobsOf(data: JobListData | undefined): Job[] {
  const jobs = new Map<string, Job>();
  for (const page of data?.pages ?? [])
    for (const job of page.jobs) {
      const other = jobs.get(job.id);
      if (!other || other.changedAt <= job.changedAt) jobs.set(job.id, job);
    }
  return [...jobs.values()].sort((a, b) => compare(b.changedAt, a.changedAt) || compare(b.id, a.id));
}

/** How many jobs were looked through so far, and whether there are more. */
export function progressOf(data: JobListData | undefined): { seen: number; more: boolean } {
  const pages = data?.pages ?? [];
  return { seen: pages.reduce((sum, page) => sum + page.seen, 0), more: pages.at(-1)?.cursor !== undefined };
}

/**
 * The list after its beginning was read again. A job that should be within it and is not is gone, or does not pass the
 * filter any more. What is known beyond it stays; where nothing of the new beginning was known, so much has changed that
 * the list starts anew from it.
 */
export function withBeginning(data: JobListData, beginning: JobsPage): JobListData {
  const fresh: JobListData = { pages: [beginning], pageParams: data.pageParams.slice(0, 1) };
  if (beginning.cursor === undefined) return fresh;
  const known = new Set(data.pages.flatMap(({ jobs }) => jobs.map(({ id }) => id)));
  const inIt = new Set(beginning.jobs.map(({ id }) => id));
  if (known.size > 0 && inIt.size > 0 && ![...inIt].some((id) => known.has(id))) return fresh;
  const isGone = (job: Job) => !inIt.has(job.id) && !isBeyond(job, beginning);
  const gone = new Set(jobsOf(data).flatMap((job) => (isGone(job) ? [job.id] : [])));
  const [first, ...rest] = withoutJobs(withJobs(data, beginning.jobs), gone).pages;
  if (!first) return fresh;
  const added = beginning.jobs.filter(({ id }) => !known.has(id));
  return { pages: [{ ...first, jobs: [...added, ...first.jobs] }, ...rest], pageParams: data.pageParams };
}

/** Whether a job as it is known comes after all that a beginning holds. */
export function isBeyond(job: Job, beginning: JobsPage): boolean {
  const last = beginning.jobs.at(-1);
  if (beginning.cursor === undefined) return false;
  return last === undefined || job.changedAt <= last.changedAt;
}

/** The list with jobs as they are now. Others are left as they are; none is added. */
export function withJobs(data: JobListData, jobs: readonly Job[]): JobListData {
  const now = new Map(jobs.map((job) => [job.id, job]));
  const pages = data.pages.map((page) => ({ ...page, jobs: page.jobs.map((job) => now.get(job.id) ?? job) }));
  return { ...data, pages };
}

/** The list without some jobs. */
export function withoutJobs(data: JobListData, ids: ReadonlySet<string>): JobListData {
  const pages = data.pages.map((page) => ({ ...page, jobs: page.jobs.filter(({ id }) => !ids.has(id)) }));
  return { ...data, pages };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
