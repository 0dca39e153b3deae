// GET /v1/jobs/{id}
import type { ApiOperation } from "../parts.ts";
import { jobView, ownJob } from "./job-view.ts";

export const getJob: ApiOperation<"getJob"> = async ({ params, caller, parts }) => ({
  body: jobView(await ownJob(params.id, caller, parts)),
});
