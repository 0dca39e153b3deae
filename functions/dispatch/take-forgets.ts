// Jobs that were deleted: the places of all their attempts, whose folders the head node is to remove, in one batch.
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { DispatchParts } from "./parts.ts";
import { sendBatch } from "./send-batch.ts";

const atOnce = 24;

/** What is not deleted, lies elsewhere or never came into a group is passed over. */
export async function takeForgets(ids: readonly string[], cluster: ClusterTarget, parts: DispatchParts): Promise<void> {
  const indices = new Map<string, Set<number>>();
  for (const job of await inTurns(ids, atOnce, (id) => parts.jobs.get(id))) {
    if (!job || job.cluster !== cluster.id || job.deletedAt === undefined) continue;
    for (const { group, index } of [...(job.attempts ?? []), job])
      if (group !== undefined && index !== undefined)
        indices.set(group, new Set([...(indices.get(group) ?? []), index]));
  }
  const groups = [...indices].map(([group, members]) => ({ group, members: [...members] }));
  if (groups.length > 0) await sendBatch(cluster, { verb: "forget", groups }, parts);
}
