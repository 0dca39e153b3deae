// The Lambda that learns from receipts: S3's events by way of a queue.
import "../../shared/contract/no-eval.ts";
import { clusterTable } from "../../shared/aws/cluster-table.ts";
import { readEnv } from "../../shared/aws/env.ts";
import { groupTable } from "../../shared/aws/group-table.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { objects } from "../../shared/aws/objects.ts";
import { dispatchQueue } from "../../shared/aws/queues.ts";
import { openTable } from "../../shared/aws/table.ts";
import { functions } from "../../shared/functions.ts";
import { queueHandler } from "../edge/queue.ts";
import { takeEvent } from "./take-event.ts";

const env = readEnv(functions.observe.environment);
const table = openTable(env.TABLE);
const parts = {
  jobs: jobTable(table),
  groups: groupTable(table),
  clusterTable: clusterTable(table),
  results: objects(env.RESULTS_BUCKET),
  queue: dispatchQueue(env.DISPATCH_QUEUE_URL),
};

export const handler = queueHandler({
  name: "observe",
  ordered: false,
  handle: (record) => takeEvent(record.body, parts),
});
