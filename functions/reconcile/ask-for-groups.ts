// The one command that a cluster may be due: groups that nobody acknowledged once more, or a report of those that live.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { afterAll } from "../../shared/aws/table.ts";
import { ulid } from "../../shared/aws/ulid.ts";
import { Batch, batchKey } from "../../shared/headnode/batch.ts";
import { asksAfter, nextAsking } from "../../shared/job/overdue.ts";
import { sendGroups } from "../dispatch/send-groups.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

/** A report batch is good for this long (seconds). */
const reportSeconds = 3_600;

/** Sends at most one command; it is noted before it is sent, so that a crash in between only makes us wait. */
export async function askForGroups(cluster: ClusterTarget, parts: ReconcileParts, maxGroups: number): Promise<void> {
  const live = await parts.groups.quietSince(cluster.id, afterAll, maxGroups);
  const known = await parts.clusterTable.get(cluster.id);
  const now = parts.now();
  const knowledge = { ...known, asks: known.asks ?? 0 };
  const asking = nextAsking(knowledge, live, now, parts.scale);
  if (!asking) return;
  await parts.clusterTable.note(cluster.id, { askedAt: iso(now), asks: asksAfter(knowledge) });
  log({ level: "warn", message: `asking for ${asking.verb} again`, cluster: cluster.id, count: asking.groups.length });
  if (asking.verb === "report") return report(cluster, asking.groups, parts);
  const again = live.filter((group) => asking.groups.includes(group.id));
  await sendGroups(cluster, again, parts, async () => undefined);
}

async function report(cluster: ClusterTarget, groups: string[], parts: ReconcileParts): Promise<void> {
  const now = parts.now();
  const batch = ulid(now);
  const notAfter = iso(new Date(now.getTime() + reportSeconds * 1_000));
  const body = Batch.parse({ version: 1, batch, cluster: cluster.id, notAfter, verb: "report", groups });
  await parts.batches.put(batchKey(cluster.id, batch), JSON.stringify(body), "application/json");
  await parts.commands.run(cluster.target, batch);
}
