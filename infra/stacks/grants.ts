// From shared/functions.ts's grants to IAM statements, each as small as it gets and named for what it allows.
import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { Grant } from "../../shared/functions.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import type { Data } from "./data.ts";
import { indexNames } from "./job-table.ts";

/** What one grant comes to. */
type Granted = {
  statements: PolicyStatement[];
  /** Where the statements name objects by a pattern. */
  objects?: { bucket: IBucket; keys: string };
};

const statement = (sid: string, actions: string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ sid, actions, resources: [...resources] });

const onObjects = (sid: string, action: string, bucket: IBucket, keys: string): Granted => ({
  statements: [statement(sid, [action], [bucket.arnForObjects(keys)])],
  objects: { bucket, keys },
});

/**
 * The IAM statements of one grant.
 * @param mailFrom address that mail comes from; without one nothing allows to send any
 */
export function granted(grant: Grant, data: Data, clusters: ClusterAccess, mailFrom: string | undefined): Granted {
  const { store, table, queues } = data;
  const indexes = indexNames.map((index) => `${table.tableArn}/index/${index}`);
  const onTable = (sid: string, action: string): Granted => ({
    statements: [statement(sid, [action], [table.tableArn])],
  });

  switch (grant) {
    case "table:read":
      return onTable("ReadTable", "dynamodb:GetItem");
    case "table:create":
      return onTable("AddToTable", "dynamodb:PutItem");
    case "table:change":
      return onTable("ChangeTable", "dynamodb:UpdateItem");
    case "table:delete":
      return onTable("DeleteFromTable", "dynamodb:DeleteItem");
    case "table:index":
      return { statements: [statement("QueryIndexes", ["dynamodb:Query"], indexes)] };
    case "inputs:put":
      return onObjects("PutUploads", "s3:PutObject", store.inputs, "uploads/*");
    case "inputs:get":
      return onObjects("GetUploads", "s3:GetObject", store.inputs, "uploads/*");
    case "results:get":
      return onObjects("GetResults", "s3:GetObject", store.results, "results/*");
    case "receipts:get":
      return onObjects("GetReceipts", "s3:GetObject", store.results, "receipts/*");
    case "results:list-receipts": {
      const list = statement("ListReceipts", ["s3:ListBucket"], [store.results.bucketArn]);
      list.addCondition("StringLike", { "s3:prefix": "receipts/*" });
      return { statements: [list] };
    }
    case "batches:put":
      return onObjects("PutBatches", "s3:PutObject", store.batches, "batches/*");
    case "dispatch:send":
      return { statements: [statement("AskForDispatch", ["sqs:SendMessage"], [queues.dispatch.queueArn])] };
    case "inputs:erase":
      return onObjects("EraseUploads", "s3:DeleteObject", store.inputs, "uploads/*");
    case "results:erase": {
      const list = statement("ListResults", ["s3:ListBucket"], [store.results.bucketArn]);
      list.addCondition("StringLike", { "s3:prefix": "results/*" });
      return {
        statements: [
          list,
          statement(
            "EraseResults",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [store.results.arnForObjects("results/*")],
          ),
        ],
        objects: { bucket: store.results, keys: "results/*" },
      };
    }
    case "mail:send": {
      if (mailFrom === undefined) return { statements: [] };
      // SES asks for the address where that is verified by itself, else for its domain; and for who is named as sender.
      const identities = [mailFrom, mailFrom.slice(mailFrom.lastIndexOf("@") + 1)];
      const arns = identities.map((name) =>
        Stack.of(table).formatArn({ service: "ses", resource: "identity", resourceName: name }),
      );
      const send = statement("SendMail", ["ses:SendEmail"], arns);
      send.addCondition("StringEquals", { "ses:FromAddress": mailFrom });
      return { statements: [send] };
    }
    case "command:send":
      // What may be run, and where: SendCommand needs both.
      return {
        statements: [
          statement("SendOurDocument", ["ssm:SendCommand"], [clusters.documentArn]),
          statement("SendToHeadNodes", ["ssm:SendCommand"], clusters.targetArns),
        ],
      };
  }
}
