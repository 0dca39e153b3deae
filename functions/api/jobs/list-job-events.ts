// GET /v1/jobs/{id}/events: a job's timeline, in the order in which it was learned.
import type { ApiOperation } from "../parts.ts";
import { ownJob } from "./job-view.ts";

export const listJobEvents: ApiOperation<"listJobEvents"> = async ({ params, caller, parts }) => ({
  body: { events: (await ownJob(params.id, caller, parts)).events },
});
