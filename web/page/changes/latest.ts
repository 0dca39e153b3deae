// The few latest jobs of a kind, kept right while jobs move. Pure.
import type { Job } from "../../../shared/contract/job.ts";
import type { JobsPage } from "../../client/gateway-client.ts";
import { byLatestChange, newerOf } from "../jobs/job-list-data.ts";

/** `cursor`: there are more than these. */
export type Latest = JobsPage;

/** The latest `count` after jobs moved. `isShort`: there are more to be read in the places of those that left. */
export function latestWith(
  latest: Latest,
  jobs: readonly Job[],
  gone: ReadonlySet<string>,
  passes: (job: Job) => boolean,
  count: number,
): { latest: Latest; isShort: boolean } {
  const known = new Map(latest.jobs.map((job) => [job.id, job]));
  for (const job of jobs) known.set(job.id, newerOf(known.get(job.id), job));
  const all = [...known.values()].filter((job) => !gone.has(job.id) && passes(job)).sort(byLatestChange);
  const cursor = latest.cursor ?? (all.length > count ? "more" : undefined);
  const kept = all.slice(0, count);
  const isShort = kept.length < Math.min(count, latest.jobs.length) && latest.cursor !== undefined;
  return { latest: { jobs: kept, seen: latest.seen, ...(cursor === undefined ? {} : { cursor }) }, isShort };
}

/** Jobs of `list` but those that the other list, read at another moment, has as they were later. */
export function unlessNewerIn(other: readonly Job[], list: readonly Job[]): Job[] {
  const others = new Map(other.map((job) => [job.id, job]));
  return list.filter((job) => newerOf(others.get(job.id), job) === job);
}
