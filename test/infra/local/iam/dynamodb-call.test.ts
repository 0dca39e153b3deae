// DynamoDB's requests turned into actions, tables and keys.
import { describe, expect, it } from "vitest";
import { dynamodbCalls } from "../../../../infra/local/iam/dynamodb-call.ts";

const place = { region: "eu-west-1", account: "000000000000" };
const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/Things";
const calls = (operation: string, body: object) =>
  dynamodbCalls(operation, body as Record<string, unknown>, place, (arn) => (arn === table ? "pk" : "gsi1pk"));
const keysOf = (operation: string, body: object) =>
  calls(operation, { TableName: "Things", ...body }).map(({ context }) => context["dynamodb:LeadingKeys"]);

describe("a transaction", () => {
  it("is judged by each of its parts", () => {
    const TransactItems = [
      { Put: { TableName: "Things", Item: { pk: { S: "a" } } } },
      { ConditionCheck: { TableName: "Other", Key: { gsi1pk: { S: "b" } } } },
    ];
    const enclosing = { "dynamodb:EnclosingOperation": "TransactWriteItems" };

    expect(calls("TransactWriteItems", { TransactItems })).toEqual([
      { action: "dynamodb:PutItem", resources: [table], context: { ...enclosing, "dynamodb:LeadingKeys": ["a"] } },
      {
        action: "dynamodb:ConditionCheckItem",
        resources: [table.replace("Things", "Other")],
        context: { ...enclosing, "dynamodb:LeadingKeys": ["b"] },
      },
    ]);
    expect(() => calls("TransactWriteItems", { TransactItems: [{ constructor: {} }] })).toThrow("constructor");
  });
});

describe("a query", () => {
  const values = { ExpressionAttributeValues: { ":a": { S: "P#1" }, ":b": { S: "x" } } };

  it("has the partition key that it asks for, under whatever name", () => {
    const names = { ExpressionAttributeNames: { "#p": "pk", "#s": "sk" } };
    for (const KeyConditionExpression of ["pk = :a", "(pk=:a) AND begins_with(sk, :b)", "sk = :b AND pk = :a"]) {
      expect(keysOf("Query", { ...values, KeyConditionExpression })).toEqual([["P#1"]]);
    }
    expect(keysOf("Query", { ...values, ...names, KeyConditionExpression: "#p = :a and #s = :b" })).toEqual([["P#1"]]);
    const older = { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "P#2" }] } };
    expect(keysOf("Query", { KeyConditions: older })).toEqual([["P#2"]]);
  });

  it("is refused where its key was not understood", () => {
    expect(() => keysOf("Query", { ...values, KeyConditionExpression: "sk = :b" })).toThrow('"pk = :value"');
  });
});

it("an operation that is not known is refused, as is one that names no table", () => {
  for (const operation of ["ExecuteStatement", "GetItems", "", "toString"]) {
    expect(() => calls(operation, { TableName: "Things" })).toThrow("not served");
  }
  expect(() => calls("GetItem", {})).toThrow("TableName");
});
