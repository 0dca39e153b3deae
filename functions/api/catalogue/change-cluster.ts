// PATCH /v1/clusters/{cluster}: what an operator says of it, and whether it takes new jobs.
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";
import { clusterView } from "./cluster-view.ts";

export const changeCluster: ApiOperation<"changeCluster"> = async ({ params, body, parts }) => {
  const cluster = parts.clusters.find(({ id }) => id === params.cluster);
  if (!cluster) throw new GatewayError("not-found", `there is no cluster ${params.cluster}`);
  const said = {
    ...(body.notice === undefined ? {} : { notice: body.notice ?? undefined }),
    ...(body.accept === undefined ? {} : { accept: body.accept }),
  };
  return { body: clusterView(cluster, await parts.clusterTable.say(cluster.id, said), parts) };
};
