// POST /v1/jobs/{id}/peek: asks the cluster to look at a running job for a minute.
import { iso } from "../../../shared/aws/clock.ts";
import type { ApiOperation } from "../parts.ts";
import { ownJob } from "./job-view.ts";
import { liveView } from "./live-view.ts";

/** How long the cluster looks, and how soon before the end of that it is asked again (seconds). */
const lookSeconds = 60;
const againSeconds = 20;

export const peekJob: ApiOperation<"peekJob"> = async ({ params, caller, parts }) => {
  const job = await ownJob(params.id, caller, parts);
  const later = (seconds: number) => iso(new Date(parts.now().getTime() + seconds * 1_000));
  const until = later(lookSeconds);
  // however many look at it, one asking at a time: whoever writes the instant sends the message
  const asked =
    job.state === "running" &&
    job.group !== undefined &&
    (await parts.jobs.peek(job.id, job.attempt, until, later(againSeconds)));
  if (asked) await parts.dispatch.ask({ cluster: job.cluster, peek: [job.id] });
  return { body: await liveView(asked ? { ...job, peekUntil: until } : job, parts) };
};
