// Jobs to cancel: noted on their groups, so that a lost command is found, then asked of the head node in one batch.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { awaitsCancel } from "../../shared/job/cancel.ts";
import { withCancels } from "../../shared/job/group-marks.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { GroupRecord } from "../../shared/job/job-record.ts";
import type { DispatchParts } from "./parts.ts";
import { sendCancels } from "./send-cancels.ts";

const atOnce = 24;

/** What was not asked for, has ended or never came into a group of that cluster is passed over. */
export async function takeCancels(ids: readonly string[], cluster: ClusterTarget, parts: DispatchParts): Promise<void> {
  const found = await inTurns(ids, atOnce, (id) => parts.jobs.get(id));
  const indices = new Map<string, number[]>();
  for (const job of found) {
    if (!job || job.cluster !== cluster.id || !awaitsCancel(job)) continue;
    indices.set(job.group, [...(indices.get(job.group) ?? []), job.index]);
  }
  const groups = await inTurns([...indices], atOnce, ([id, members]) => noteCancels(id, members, parts));
  await sendCancels(
    cluster,
    groups.filter((group) => group !== undefined),
    parts,
  );
  // from here on the group is what reconcile looks at
  await inTurns(ids, atOnce, (id) =>
    parts.jobs.change(id, (job) =>
      awaitsCancel(job) && indices.has(job.group) && !job.cancelNoted ? { changes: { cancelNoted: true } } : undefined,
    ),
  );
}

async function noteCancels(
  id: string,
  members: readonly number[],
  { groups, now }: DispatchParts,
): Promise<GroupRecord | undefined> {
  const at = iso(now());
  const group = await groups.change(id, (one) =>
    one.stage === "closed" ? undefined : { cancels: withCancels(one, members), cancelSentAt: at },
  );
  return group?.stage === "closed" ? undefined : group;
}
