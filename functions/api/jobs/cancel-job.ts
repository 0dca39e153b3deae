// POST /v1/jobs/{id}/cancel: at once where no group has the job, else asked of its cluster.
import { iso } from "../../../shared/aws/clock.ts";
import { awaitsCancel, cancel } from "../../../shared/job/cancel.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { Caller } from "../../edge/operation.ts";
import type { ApiOperation, ApiParts } from "../parts.ts";
import { changeOwnJob, jobView } from "./job-view.ts";

export const cancelJob: ApiOperation<"cancelJob"> = async ({ params, caller, parts }) => {
  const job = await requestCancel(params.id, caller, parts);
  await askForCancel([job], parts);
  return { body: jobView(job) };
};

/** Writes the wish down; returns the job as it is then. The cluster is yet to be told (askForCancel). */
export function requestCancel(id: string, caller: Caller, parts: ApiParts): Promise<JobRecord> {
  const at = iso(parts.now());
  return changeOwnJob(id, caller, parts, (job) => cancel(job, at));
}

/** One message to each cluster that has some of these jobs yet to cancel; one too many does no harm. */
export async function askForCancel(jobs: readonly JobRecord[], parts: ApiParts): Promise<void> {
  const byCluster = new Map<string, string[]>();
  for (const job of jobs.filter(awaitsCancel))
    byCluster.set(job.cluster, [...(byCluster.get(job.cluster) ?? []), job.id]);
  for (const [cluster, ids] of byCluster) await parts.dispatch.ask({ cluster, cancel: ids });
}
