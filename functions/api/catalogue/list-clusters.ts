// GET /v1/clusters: where it can be run, and when each was last heard.
import type { ApiOperation } from "../parts.ts";
import { clusterView } from "./cluster-view.ts";

export const listClusters: ApiOperation<"listClusters"> = async ({ parts }) => ({
  body: {
    clusters: await Promise.all(
      parts.clusters.map(async (cluster) => clusterView(cluster, await parts.clusterTable.get(cluster.id), parts)),
    ),
  },
});
