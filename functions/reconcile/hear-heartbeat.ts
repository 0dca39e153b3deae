// The heartbeat: one overwritten object, aged by S3's own clock.
import type { ClusterDescription } from "../../shared/aws/cluster-table.ts";
import { Heartbeat, heartbeatKey } from "../../shared/headnode/receipt.ts";
import { canonicalJson } from "../../shared/job/groups.ts";
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
  const known = await clusterTable.get(cluster);
  const at = object.modifiedAt.toISOString();
  await clusterTable.heard(cluster, at);
  const said = saidBy(heartbeat);
  const when = said.partitions ? "describedAt" : "undescribedAt";
  const lasted = Date.parse(at) - Date.parse(known[when] ?? "1970-01-01T00:00:00.000Z");
  if (isNews(said, known) || lasted > notedEveryMs) await clusterTable.describe(cluster, { ...said, [when]: at });
}

/** What is not said, since Slurm did not answer, is no news of the cluster. */
const saidBy = ({ kind, partitions, maxArraySize, folders }: Heartbeat): ClusterDescription => ({
  kind,
  ...(partitions ? { partitions } : {}),
  ...(maxArraySize === undefined ? {} : { maxArraySize }),
  ...(folders ? { folders } : {}),
});

/** The table gives the fields of what it holds in an order of its own. */
const isNews = (said: ClusterDescription, known: ClusterDescription): boolean =>
  Object.entries(said).some(
    ([name, value]) => canonicalJson(value) !== canonicalJson(known[name as keyof ClusterDescription]),
  );

function parsed(bytes: Uint8Array): Heartbeat | undefined {
  try {
    return Heartbeat.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).data;
  } catch {
    return undefined;
  }
}
