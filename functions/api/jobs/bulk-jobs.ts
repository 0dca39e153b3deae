// POST /v1/jobs/bulk: one thing done to each of some jobs; what goes wrong with one stops no other.
import { type BulkRequest, type BulkResult, maxTags } from "../../../shared/contract/job.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { type OperationId, routes } from "../../../shared/contract/routes.ts";
import { inTurns } from "../../../shared/job/in-turns.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { log } from "../../edge/log.ts";
import type { Caller } from "../../edge/operation.ts";
import { problemOf } from "../../edge/problem-answer.ts";
import type { ApiOperation, ApiParts } from "../parts.ts";
import { askForCancel, requestCancel } from "./cancel-job.ts";
import { buryJob } from "./delete-job.ts";
import { changeOwnJob, jobView } from "./job-view.ts";
import { rerun } from "./rerun-job.ts";

const atOnce = 8;

/** The operation that does the same to one job: its problems are those of a bulk result. */
const alone = {
  cancel: "cancelJob",
  delete: "deleteJob",
  rerun: "rerunJob",
  tag: "changeJob",
  untag: "changeJob",
} as const satisfies Record<BulkRequest["action"], OperationId>;

export const bulkJobs: ApiOperation<"bulkJobs"> = async ({ body, headers, caller, parts }) => {
  const ids = [...new Set(body.jobs)];
  const { action } = body;
  const each = (task: (id: string) => Promise<JobRecord | undefined>) =>
    inTurns(ids, atOnce, (id) => resultOf(id, action, () => task(id)));
  if (action !== "cancel" && action !== "delete") {
    const one = (id: string) => changed(id, body, headers["idempotency-key"], caller, parts);
    return { body: { results: await each(one) } };
  }
  const asked: JobRecord[] = [];
  const cancelled = await each(async (id) => {
    const job = await requestCancel(id, caller, parts);
    asked.push(job);
    return job;
  });
  await askForCancel(asked, parts);
  if (action === "cancel") return { body: { results: cancelled } };
  const results = await inTurns(cancelled, atOnce, async (result): Promise<BulkResult> => {
    if (!result.ok) return result;
    return await resultOf(result.job, action, async () => void (await buryJob(result.job, caller, parts)));
  });
  return { body: { results } };
};

function changed(
  id: string,
  { action, tag = "" }: BulkRequest,
  key: string | undefined,
  caller: Caller,
  parts: ApiParts,
): Promise<JobRecord> {
  // with a space no key of a person's own can be the same
  if (action === "rerun") return rerun(id, {}, key === undefined ? undefined : `${key} ${id}`, caller, parts);
  return changeOwnJob(id, caller, parts, ({ tags = [] }) => {
    if (tags.includes(tag) === (action === "tag")) return undefined;
    if (action === "untag") return { changes: { tags: tags.filter((one) => one !== tag) } };
    if (tags.length < maxTags) return { changes: { tags: [...tags, tag] } };
    throw new GatewayError("invalid-request", `the job has ${tags.length} tags; accepted are at most ${maxTags}`);
  });
}

async function resultOf(
  job: string,
  action: BulkRequest["action"],
  task: () => Promise<JobRecord | undefined>,
): Promise<BulkResult> {
  try {
    const is = await task();
    return { job, ok: true, ...(is ? { is: jobView(is) } : {}) };
  } catch (error) {
    const { instance: _, ...problem } = problemOf(error, routes[alone[action]], "");
    if (problem.status >= 500) log({ level: "error", message: `bulk ${action} failed`, job, error });
    return { job, ok: false, problem };
  }
}
