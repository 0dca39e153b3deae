// POST /v1/jobs/{id}/rerun: a new job with the inputs of an old one.
import { mergeResources } from "../../../shared/application/merge-resources.ts";
import type { Site } from "../../../shared/contract/catalogue.ts";
import type { JobRerun, JobSubmission } from "../../../shared/contract/job.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { Caller } from "../../edge/operation.ts";
import type { ApiOperation, ApiParts } from "../parts.ts";
import { acceptJob } from "./accept-job.ts";
import { jobView, ownJob } from "./job-view.ts";
import { prepareJob } from "./prepare-job.ts";

export const rerunJob: ApiOperation<"rerunJob"> = async ({ params, body, headers, caller, parts }) => ({
  body: jobView(await rerun(params.id, body, headers["idempotency-key"], caller, parts)),
});

/** Throws `not-found`, or what submitting the same by hand would. */
export function rerun(
  id: string,
  changes: JobRerun,
  key: string | undefined,
  caller: Caller,
  parts: ApiParts,
): Promise<JobRecord> {
  const draft = async () => {
    const submission = again(await ownJob(id, caller, parts), changes, parts.site);
    return (await prepareJob(submission, caller, parts)).draft;
  };
  return acceptJob({ key, request: { rerun: id, ...changes }, draft }, caller, parts);
}

/**
 * The submission that this job was, with what is to be otherwise: of a sweep one job by itself, and without its mail
 * where the site sends none any more.
 */
function again(
  old: JobRecord,
  { parameters, resources, name = old.name }: JobRerun,
  site: Pick<Site, "mail">,
): JobSubmission {
  const { application, version, cluster, description, tags, projectId, retry, mail } = old;
  return {
    application,
    version,
    cluster,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    ...(projectId === undefined ? {} : { projectId }),
    parameters: { ...old.parameters, ...parameters },
    resources: mergeResources(old.resources, resources ?? {}),
    inputs: old.inputs.map(({ upload, name: file }) => ({ upload, name: file })),
    ...(retry === undefined ? {} : { retry }),
    ...(mail === undefined || !site.mail ? {} : { mail }),
    rerunOf: old.id,
  };
}
