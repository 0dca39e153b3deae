// Lays what has moved over all that the page has read: single jobs, lists of any filter, the latest ones.
import type { QueryClient } from "@tanstack/react-query";
import type { Job } from "../../../shared/contract/job.ts";
import type { Changes } from "../../client/gateway-client.ts";
import { readFilter } from "../jobs/job-filter.ts";
import { type JobListData, withChanges } from "../jobs/job-list-data.ts";
import { type Latest, latestWith } from "./latest.ts";
import { passesFilter } from "./passes-filter.ts";

/** The first words of the keys under which jobs are kept: ["job", id], ["jobs", filter], ["latest", filter, count]. */
const kinds: readonly unknown[] = ["job", "jobs", "latest"];

/** Takes jobs as they are now and the ids of deleted ones. What is known to be newer stays. */
export function takeChanges(queries: QueryClient, { jobs, deleted }: Pick<Changes, "jobs" | "deleted">): void {
  for (const job of jobs) {
    const known = queries.getQueryData<Job>(["job", job.id]);
    if (known && known.changedAt <= job.changedAt) queries.setQueryData(["job", job.id], job);
  }
  // asked for once more: the answer, that there is no such job, is then shown
  for (const id of deleted)
    if (queries.getQueryData(["job", id])) void queries.invalidateQueries({ queryKey: ["job", id], exact: true });
  const gone = new Set(deleted);
  const passing = (words: unknown) => {
    const filter = readFilter(String(words));
    const now = Date.now();
    return (job: Job) => passesFilter(job, filter, now);
  };
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: ["jobs"] }))
    queries.setQueryData<JobListData>(queryKey, (old) => old && withChanges(old, jobs, gone, passing(queryKey[1])));
  for (const { queryKey } of queries.getQueryCache().findAll({ queryKey: ["latest"] })) {
    const old = queries.getQueryData<Latest>(queryKey);
    if (!old) continue;
    const { latest, isShort } = latestWith(old, jobs, gone, passing(queryKey[1]), Number(queryKey[2]));
    queries.setQueryData(queryKey, latest);
    if (isShort) void queries.invalidateQueries({ queryKey });
  }
}

/** Has everything read anew that was read before a moment (ms). */
export function readAnew(queries: QueryClient, before: number): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey, state }) =>
      kinds.includes(queryKey[0]) && state.dataUpdatedAt > 0 && state.dataUpdatedAt < before,
  });
}
