// GET /v1/jobs/{id}/live: the latest look at a running job.
import type { ApiOperation } from "../parts.ts";
import { ownJob } from "./job-view.ts";
import { liveView } from "./live-view.ts";

export const getLiveJob: ApiOperation<"getLiveJob"> = async ({ params, caller, parts }) => ({
  body: await liveView(await ownJob(params.id, caller, parts), parts),
});
