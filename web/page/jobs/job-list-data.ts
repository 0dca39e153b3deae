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
  return [...jobs.values()].sort(byLatestChange);
}

/** The latest changed first. */
export function byLatestChange(a: Job, b: Job): number {
  return compare(b.changedAt, a.changedAt) || compare(b.id, a.id);
}

/** How many jobs were looked through so far, and whether there are more. */
export function progressOf(data: JobListData | undefined): { seen: number; more: boolean } {
  const pages = data?.pages ?? [];
  return { seen: pages.reduce((sum, page) => sum + page.seen, 0), more: pages.at(-1)?.cursor !== undefined };
}

/**
 * The list after jobs moved: those that it holds are as they are now, those that came to pass its filter are added, those
 * that do not any more, and those that are gone, are taken out. What is known to be newer stays.
 */
export function withChanges(
  data: JobListData,
  jobs: readonly Job[],
  gone: ReadonlySet<string>,
  passes: (job: Job) => boolean,
): JobListData {
  const known = new Map(jobsOf(data).map((job) => [job.id, job]));
  const now = jobs.map((job) => newerOf(known.get(job.id), job));
  const out = new Set([...gone, ...now.flatMap((job) => (passes(job) ? [] : [job.id]))]);
  const added = now.filter(({ id }) => !known.has(id) && !out.has(id));
  const [first, ...rest] = withoutJobs(withJobs(data, now), out).pages;
  if (!first) return data;
  const beginning = { ...first, jobs: [...added, ...first.jobs], seen: first.seen + added.length };
  return { pages: [beginning, ...rest], pageParams: data.pageParams };
}

/** The one that changed later; the second where they changed at once. */
export function newerOf(one: Job | undefined, other: Job): Job {
  return one && one.changedAt > other.changedAt ? one : other;
}

/** The list with jobs as they are now. Others are left as they are; none is added. */
function withJobs(data: JobListData, jobs: readonly Job[]): JobListData {
  const now = new Map(jobs.map((job) => [job.id, job]));
  const pages = data.pages.map((page) => ({ ...page, jobs: page.jobs.map((job) => now.get(job.id) ?? job) }));
  return { ...data, pages };
}

/** The list without some jobs. */
function withoutJobs(data: JobListData, ids: ReadonlySet<string>): JobListData {
  const pages = data.pages.map((page) => ({ ...page, jobs: page.jobs.filter(({ id }) => !ids.has(id)) }));
  return { ...data, pages };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
