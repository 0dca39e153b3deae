// The table on a real emulator, empty: dynalite, or DynamoDB Local where HEADGATE_TEST_DYNAMO says so.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type DynamoKind, startDynamo } from "../../../infra/local/dynamo/local-dynamo.ts";
import { openTable, type Table } from "../../../shared/aws/table.ts";

export const kind: DynamoKind = process.env.HEADGATE_TEST_DYNAMO === "dynamodb-local" ? "dynamodb-local" : "dynalite";

export type RealTable = { table: Table; documents: DynamoDBDocumentClient; stop(): Promise<void> };

const indexes = ["gsi1", "gsi2", "gsi3", "gsi4"] as const;

export async function startTable(): Promise<RealTable> {
  const folder = await mkdtemp(join(tmpdir(), "headgate-table-"));
  const dynamo = await startDynamo({ kind, folder, port: 0 });
  const client = new DynamoDBClient({
    endpoint: dynamo.url,
    region: "eu-west-1",
    credentials: { accessKeyId: "LOCALTEST", secretAccessKey: "x" },
  });
  const names = ["pk", "sk", ...indexes.flatMap((index) => [`${index}pk`, `${index}sk`])];
  await client.send(
    new CreateTableCommand({
      TableName: "headgate",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: indexes.map((IndexName) => ({
        IndexName,
        KeySchema: [
          { AttributeName: `${IndexName}pk`, KeyType: "HASH" as const },
          { AttributeName: `${IndexName}sk`, KeyType: "RANGE" as const },
        ],
        Projection: { ProjectionType: "ALL" as const },
      })),
    }),
  );
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    documents,
    table: openTable("headgate", documents),
    stop: async () => {
      client.destroy();
      await dynamo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
