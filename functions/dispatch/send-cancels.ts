// Asking a head node to cancel members of groups: all of a group that were asked for and have not settled.
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { openCancels } from "../../shared/job/group-marks.ts";
import type { GroupRecord } from "../../shared/job/job-record.ts";
import type { DispatchParts } from "./parts.ts";
import { sendBatch } from "./send-batch.ts";

/** Sends one command, or none where nothing is left to cancel. */
export async function sendCancels(
  cluster: ClusterTarget,
  groups: readonly GroupRecord[],
  parts: Pick<DispatchParts, "batches" | "commands" | "now">,
): Promise<void> {
  const asked = groups
    .map((group) => ({ group, members: openCancels(group) }))
    .filter(({ members }) => members.length > 0)
    .map(({ group, members }) =>
      members.length === group.members.length ? { group: group.id } : { group: group.id, members },
    );
  if (asked.length > 0) await sendBatch(cluster, { verb: "cancel", groups: asked }, parts);
}
