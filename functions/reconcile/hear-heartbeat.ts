// The heartbeat: one overwritten object, aged by S3's own clock.
import { Heartbeat, heartbeatKey } from "../../shared/headnode/receipt.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

const maxHeartbeatBytes = 100_000;
/** A description that says nothing new is noted this often (ms). */
const notedEveryMs = 60_000;

/** Notes when the head node was last heard and what it says that the cluster has. */
export async function hearHeartbeat(
  cluster: string,
  { results, clusterTable }: Pick<ReconcileParts, "results" | "clusterTable">,
): Promise<void> {
  const object = await results.readSmall(heartbeatKey(cluster), maxHeartbeatBytes);
  if (object === undefined) return;
  const heartbeat = object === "too large" ? undefined : parsed(object.bytes);
  if (!heartbeat || object === "too large" || heartbeat.cluster !== cluster) {
    log({ level: "warn", message: "dropped a heartbeat of another form", cluster });
    return;
  }
  const { kind, partitions, folders } = heartbeat;
  const known = await clusterTable.get(cluster);
  const describedAt = object.modifiedAt.toISOString();
  await clusterTable.heard(cluster, describedAt);
  const isNews =
    JSON.stringify([kind, partitions, folders]) !== JSON.stringify([known.kind, known.partitions, known.folders]);
  const lasted = Date.parse(describedAt) - Date.parse(known.describedAt ?? "1970-01-01T00:00:00.000Z");
  if (isNews || lasted > notedEveryMs)
    await clusterTable.describe(cluster, { kind, partitions, describedAt, ...(folders ? { folders } : {}) });
}

function parsed(bytes: Uint8Array): Heartbeat | undefined {
  try {
    return Heartbeat.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).data;
  } catch {
    return undefined;
  }
}
