// What the stand-in does with one job: changed, cancelled, run again, deleted as the API does it.
import type { Job } from "../../shared/contract/job.ts";
import { bulkStubJobs } from "./stub-jobs.ts";

type Answer = { status: number; body?: unknown };

/** The answer of PATCH and DELETE /v1/jobs/{id}, and of POST …/cancel and …/rerun; undefined: none of them was asked. */
export function changeStubJob(jobs: Job[], job: Job, asked: string, text: string): Answer | undefined {
  const at = jobs.indexOf(job);
  const sent = JSON.parse(text || "{}") as Partial<Record<keyof Job, unknown>>;
  switch (asked) {
    case "PATCH ": {
      const set = Object.entries({ ...job, ...sent }).filter(([, value]) => value !== null);
      jobs[at] = { ...(Object.fromEntries(set) as Job), changedAt: new Date().toISOString() };
      return { status: 200, body: jobs[at] };
    }
    case "DELETE ":
      jobs.splice(at, 1);
      return { status: 204 };
    // a job that runs is cancelled once the cluster has heard of it
    case "POST cancel":
      jobs[at] = { ...job, cancelRequestedAt: new Date().toISOString() };
      return { status: 200, body: jobs[at] };
    case "POST rerun":
      bulkStubJobs(jobs, { action: "rerun", jobs: [job.id] });
      return { status: 201, body: jobs[0] };
    default:
      return undefined;
  }
}
