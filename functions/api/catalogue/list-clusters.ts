// GET /v1/clusters: where it can be run, and when each was last heard.
import type { ApiOperation } from "../parts.ts";

/** A head node that was not heard for this long counts as silent; one without live jobs rests, and is not asked. */
const silentAfterMs = 35 * 60_000;

export const listClusters: ApiOperation<"listClusters"> = async ({ parts }) => {
  const clusters = await Promise.all(
    parts.clusters.map(async ({ id, name }) => {
      const known = await parts.clusterTable.get(id);
      const silent =
        known.heardAt !== undefined && known.asks !== undefined && known.asks > 0
          ? parts.now().getTime() - Date.parse(known.heardAt) > silentAfterMs
          : known.heardAt === undefined && (known.asks ?? 0) > 0;
      return {
        id,
        name,
        kind: known.kind ?? ("slurm" as const),
        ...(known.heardAt ? { heardAt: known.heardAt } : {}),
        silent,
        ...(known.notice ? { notice: known.notice } : {}),
        ...(known.partitions ? { partitions: known.partitions } : {}),
      };
    }),
  );
  return { body: { clusters } };
};
