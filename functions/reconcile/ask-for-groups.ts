// The one command that a cluster may be due: groups that nobody acknowledged once more, a cancelling, a report of those that live, or of the cluster itself.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { afterAll } from "../../shared/aws/table.ts";
import type { GroupRecord } from "../../shared/job/job-record.ts";
import { asksAfter, nextAsking } from "../../shared/job/overdue.ts";
import { sendBatch } from "../dispatch/send-batch.ts";
import { sendCancels } from "../dispatch/send-cancels.ts";
import { sendGroups } from "../dispatch/send-groups.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

/** Sends at most one command; it is noted before it is sent, so that a crash in between only makes us wait. */
export async function askForGroups(cluster: ClusterTarget, parts: ReconcileParts, maxGroups: number): Promise<void> {
  const live = await parts.groups.quietSince(cluster.id, afterAll, maxGroups);
  const known = await parts.clusterTable.get(cluster.id);
  const now = parts.now();
  const knowledge = { ...known, asks: known.asks ?? 0 };
  const asking = nextAsking(knowledge, live, now, parts.scale);
  if (!asking) return;
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

async function cancelAgain(cluster: ClusterTarget, groups: readonly GroupRecord[], parts: ReconcileParts) {
  const cancelSentAt = iso(parts.now());
  for (const { id } of groups) await parts.groups.change(id, () => ({ cancelSentAt }));
  await sendCancels(cluster, groups, parts);
}
