// The cluster that a submission means.
import type { ClusterTarget } from "../../../shared/aws/env.ts";
import { GatewayError, shortened } from "../../../shared/contract/problem.ts";

/** The cluster of that id; without an id the first of the site. Throws `unknown-cluster`. */
export function findCluster(id: string | undefined, clusters: readonly ClusterTarget[]): ClusterTarget {
  const found = id === undefined ? clusters[0] : clusters.find((cluster) => cluster.id === id);
  if (found) return found;
  const accepted = `one of ${clusters.map((cluster) => cluster.id).join(", ")}`;
  throw new GatewayError("unknown-cluster", `there is no cluster ${id}; accepted is ${accepted}`, {
    issues: [{ field: "cluster", value: shortened(id) ?? "", accepted }],
  });
}
