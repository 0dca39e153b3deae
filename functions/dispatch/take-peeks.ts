// Jobs that somebody looks at: their places in their groups and until when, to the head node in one batch.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import type { GroupPeek } from "../../shared/headnode/batch.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { DispatchParts } from "./parts.ts";
import { sendBatch } from "./send-batch.ts";

const atOnce = 24;

/** What does not run there, or is looked at no more, is passed over. */
export async function takePeeks(ids: readonly string[], cluster: ClusterTarget, parts: DispatchParts): Promise<void> {
  const now = iso(parts.now());
  const groups = new Map<string, GroupPeek>();
  for (const job of await inTurns([...new Set(ids)], atOnce, (id) => parts.jobs.get(id))) {
    if (job?.state !== "running" || job.cluster !== cluster.id || job.deletedAt !== undefined) continue;
    const { group, index, peekUntil } = job;
    if (group === undefined || index === undefined || peekUntil === undefined || peekUntil <= now) continue;
    const known = groups.get(group) ?? { group, members: [], until: peekUntil };
    const until = known.until > peekUntil ? known.until : peekUntil;
    groups.set(group, { group, members: [...known.members, index], until });
  }
  if (groups.size > 0) await sendBatch(cluster, { verb: "peek", groups: [...groups.values()] }, parts);
}
