// The template's tables: made where they are not there yet, straight at the emulator.
import { setTimeout as sleep } from "node:timers/promises";
import { objectsOf } from "../template/properties.ts";
import type { Resource } from "../template/stack.ts";

const signed =
  "AWS4-HMAC-SHA256 Credential=LOCALHOST/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00";

async function call(
  url: string,
  operation: string,
  body: unknown,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "x-amz-date": "20260101T000000Z",
      authorization: signed,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

/** Throws with the emulator's own words where a table cannot be made. */
export async function createTables(url: string, tables: readonly Resource[]): Promise<void> {
  for (const { names, properties: p } of tables) {
    const TableName = names.ref;
    const there = await call(url, "DescribeTable", { TableName });
    if (there.status === 200) continue;
    const indexes = objectsOf(p.GlobalSecondaryIndexes).map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    }));
    const made = await call(url, "CreateTable", {
      TableName,
      AttributeDefinitions: p.AttributeDefinitions,
      KeySchema: p.KeySchema,
      BillingMode: "PAY_PER_REQUEST",
      ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
    });
    if (made.status !== 200) throw new Error(`table ${TableName} could not be made: ${JSON.stringify(made.answer)}`);
    for (let tries = 0; tries < 200; tries++) {
      const { answer } = await call(url, "DescribeTable", { TableName });
      if ((answer.Table as { TableStatus?: string } | undefined)?.TableStatus === "ACTIVE") break;
      await sleep(20);
    }
  }
}
