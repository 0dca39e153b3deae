// The one command that a cluster may be due: groups that nobody acknowledged once more, a cancelling, a report of those that live, or of the cluster itself.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterRecord } from "../../shared/aws/cluster-table.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { afterAll } from "../../shared/aws/table.ts";
import type { GroupRecord } from "../../shared/job/job-record.ts";
import { asksAfter, nextAsking, overdue } from "../../shared/job/overdue.ts";
import { sendBatch } from "../dispatch/send-batch.ts";
import { sendCancels } from "../dispatch/send-cancels.ts";
import { sendGroups } from "../dispatch/send-groups.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

/** Where Slurm did not answer its head node, that is asked for a description this often. */
const slurmAwaySeconds = 600;

/** Sends at most one command; it is noted before it is sent, so that a crash in between only makes us wait. */
export async function askForGroups(cluster: ClusterTarget, parts: ReconcileParts, maxGroups: number): Promise<void> {
  const live = await parts.groups.quietSince(cluster.id, afterAll, maxGroups);
  const known = await parts.clusterTable.get(cluster.id);
  const now = parts.now();
  const knowledge = { ...known, asks: known.asks ?? 0 };
  const asking = nextAsking(knowledge, live, now, parts.scale);
  if (!asking || (asking.groups.length === 0 && lacksSlurm(known, now, parts.scale))) return;
  const asks = asksAfter(knowledge);
  const askedAt = iso(now);
  const askedVerb = asking.verb;
  await parts.clusterTable.note(cluster.id, {
    askedAt,
    asks,
    askedVerb,
    ...(asks === 1 ? { unansweredSince: askedAt } : {}),
  });
  const again = asking.groups.length > 0;
  const message = again ? `asking for ${asking.verb} again` : "asking for a description";
  log({ level: again ? "warn" : "info", message, cluster: cluster.id, count: asking.groups.length });
  const { verb, groups } = asking;
  if (verb === "report") return sendBatch(cluster, { verb, groups }, parts);
  const named = live.filter((group) => groups.includes(group.id));
  if (verb === "cancel") return cancelAgain(cluster, named, parts);
  await sendGroups(cluster, named, parts, async () => undefined);
}

/** Its head node said just now that Slurm does not answer it: to ask it for a description is of no use yet. */
const lacksSlurm = ({ undescribedAt }: ClusterRecord, now: Date, scale: number): boolean =>
  undescribedAt !== undefined && !overdue(undescribedAt, slurmAwaySeconds, now, scale);

async function cancelAgain(cluster: ClusterTarget, groups: readonly GroupRecord[], parts: ReconcileParts) {
  const cancelSentAt = iso(parts.now());
  for (const { id } of groups) await parts.groups.change(id, () => ({ cancelSentAt }));
  await sendCancels(cluster, groups, parts);
}
