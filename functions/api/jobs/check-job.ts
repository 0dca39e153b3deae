// POST /v1/jobs/check: all that submitting would find out, and the script to read; nothing is written.
import { scriptText } from "../../../shared/application/script-text.ts";
import type { ApiOperation } from "../parts.ts";
import { prepareJob } from "./prepare-job.ts";

export const checkJob: ApiOperation<"checkJob"> = async ({ body, caller, parts }) => {
  const { draft, rendered } = await prepareJob(body, caller, parts);
  const { application, version, cluster, parameters, resources } = draft;
  return { body: { application, version, cluster, parameters, resources, script: scriptText(rendered) } };
};
