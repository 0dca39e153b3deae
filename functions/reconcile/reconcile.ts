// The Lambda that finds what was lost: each minute it asks again for whatever is overdue, cluster by cluster.
import "../../shared/contract/no-eval.ts";
import { clock } from "../../shared/aws/clock.ts";
import { clusterTable } from "../../shared/aws/cluster-table.ts";
import { commands } from "../../shared/aws/commands.ts";
import { parseClusters, parseScale, readEnv } from "../../shared/aws/env.ts";
import { groupTable } from "../../shared/aws/group-table.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { objects } from "../../shared/aws/objects.ts";
import { dispatchQueue } from "../../shared/aws/queues.ts";
import { openTable } from "../../shared/aws/table.ts";
import { functions } from "../../shared/functions.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";
import { reconcileCluster } from "./reconcile-cluster.ts";

const env = readEnv(functions.reconcile.environment);
const table = openTable(env.TABLE);
const clusters = parseClusters(env.CLUSTERS);
const parts: ReconcileParts = {
  jobs: jobTable(table),
  groups: groupTable(table),
  clusterTable: clusterTable(table),
  inputs: objects(env.INPUTS_BUCKET),
  batches: objects(env.BATCHES_BUCKET),
  results: objects(env.RESULTS_BUCKET),
  commands: commands(env.DOCUMENT),
  queue: dispatchQueue(env.DISPATCH_QUEUE_URL),
  scale: parseScale(env.SCALE),
  now: clock,
};

/** One cluster's fault stops no other; the schedule comes again by itself. */
export async function handler(): Promise<void> {
  await Promise.all(
    clusters.map(async (cluster) => {
      try {
        await reconcileCluster(cluster, parts);
      } catch (error) {
        log({ level: "error", message: "reconcile failed", cluster: cluster.id, error });
      }
    }),
  );
}
