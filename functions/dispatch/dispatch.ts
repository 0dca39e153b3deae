// The Lambda that sends what was submitted to the clusters: one message at a time, and all that waits for its cluster.
import "../../shared/contract/no-eval.ts";
import { clock } from "../../shared/aws/clock.ts";
import { clusterTable } from "../../shared/aws/cluster-table.ts";
import { commands } from "../../shared/aws/commands.ts";
import { parseClusters, readEnv } from "../../shared/aws/env.ts";
import { groupTable } from "../../shared/aws/group-table.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { objects } from "../../shared/aws/objects.ts";
import { openTable } from "../../shared/aws/table.ts";
import { functions } from "../../shared/functions.ts";
import { queueHandler } from "../edge/queue.ts";
import { takeMessage } from "./take-message.ts";

const env = readEnv(functions.dispatch.environment);
const table = openTable(env.TABLE);
const clusters = parseClusters(env.CLUSTERS);
const parts = {
  jobs: jobTable(table),
  groups: groupTable(table),
  clusterTable: clusterTable(table),
  inputs: objects(env.INPUTS_BUCKET),
  batches: objects(env.BATCHES_BUCKET),
  commands: commands(env.DOCUMENT),
  now: clock,
};

export const handler = queueHandler({
  name: "dispatch",
  ordered: true,
  handle: (record) => takeMessage(record.body, clusters, parts),
});
