// One cluster: hear its heartbeat, read again what events may have lost, ask again for what is overdue.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { afterAll } from "../../shared/aws/table.ts";
import { ulid } from "../../shared/aws/ulid.ts";
import { askForGroups } from "./ask-for-groups.ts";
import { giveUpUnknown } from "./give-up-unknown.ts";
import { hearHeartbeat } from "./hear-heartbeat.ts";
import type { ReconcileParts } from "./parts.ts";
import { rereadReceipts } from "./reread-receipts.ts";
import { resendCancels } from "./resend-cancels.ts";
import { resendSubmitted } from "./resend-submitted.ts";

/** Longer than the function may run (seconds): a lease that was not given back ends by itself. */
const leaseSeconds = 65;
const maxGroups = 500;

/** Does nothing where another run is at this cluster. */
export async function reconcileCluster(cluster: ClusterTarget, parts: ReconcileParts): Promise<void> {
  const holder = ulid(parts.now());
  const start = parts.now();
  const until = iso(new Date(start.getTime() + leaseSeconds * 1_000));
  if (!(await parts.clusterTable.lease(cluster.id, holder, iso(start), until))) return;
  try {
    await hearHeartbeat(cluster.id, parts);
    await resendSubmitted(cluster.id, parts);
    await resendCancels(cluster.id, parts);
    const live = await parts.groups.quietSince(cluster.id, afterAll, maxGroups);
    if (live.length > 0) await rereadReceipts(cluster.id, live, parts);
    await giveUpUnknown(live, parts);
    await askForGroups(cluster, parts, maxGroups);
  } finally {
    await parts.clusterTable.release(cluster.id, holder);
  }
}
