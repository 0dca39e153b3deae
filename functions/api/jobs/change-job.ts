// PATCH /v1/jobs/{id}: what a person calls their job.
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { ApiOperation } from "../parts.ts";
import { changeOwnJob, jobView } from "./job-view.ts";

export const changeJob: ApiOperation<"changeJob"> = async ({ params, body, caller, parts }) => {
  const named = Object.entries(body).filter(([, value]) => value !== undefined);
  const changes = Object.fromEntries(named.map(([field, value]) => [field, value ?? undefined]));
  const job = await changeOwnJob(params.id, caller, parts, (one) =>
    named.some(([field]) => !isSame(one[field as keyof JobRecord], changes[field])) ? { changes } : undefined,
  );
  return { body: jobView(job) };
};

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
