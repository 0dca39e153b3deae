// DynamoDB's requests as IAM sees them: batches and transactions are judged by their items' actions and tables.
import type { Context } from "./conditions.ts";
import {
  type Body,
  type DerivedCall,
  objectOf,
  objectsOf,
  type Place,
  textOf,
  UnknownOperation,
} from "./derived-call.ts";

/** The name of the partition key of a table or index, by its ARN; undefined where it is not known. */
type PartitionKeyOf = (arn: string) => string | undefined;

const itemActions = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"];
const tableActions = [
  "CreateTable",
  "DeleteTable",
  "DescribeContinuousBackups",
  "DescribeTable",
  "DescribeTimeToLive",
  "UpdateContinuousBackups",
  "UpdateTable",
  "UpdateTimeToLive",
];
const accountActions = ["DescribeEndpoints", "DescribeLimits", "ListTables"];
const tagActions = ["ListTagsOfResource", "TagResource", "UntagResource"];

function tableArn(name: string, { region, account }: Place): string {
  return name.startsWith("arn:") ? name : `arn:aws:dynamodb:${region}:${account}:table/${name}`;
}

function scalar(value: unknown): string[] {
  return Object.values(objectOf(value)).filter((text) => typeof text === "string");
}

/** The values of the partition key in a Query: of an expression `name = :value`, or of the older KeyConditions. */
function queriedKeys(body: Body, key: string): string[] {
  const names = objectOf(body.ExpressionAttributeNames);
  const values = objectOf(body.ExpressionAttributeValues);
  const expression = typeof body.KeyConditionExpression === "string" ? body.KeyConditionExpression : "";
  const found = [...expression.matchAll(/([\w.#-]+)\s*=\s*(:\w+)/g)]
    .filter(([, name = ""]) => (names[name] ?? name) === key)
    .flatMap(([, , value = ""]) => scalar(values[value]));
  const older = objectsOf(objectOf(objectOf(body.KeyConditions)[key]).AttributeValueList);
  return [...found, ...older.flatMap(scalar)];
}

function leadingKeys(keyed: Body[], arn: string, partitionKeyOf: PartitionKeyOf): Context {
  const key = partitionKeyOf(arn);
  const values = key === undefined ? [] : keyed.flatMap((part) => scalar(part[key]));
  return values.length === 0 ? {} : { "dynamodb:LeadingKeys": [...new Set(values)] };
}

function options(body: Body): Context {
  const names = ["Select", "ReturnValues", "ReturnConsumedCapacity"];
  const given = names.flatMap((name) => (typeof body[name] === "string" ? [[`dynamodb:${name}`, body[name]]] : []));
  return Object.fromEntries(given);
}

function itemCall(operation: string, body: Body, place: Place, partitionKeyOf: PartitionKeyOf): DerivedCall {
  const table = tableArn(textOf(body, "TableName", operation), place);
  const arn = typeof body.IndexName === "string" ? `${table}/index/${body.IndexName}` : table;
  const key = partitionKeyOf(arn);
  const queried =
    operation === "Query" && key !== undefined ? queriedKeys(body, key).map((S) => ({ [key]: { S } })) : [];
  // An expression that was not understood must not pass as a call without keys, which ForAllValues lets in.
  if (operation === "Query" && key !== undefined && queried.length === 0) {
    throw new UnknownOperation(
      `Query needs a condition "${key} = :value", got ${JSON.stringify(body.KeyConditionExpression)}`,
    );
  }
  const keys = leadingKeys([objectOf(body.Key), objectOf(body.Item), ...queried], arn, partitionKeyOf);
  const scan: Context = operation === "Scan" ? { "dynamodb:FullTableScan": "true" } : {};
  return { action: `dynamodb:${operation}`, resources: [arn], context: { ...options(body), ...scan, ...keys } };
}

function batchCalls(operation: string, body: Body, place: Place, partitionKeyOf: PartitionKeyOf): DerivedCall[] {
  return Object.entries(objectOf(body.RequestItems)).map(([name, asked]) => {
    const arn = tableArn(name, place);
    const writes = objectsOf(asked).flatMap((one) => [objectOf(one.PutRequest).Item, objectOf(one.DeleteRequest).Key]);
    const keyed = [...objectsOf(objectOf(asked).Keys), ...writes.map(objectOf)];
    const context = { ...options(body), ...leadingKeys(keyed, arn, partitionKeyOf) };
    return { action: `dynamodb:${operation}`, resources: [arn], context };
  });
}

const transacted: Record<string, string> = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

function transactionCalls(operation: string, body: Body, place: Place, partitionKeyOf: PartitionKeyOf): DerivedCall[] {
  return objectsOf(body.TransactItems).flatMap((item) =>
    Object.entries(item).map(([kind, part]) => {
      const action = Object.hasOwn(transacted, kind) ? transacted[kind] : undefined;
      if (!action) throw new UnknownOperation(`${operation} has an unknown part "${kind}"`);
      const call = itemCall(action, objectOf(part), place, partitionKeyOf);
      return { ...call, context: { ...call.context, "dynamodb:EnclosingOperation": operation } };
    }),
  );
}

/** The calls to judge for one request. Throws UnknownOperation. */
export function dynamodbCalls(
  operation: string,
  body: Body,
  place: Place,
  partitionKeyOf: PartitionKeyOf,
): DerivedCall[] {
  const action = `dynamodb:${operation}`;
  if (itemActions.includes(operation)) return [itemCall(operation, body, place, partitionKeyOf)];
  if (operation.startsWith("Batch") && operation.endsWith("Item")) {
    return batchCalls(operation, body, place, partitionKeyOf);
  }
  if (operation.startsWith("Transact")) return transactionCalls(operation, body, place, partitionKeyOf);
  if (tableActions.includes(operation)) {
    return [{ action, resources: [tableArn(textOf(body, "TableName", operation), place)], context: {} }];
  }
  if (tagActions.includes(operation)) {
    return [{ action, resources: [textOf(body, "ResourceArn", operation)], context: {} }];
  }
  if (accountActions.includes(operation)) return [{ action, resources: ["*"], context: {} }];
  throw new UnknownOperation(`the operation ${operation} of DynamoDB is not served here`);
}
