// POST /v1/jobs
import type { ApiOperation } from "../parts.ts";
import { acceptJob } from "./accept-job.ts";
import { jobView } from "./job-view.ts";
import { prepareJob } from "./prepare-job.ts";

export const submitJob: ApiOperation<"submitJob"> = async ({ body, headers, caller, parts }) => {
  const draft = async () => (await prepareJob(body, caller, parts)).draft;
  return { body: jobView(await acceptJob({ key: headers["idempotency-key"], request: body, draft }, caller, parts)) };
};
