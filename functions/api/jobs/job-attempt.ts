// One attempt of a job: the present one, or an earlier one by its number.
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";

/** The job as that attempt left it; without a number as it is. Throws `not-found` where there is no such attempt. */
export function jobAttempt(job: JobRecord, attempt: number | undefined): JobRecord {
  if (attempt === undefined || attempt === job.attempt) return job;
  const past = job.attempts?.find((one) => one.attempt === attempt);
  if (!past) throw new GatewayError("not-found", `the job has no attempt ${attempt}; its latest is ${job.attempt}`);
  const { group: _group, index: _index, location: _location, ...rest } = job;
  return { ...rest, ...past, source: past.source ?? job.source, state: "failed" };
}
