// The one table, by lib-dynamodb: single-item conditional writes, no transactions.
//
// | thing           | pk                       | sk      | gsi1 (by person)                       | gsi2 (by cluster and due time)                              |
// |-----------------|--------------------------|---------|----------------------------------------|-------------------------------------------------------------|
// | job             | JOB#<id>                 | JOB     | PERSON#<person> · JOB#<changedAt>#<id> (c) | CLUSTER#<cluster>#<shard> · SUBMITTED#<since>#<id> or CANCEL#<since>#<id> (a) |
// | group           | GROUP#<id>               | GROUP   |                                        | CLUSTER#<cluster>#<shard> · FORMING#… or GROUP#<newsAt>#<id> (b) |
// | person          | PERSON#<id>              | PERSON  | PEOPLE · PERSON#<handle>               |                                                             |
// | identity        | IDENTITY#<issuer>#<sub>  | PERSON  |                                        |                                                             |
// | handle          | HANDLE#<handle>          | PERSON  |                                        |                                                             |
// | e-mail          | EMAIL#<e-mail, lower>    | PERSON  |                                        |                                                             |
// | administrator   | SITE                     | ADMIN   | (the first one: seeded once)           |                                                             |
// | API token       | TOKEN#<sha256 of it>     | TOKEN   | PERSON#<person> · TOKEN#<id>           |                                                             |
// | idempotency key | KEY#<person>#<key>       | KEY     |                                        |                                                             |
// | cluster         | CLUSTER#<id>             | CLUSTER |                                        |                                                             |
// | sweep           | SWEEP#<person>#<id>      | SWEEP   |                                        |                                                             |
//
// (a) only while submitted, or while its cancelling is not yet noted on its group; (b) FORMING until the command was
// sent, GROUP until the group is closed; (c) GONE#<deletedAt>#<id> once it is deleted. gsi4 holds what is to be done by
// the minute, whatever it is of: MAIL#<shard> · <due at>#<id> of jobs and sweeps whose owner is yet to be told, and
// ERASE#<shard> · <when>#<id> of deleted jobs whose files are yet to be erased, then FORGET#<shard> · <when>#<id> while
// their clusters are yet to be asked again to remove their folders. gsi3 is reserved (owner, project or shared-with). The
// shard is the last character of the id modulo 4.
// ElectroDB is not used: it adds 280 KB to a bundle whose aim is 700 KB (measured: 615 KB with it, 336 KB without).
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { errorName, serviceFault } from "./fault.ts";

export type Key = { pk: string; sk: string };
export type Item = Record<string, unknown>;
export type Condition = { text: string; values?: Item; names?: Record<string, string> };

export type Index = "gsi1" | "gsi2" | "gsi4";

export type QueryRequest = {
  index: Index;
  pk: string;
  /** First and last sort key, both inclusive. */
  from: string;
  to: string;
  descending?: boolean;
  limit?: number;
  /** Goes on after this item of the index. */
  after?: Item | undefined;
};

export const absent: Condition = { text: "attribute_not_exists(pk)" };

export type Table = ReturnType<typeof openTable>;

/** The table of that name. Every method throws GatewayError `unavailable` or `internal` where the service fails. */
export function openTable(
  name: string,
  client: Pick<DynamoDBDocumentClient, "send"> = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  }),
) {
  const guarded = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw serviceFault("DynamoDB", error);
    }
  };
  /** False where the condition did not hold. */
  const conditional = async (run: () => Promise<unknown>): Promise<boolean> => {
    try {
      await run();
      return true;
    } catch (error) {
      if (errorName(error) === "ConditionalCheckFailedException") return false;
      throw serviceFault("DynamoDB", error);
    }
  };

  return {
    /** A consistent read of one item. */
    get: (key: Key): Promise<Item | undefined> =>
      guarded(async () => {
        const { Item: item } = await client.send(new GetCommand({ TableName: name, Key: key, ConsistentRead: true }));
        return item;
      }),

    put: (item: Key & Item, condition: Condition): Promise<boolean> =>
      conditional(() =>
        client.send(
          new PutCommand({
            TableName: name,
            Item: item,
            ConditionExpression: condition.text,
            ...(condition.values ? { ExpressionAttributeValues: condition.values } : {}),
            ...(condition.names ? { ExpressionAttributeNames: condition.names } : {}),
          }),
        ),
      ),

    /** Sets attributes, and removes those whose value is undefined. */
    update: (key: Key, changes: Item, condition: Condition): Promise<boolean> => {
      const { text, names, values } = updateExpression(changes);
      const allValues = { ...values, ...condition.values };
      return conditional(() =>
        client.send(
          new UpdateCommand({
            TableName: name,
            Key: key,
            UpdateExpression: text,
            ConditionExpression: condition.text,
            ExpressionAttributeNames: { ...names, ...condition.names },
            ...(Object.keys(allValues).length > 0 ? { ExpressionAttributeValues: allValues } : {}),
          }),
        ),
      );
    },

    remove: (key: Key, condition: Condition): Promise<boolean> =>
      conditional(() =>
        client.send(
          new DeleteCommand({
            TableName: name,
            Key: key,
            ConditionExpression: condition.text,
            ...(condition.values ? { ExpressionAttributeValues: condition.values } : {}),
            ...(condition.names ? { ExpressionAttributeNames: condition.names } : {}),
          }),
        ),
      ),

    /** One page of an index (eventually consistent); `last` is where to go on, absent at the end. */
    query: (request: QueryRequest): Promise<{ items: Item[]; last: Item | undefined }> =>
      guarded(async () => {
        const { index, pk, from, to, descending, limit, after } = request;
        const input: QueryCommandInput = {
          TableName: name,
          IndexName: index,
          KeyConditionExpression: "#pk = :pk AND #sk BETWEEN :from AND :to",
          ExpressionAttributeNames: { "#pk": `${index}pk`, "#sk": `${index}sk` },
          ExpressionAttributeValues: { ":pk": pk, ":from": from, ":to": to },
          ScanIndexForward: !descending,
          ...(limit ? { Limit: limit } : {}),
          ...(after ? { ExclusiveStartKey: after } : {}),
        };
        const answer = await client.send(new QueryCommand(input));
        return { items: answer.Items ?? [], last: answer.LastEvaluatedKey };
      }),
  };
}

function updateExpression(changes: Item): { text: string; names: Record<string, string>; values: Item } {
  const names: Record<string, string> = {};
  const values: Item = {};
  const set: string[] = [];
  const remove: string[] = [];
  for (const [index, [attribute, value]] of Object.entries(changes).entries()) {
    names[`#u${index}`] = attribute;
    if (value === undefined) remove.push(`#u${index}`);
    else {
      values[`:u${index}`] = value;
      set.push(`#u${index} = :u${index}`);
    }
  }
  const text = [set.length > 0 ? `SET ${set.join(", ")}` : "", remove.length > 0 ? `REMOVE ${remove.join(", ")}` : ""]
    .filter((part) => part !== "")
    .join(" ");
  return { text, names, values };
}

/** An item without its keys. */
export function withoutKeys(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !keyNames.has(name)));
}
const keyNames = new Set(["pk", "sk", ...[1, 2, 3, 4].flatMap((n) => [`gsi${n}pk`, `gsi${n}sk`])]);

/** Shards of due things. A later release may add some, never take some away. */
const shards = [0, 1, 2, 3] as const;

/** The partition key of a due thing, by its id. */
export const shardKey = (name: string, id: string): string =>
  `${name}#${Number.parseInt(id.slice(-1), 36) % shards.length}`;

/** Partition key of a cluster's due things, by the id of the thing. */
export const dueKey = (cluster: string, id: string): string => shardKey(`CLUSTER#${cluster}`, id);

/** Partition key of mail that is due, by the id of the job or sweep that it tells of. */
export const mailKey = (id: string): string => shardKey("MAIL", id);
export const mailKeys: readonly string[] = shards.map((shard) => `MAIL#${shard}`);

/** Everything of one cluster whose gsi2 sort key lies between two bounds, oldest first, at most `limit` items. */
export const queryDue = (table: Table, cluster: string, from: string, to: string, limit: number): Promise<Item[]> =>
  queryShards(table, { index: "gsi2", name: `CLUSTER#${cluster}`, from, to, limit });

/** Everything of all shards of a name whose sort key lies between two bounds, oldest first, at most `limit` items. */
export async function queryShards(
  table: Table,
  { index, name, from, to, limit }: { index: Index; name: string; from: string; to: string; limit: number },
): Promise<Item[]> {
  const found = await Promise.all(
    shards.map(async (shard) => {
      const items: Item[] = [];
      let after: Item | undefined;
      do {
        const page = await table.query({ index, pk: `${name}#${shard}`, from, to, limit, after });
        items.push(...page.items);
        after = page.last;
      } while (after && items.length < limit);
      return items;
    }),
  );
  const key = (item: Item) => String(item[`${index}sk`]);
  return found
    .flat()
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .slice(0, limit);
}

/** Sorts after every character that a key may hold. */
export const afterAll = "~";
