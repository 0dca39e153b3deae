// A cluster as the API shows it, and whether it takes new jobs.
import type { ClusterRecord } from "../../../shared/aws/cluster-table.ts";
import type { ClusterTarget } from "../../../shared/aws/env.ts";
import type { Cluster, Partition } from "../../../shared/contract/catalogue.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { silentSince } from "../../../shared/job/overdue.ts";
import type { ApiParts } from "../parts.ts";

type Timing = Pick<ApiParts, "now" | "scale">;

/** What is known of it, with how it was configured. */
export function clusterView({ id, name }: ClusterTarget, known: ClusterRecord, { now, scale }: Timing): Cluster {
  const { kind = "slurm", heardAt, notice, accept, folders } = known;
  const partitions = knownPartitions(known, now());
  const since = silentSince(known, now(), scale);
  return {
    id,
    name,
    kind,
    ...(heardAt ? { heardAt } : {}),
    silent: since !== undefined,
    ...(since === undefined ? {} : { silentSince: since }),
    ...(notice ? { notice } : {}),
    ...(accept ? { accept } : {}),
    ...(folders ? { folders } : {}),
    ...(partitions ? { partitions } : {}),
  };
}

/** Whether a partition is up may change at any moment; its limits hardly ever do (milliseconds). */
const freshMs = 10 * 60_000;

/** The partitions as last described. Whether each is up is only said where that was heard of lately. */
export function knownPartitions(known: ClusterRecord, now: Date): Partition[] | undefined {
  const { partitions, describedAt } = known;
  if (describedAt !== undefined && now.getTime() - Date.parse(describedAt) <= freshMs) return partitions;
  return partitions?.map(({ up: _, ...lasting }) => lasting);
}

/** Throws `cluster-closed` where it accepts no new jobs now, with why and what to do. */
export function requireOpen(cluster: ClusterTarget, known: ClusterRecord, { now, scale }: Timing): void {
  const { accept = "always", notice } = known;
  const since = silentSince(known, now(), scale);
  if (accept === "always" || (accept === "unless-silent" && since === undefined)) return;
  const why =
    accept === "never"
      ? "takes no new jobs until an administrator opens it again"
      : `has not answered since ${since}, and takes no new jobs until it does`;
  const words = notice ? ` Its administrators say: ${notice}` : "";
  throw new GatewayError(
    "cluster-closed",
    `${cluster.name} (${cluster.id}) ${why}; choose another cluster, or try later.${words}`,
    {
      issues: [{ field: "cluster", value: JSON.stringify(cluster.id), accepted: "a cluster that takes new jobs" }],
    },
  );
}
