// GET /v1/jobs: one's own jobs, the latest changed first. A job that changes while one pages may be met again or moved ahead.

import type { Job } from "../../../shared/contract/job.ts";
import { cursorOf, placeOf } from "../cursor.ts";
import type { ApiOperation } from "../parts.ts";
import { changedSince, jobFilter } from "./job-filter.ts";
import { jobView } from "./job-view.ts";

const place = /^JOB#[0-9TZ:.-]{20,30}#[0-9A-HJKMNP-TV-Z]{26}$/;
/** A filter may pass over many jobs: one answer reads at most this many pages of the index. */
const maxReads = 10;
/** A page of the index (1 MB at most) where many are looked through for a few. */
const searchedAtOnce = 200;
/** Lambda answers at most 6 MB. */
const maxAnswerBytes = 4_000_000;

export const listJobs: ApiOperation<"listJobs"> = async ({ query, caller, parts }) => {
  const isMeant = jobFilter(query);
  const atOnce = isMeant ? Math.max(query.limit, searchedAtOnce) : query.limit;
  const since = changedSince(query);
  const jobs: Job[] = [];
  let cursor = placeOf(query.cursor, place);
  let bytes = 0;
  let seen = 0;
  for (let reads = 0; reads < maxReads; reads += 1) {
    const page = await parts.jobs.ofPerson(caller.person.id, atOnce, cursor, since);
    cursor = page.cursor;
    for (const job of page.jobs) {
      seen += 1;
      if (isMeant?.(job) === false) continue;
      const view = jobView(job);
      bytes += Buffer.byteLength(JSON.stringify(view));
      jobs.push(view);
      if (jobs.length === query.limit || bytes > maxAnswerBytes) {
        const more = cursor !== undefined || job !== page.jobs.at(-1);
        return { body: { jobs, ...cursorOf(more ? `JOB#${job.changedAt}#${job.id}` : undefined), seen } };
      }
    }
    if (cursor === undefined) break;
  }
  return { body: { jobs, ...cursorOf(cursor), seen } };
};
