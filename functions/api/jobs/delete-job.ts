// DELETE /v1/jobs/{id}: a live job is cancelled first; then it is not there for anybody.
import { iso } from "../../../shared/aws/clock.ts";
import type { Caller } from "../../edge/operation.ts";
import type { ApiOperation, ApiParts } from "../parts.ts";
import { askForCancel, requestCancel } from "./cancel-job.ts";
import { changeOwnJob } from "./job-view.ts";

export const deleteJob: ApiOperation<"deleteJob"> = async ({ params, caller, parts }) => {
  // the cluster is told before the job is gone: afterwards nobody could ask again
  await askForCancel([await requestCancel(params.id, caller, parts)], parts);
  await buryJob(params.id, caller, parts);
  return {};
};

/** Makes a tombstone of the caller's job, which is to have been cancelled, and asks for its files to be erased. */
export async function buryJob(id: string, caller: Caller, parts: ApiParts): Promise<void> {
  await changeOwnJob(id, caller, parts, () => {
    // as late as can be: pollers are told of it by this instant
    const deletedAt = iso(parts.now());
    return { changes: { deletedAt, eraseAt: deletedAt } };
  });
}
