// Where everything lies: the buckets, the table and the queues.
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { EventType } from "aws-cdk-lib/aws-s3";
import { SqsDestination } from "aws-cdk-lib/aws-s3-notifications";
import { Construct } from "constructs";
import { jobTable } from "./job-table.ts";
import { ObjectStore } from "./object-store.ts";
import { Queues } from "./queues.ts";

export class Data extends Construct {
  readonly store: ObjectStore;
  readonly table: Table;
  readonly queues: Queues;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.store = new ObjectStore(this, "Store");
    this.table = jobTable(this, "Table");
    this.queues = new Queues(this, "Queues");
    // The heartbeat lies below receipts/ too, without .json: it starts nothing.
    this.store.results.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(this.queues.receipts), {
      prefix: "receipts/",
      suffix: ".json",
    });
  }
}
