// Front doors with the real SDK before real emulators.
import { createServer, request as httpRequest, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import {
  CognitoIdentityProviderClient,
  ListUsersCommand,
  SignUpCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { buildApp } from "fauxqs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CallFault } from "../../../../infra/local/events/call-faults.ts";
import { type FrontDoor, type FrontRequest, startFrontDoor } from "../../../../infra/local/iam/front-door.ts";
import { createJudge, type Principal, type Statement, type UsageEntry } from "../../../../infra/local/iam/judge.ts";

// dynalite has no types.
const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)("dynalite");
const place = { region: "eu-west-1", account: "000000000000" };
const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/Things";
const queue = "arn:aws:sqs:eu-west-1:000000000000:Q";
const node = "mi-00000000000000001";

function principal(name: string, judged: boolean, Statement: Statement[]): Principal {
  return {
    name,
    accessKeyId: `LOCAL${name.toUpperCase().padEnd(16, "X")}`,
    secretAccessKey: `secret of ${name}`,
    sessionToken: `token/of+${name}==`,
    role: judged ? `${name}Role` : undefined,
    policies: [{ Version: "2012-10-17", Statement }],
    judged,
  };
}

const host = principal("host", false, []);
const api = principal("api", true, [
  {
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"],
    Resource: table,
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["P#*"] } },
  },
  { Effect: "Allow", Action: "dynamodb:Query", Resource: `${table}/index/gsi1` },
  { Effect: "Allow", Action: ["sqs:SendMessage", "sqs:GetQueueUrl"], Resource: queue },
  { Effect: "Allow", Action: "ssm:SendCommand", Resource: "arn:aws:ssm:eu-west-1:000000000000:document/Ours" },
  {
    Effect: "Allow",
    Action: "ssm:SendCommand",
    Resource: `arn:aws:ssm:eu-west-1:000000000000:managed-instance/${node}`,
  },
]);

const entries: UsageEntry[] = [];
const judge = createJudge({ principals: [host, api], record: (entry) => entries.push(entry) });
const servers: Server[] = [];
const doors: FrontDoor[] = [];
let reached: FrontRequest[] = [];

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function door(
  service: "dynamodb" | "sqs" | "ssm" | "cognito-idp",
  upstream: Parameters<typeof startFrontDoor>[0]["upstream"],
  more: Pick<Parameters<typeof startFrontDoor>[0], "disturber"> = {},
) {
  const resourceContext = (arn: string) =>
    arn === table ? { partitionKey: "pk" } : arn.startsWith(table) ? { partitionKey: "gsi1pk" } : {};
  const opened = await startFrontDoor({ service, port: 0, upstream, judge, ...place, resourceContext, ...more });
  doors.push(opened);
  return opened.url;
}

function as({ accessKeyId, secretAccessKey, sessionToken }: Principal, endpoint: string) {
  return {
    endpoint,
    region: place.region,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  };
}

let dynamo: string;
let sqs: string;
let ssm: string;
let cognito: string;

beforeAll(async () => {
  dynamo = await door("dynamodb", await listen(dynalite({ createTableMs: 0 })));
  const fauxqs = buildApp({ logger: false, defaultRegion: place.region });
  await fauxqs.listen({ port: 0, host: "127.0.0.1" });
  servers.push(fauxqs.server);
  const fauxqsUrl = `http://127.0.0.1:${(fauxqs.server.address() as AddressInfo).port}`;
  await fetch(fauxqsUrl, {
    method: "POST",
    headers: { "x-amz-target": "AmazonSQS.CreateQueue", "content-type": "application/x-amz-json-1.0" },
    body: JSON.stringify({ QueueName: "Q" }),
  });
  sqs = await door("sqs", fauxqsUrl);
  ssm = await door("ssm", async (request) => {
    reached.push(request);
    return { status: 200, body: JSON.stringify({ Command: { CommandId: "c" } }) };
  });
  cognito = await door("cognito-idp", async (request) => {
    reached.push(request);
    return { status: 200, body: JSON.stringify({ UserSub: "s" }) };
  });
  await new DynamoDBClient(as(host, dynamo)).send(
    new CreateTableCommand({
      TableName: "Things",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: ["pk", "gsi1pk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      GlobalSecondaryIndexes: [
        {
          IndexName: "gsi1",
          KeySchema: [{ AttributeName: "gsi1pk", KeyType: "HASH" }],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
});

afterAll(async () => {
  await Promise.all(doors.map((opened) => opened.close()));
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

beforeEach(() => {
  entries.length = 0;
  reached = [];
});

const uses = () =>
  entries.map(({ action, resource, allowed }) => `${allowed ? "" : "refused "}${action} ${resource.split(":")[5]}`);

describe("DynamoDB's door", () => {
  it("lets in what the role allows, items and all", async () => {
    const client = new DynamoDBClient(as(api, dynamo));
    const Item = { pk: { S: "P#1" }, gsi1pk: { S: "é\u0001" }, text: { S: "$() 'ü'\n" } };
    await client.send(new PutItemCommand({ TableName: "Things", Item }));
    const found = await client.send(new GetItemCommand({ TableName: "Things", Key: { pk: { S: "P#1" } } }));
    await client.send(
      new BatchWriteItemCommand({ RequestItems: { Things: [{ PutRequest: { Item: { pk: { S: "P#2" } } } }] } }),
    );
    const both = await client.send(
      new BatchGetItemCommand({ RequestItems: { Things: { Keys: [{ pk: { S: "P#1" } }, { pk: { S: "P#2" } }] } } }),
    );

    expect(found.Item).toEqual(Item);
    expect(both.Responses?.Things).toHaveLength(2);
    expect(uses()).toEqual(
      ["PutItem", "GetItem", "BatchWriteItem", "BatchGetItem"].map((name) => `dynamodb:${name} table/Things`),
    );
  });

  it("judges a query by its index, not its table", async () => {
    const client = new DynamoDBClient(as(api, dynamo));
    const asking = { TableName: "Things", ExpressionAttributeValues: { ":v": { S: "é\u0001" } } };
    const names = { KeyConditionExpression: "#k = :v", ExpressionAttributeNames: { "#k": "gsi1pk" } };
    const found = await client.send(new QueryCommand({ ...asking, ...names, IndexName: "gsi1" }));

    expect(found.Count).toBe(1);
    await expect(client.send(new QueryCommand({ ...asking, KeyConditionExpression: "pk = :v" }))).rejects.toMatchObject(
      {
        name: "AccessDeniedException",
      },
    );
    expect(uses()).toEqual(["dynamodb:Query table/Things/index/gsi1", "refused dynamodb:Query table/Things"]);
  });

  it("refuses a key that a condition keeps out, in a batch too, and nothing is written", async () => {
    const client = new DynamoDBClient(as(api, dynamo));
    const put = (pk: string) => ({ PutRequest: { Item: { pk: { S: pk } } } });

    await expect(
      client.send(new PutItemCommand({ TableName: "Things", Item: { pk: { S: "X#1" } } })),
    ).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        "api may not dynamodb:PutItem on arn:aws:dynamodb:eu-west-1:000000000000:table/Things",
      ),
    });
    await expect(
      client.send(new BatchWriteItemCommand({ RequestItems: { Things: [put("P#3"), put("X#2")] } })),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
    const asHost = new DynamoDBClient(as(host, dynamo));
    const left = await asHost.send(new GetItemCommand({ TableName: "Things", Key: { pk: { S: "P#3" } } }));
    expect(left.Item).toBeUndefined();
  });
});

describe("SQS's door", () => {
  it("takes batches as their single operation, and names itself in queue URLs", async () => {
    const client = new SQSClient(as(api, sqs));
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: "Q" }));
    expect(QueueUrl).toBe(`${sqs}/000000000000/Q`);

    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "é" }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", MessageBody: "two" }] }));
    await expect(client.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
      message: expect.stringContaining('missing: {"Effect":"Allow","Action":"sqs:ReceiveMessage"'),
    });
    const asHost = new SQSClient(as(host, sqs));
    const { Messages = [] } = await asHost.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(Messages.map(({ Body }) => Body).sort()).toEqual(["two", "é"]);
    await expect(
      client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", ReceiptHandle: "r" }] })),
    ).rejects.toThrow("sqs:DeleteMessage");
    expect(uses().slice(1, 3)).toEqual(["sqs:SendMessage Q", "sqs:SendMessage Q"]);
  });

  it("loses no message to a long poll whose caller went away", async () => {
    const client = new SQSClient(as(host, sqs));
    const QueueUrl = `${sqs}/000000000000/Q`;
    const gone = new AbortController();
    const poll = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), {
      abortSignal: gone.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    gone.abort();
    await expect(poll).rejects.toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setTimeout(resolve, 100));

    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "later" }));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2 }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(["later"]);
  });
});

describe("Systems Manager's door", () => {
  const send = (more: object) =>
    new SSMClient(as(api, ssm)).send(new SendCommandCommand({ DocumentName: "Ours", InstanceIds: [node], ...more }));

  it("asks for the document and for every node", async () => {
    await send({ Parameters: { batch: ["b"] } });
    expect(uses()).toEqual(["ssm:SendCommand document/Ours", `ssm:SendCommand managed-instance/${node}`]);
    expect(reached).toMatchObject([{ target: "AmazonSSM.SendCommand", principal: { name: "api" } }]);
    expect(JSON.parse(reached[0]?.body.toString() ?? "")).toMatchObject({ Parameters: { batch: ["b"] } });
  });

  it.each([
    ["another document", { DocumentName: "AWS-RunShellScript" }, "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"],
    ["one node of two", { InstanceIds: [node, "i-0000000000000000a"] }, "000000000000:instance/i-0000000000000000a"],
    ["a node in a target", { InstanceIds: undefined, Targets: [{ Key: "InstanceIds", Values: ["mi-2"] }] }, "mi-2"],
    ["targets by tag", { InstanceIds: undefined, Targets: [{ Key: "tag:a", Values: ["b"] }] }, "tag:a"],
  ])("refuses %s", async (_, more, message) => {
    await expect(send(more)).rejects.toThrow(message);
    expect(reached).toEqual([]);
  });
});

describe("Cognito's door", () => {
  it("lets a signed-out person sign up, and judges the administrator's calls", async () => {
    const client = new CognitoIdentityProviderClient(as(api, cognito));
    await client.send(new SignUpCommand({ ClientId: "c", Username: "u", Password: "p" }));
    await expect(client.send(new ListUsersCommand({ UserPoolId: "eu-west-1_P" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    expect(reached).toHaveLength(1);
  });
});

describe("a signature", () => {
  const asking = (credentials: Principal, more: object = {}) =>
    new SSMClient({ ...as(credentials, ssm), ...more }).send(
      new SendCommandCommand({ DocumentName: "Ours", InstanceIds: [node] }),
    );

  it.each([
    ["of an unknown key", { ...api, accessKeyId: "LOCALNOBODY" }, {}, "UnrecognizedClientException"],
    ["without the session's token", { ...api, sessionToken: "" }, {}, "UnrecognizedClientException"],
    ["with another's token", { ...api, sessionToken: host.sessionToken }, {}, "UnrecognizedClientException"],
    ["with another secret", { ...api, secretAccessKey: "guess" }, {}, "InvalidSignatureException"],
    ["for another region", api, { region: "us-east-1" }, "InvalidSignatureException"],
    ["of an hour ago", api, { systemClockOffset: -3_600_000 }, "InvalidSignatureException"],
  ])("%s is refused", async (_, credentials, more, name) => {
    await expect(asking(credentials, more)).rejects.toMatchObject({ name });
    expect(reached).toEqual([]);
  });

  it("holds for its own body and headers only", async () => {
    const signed: { headers: Record<string, string>; body: string }[] = [];
    const recorder = await listen(
      createServer((request, response) => {
        let body = "";
        request.on("data", (chunk) => {
          body += chunk;
        });
        request.on("end", () => {
          signed.push({ headers: request.headers as Record<string, string>, body });
          response.end("{}");
        });
      }),
    );
    await new SSMClient(as(api, recorder)).send(new SendCommandCommand({ DocumentName: "Ours", InstanceIds: [node] }));
    const [first] = signed;
    if (!first) throw new Error("nothing was signed");
    const replay = (headers: Record<string, string>, body: string) =>
      new Promise<{ status: number | undefined; type: string }>((resolve, reject) => {
        const all = { ...first.headers, ...headers, "content-length": String(Buffer.byteLength(body)) };
        const sent = httpRequest(ssm, { method: "POST", headers: all }, async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk as Buffer);
          resolve({ status: answer.statusCode, type: JSON.parse(Buffer.concat(chunks).toString()).__type });
        });
        sent.on("error", reject).end(body);
      });

    expect((await replay({}, first.body)).status).toBe(200);
    expect((await replay({}, first.body.replace("Ours", "Ouch"))).type).toBe("InvalidSignatureException");
    expect((await replay({ "x-amz-target": "AmazonSSM.CancelCommand" }, first.body)).type).toBe(
      "InvalidSignatureException",
    );
    expect((await replay({ "x-amz-extra": "1" }, first.body)).type).toBe("InvalidSignatureException");
    expect((await replay({ authorization: "Bearer x" }, first.body)).type).toBe("IncompleteSignatureException");
    expect((await fetch(ssm, { method: "POST", headers: { "x-amz-target": "AmazonSSM.SendCommand" } })).status).toBe(
      400,
    );
    expect(reached).toHaveLength(1);
  });
});

describe("a door that is disturbed", () => {
  const said = async (fault: CallFault | undefined) => {
    const suffered: string[] = [];
    const url = await door(
      "ssm",
      async (request) => {
        reached.push(request);
        return { status: 200, body: "{}" };
      },
      {
        disturber: {
          hook: () => fault,
          suffer: async ({ kind }, instance) => void suffered.push(`${kind} ${instance}`),
        },
      },
    );
    const client = new SSMClient({ ...as(api, url), userAgentAppId: "hg-0123456789ab" });
    const command = new SendCommandCommand({ DocumentName: "Ours", InstanceIds: [node] });
    const error = await client.send(command).then(
      () => "none",
      ({ name }: Error) => name,
    );
    return { error, reached: reached.length, suffered };
  };

  it.each([
    [undefined, "none", 1],
    [{ kind: "error", when: "before", status: 400, code: "ThrottlingException" }, "ThrottlingException", 0],
    [{ kind: "error", when: "after", status: 500, code: "InternalServerError" }, "InternalServerError", 1],
    [{ kind: "cut", when: "before" }, "TimeoutError", 0],
    [{ kind: "kill", when: "after" }, "TimeoutError", 1],
  ] as const)("answers as told: %j", async (fault, error, calls) => {
    expect(await said(fault)).toEqual({
      error,
      reached: calls,
      suffered: fault === undefined ? [] : [`${fault.kind} 0123456789ab`],
    });
  });
});
