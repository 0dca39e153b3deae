// The local cloud as a whole, on a small template: requests, events, refusals, and what a kill -9 leaves.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../infra/local/cloud.ts";
import { writeSmallAssembly } from "./small-assembly.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cloud-"));
const seen = path.join(folder, "seen");
const log: string[] = [];
let cloud: Cloud;

/** Appends what it was given to a file, so that the test sees order and repeats. */
const note = `import { appendFileSync } from "node:fs";
const note = (line) => appendFileSync(${JSON.stringify(seen)}, line + "\\n");
`;
const lines = () => (existsSync(seen) ? readFileSync(seen, "utf8").trimEnd().split("\n") : []);
async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`it did not come to that; seen:\n${lines().join("\n")}\nlog:\n${log.join("\n")}`);
}

beforeAll(async () => {
  const assembly = writeSmallAssembly(path.join(folder, "cdk.out"), {
    api: {
      source: `export const handler = async (event) => {
        if (event.rawPath === "/bad") return { statusCode: 200, body: 7 };
        if (event.rawPath === "/throw") throw new Error("secret");
        if (event.rawPath === "/binary") return { statusCode: 200, headers: { "Content-Type": "image/png" }, isBase64Encoded: true, body: Buffer.from([0, 255, 1]).toString("base64"), cookies: ["a=1", "b=2"] };
        if (event.rawPath === "/see") return { statusCode: 303, headers: { location: "https://elsewhere.example/x" } };
        if (event.rawPath === "/write") {
          const { DynamoDBClient, PutItemCommand } = sdk("client-dynamodb");
          try { await new DynamoDBClient({}).send(new PutItemCommand({ TableName: process.env.TABLE, Item: { pk: { S: "x" } } })); }
          catch (error) { return { statusCode: 403, body: error.name + ": " + error.message }; }
        }
        return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ event, page: process.env.PAGE }) };
      };`,
    },
    fifo: {
      queue: "Fifo",
      source: `${note}export const handler = async (event) => {
        const failed = [];
        for (const record of event.Records) {
          const { body, messageId, attributes } = record;
          note("fifo " + attributes.MessageGroupId + body + " " + attributes.ApproximateReceiveCount);
          if (failed.length > 0 || (body === "2" && attributes.ApproximateReceiveCount === "1")) failed.push({ itemIdentifier: messageId });
        }
        return { batchItemFailures: failed };
      };`,
    },
    plain: {
      queue: "Plain",
      source: `${note}export const handler = async (event) => {
        for (const { body } of event.Records) {
          const message = JSON.parse(body);
          note("plain " + (message.Event ?? message.Records?.map((r) => r.eventName + " " + r.s3.object.key + " " + r.s3.object.size).join() ?? body));
          if (message.poison) throw new Error("poison");
        }
      };`,
    },
    clock: {
      rate: "rate(1 hour)",
      source: `${note}export const handler = async (event) => { note("clock " + event["detail-type"]); return 5; };`,
    },
    slow: { timeout: 1, source: "export const handler = () => new Promise(() => setInterval(() => {}, 1000));" },
  });
  cloud = await startCloud({ data: path.join(folder, "data"), port: 0, assembly, log: (line) => log.push(line) });
});
afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  Object.assign(cloud.faults.objectEvents, { copies: 1, delaySeconds: 0, drop: 0, shuffle: 0 });
});

const sqs = () =>
  new SQSClient({ region: cloud.region, endpoint: cloud.urls.sqs, credentials: cloud.credentials("host") });
const dynamo = (principal: string) =>
  new DynamoDBClient({
    region: cloud.region,
    endpoint: cloud.urls.dynamodb,
    credentials: cloud.credentials(principal),
    maxAttempts: 1,
  });

it("names what it does not run", () => {
  expect(log).toContain("AWS::Strange::Thing is not run on this machine (Strange)");
});

it("answers a GET through CloudFront, API Gateway and a function", async () => {
  const response = await fetch(`${cloud.urls.page}/v1/things/a%2Fb%20c?x=1&x=2&y`, {
    headers: { "X-One": "1", cookie: "a=1; b=2" },
  });
  const { event, page } = (await response.json()) as { event: Record<string, unknown>; page: string };
  expect(response.status).toBe(200);
  expect(page).toBe(cloud.urls.page);
  expect(event).toMatchObject({
    version: "2.0",
    routeKey: "GET /v1/things/{id}",
    rawPath: "/v1/things/a/b c",
    rawQueryString: "x=1&x=2&y",
    queryStringParameters: { x: "1,2", y: "" },
    pathParameters: { id: "a/b c" },
    cookies: ["a=1", "b=2"],
    headers: { "x-one": "1", host: new URL(cloud.urls.api).host },
    isBase64Encoded: false,
    requestContext: {
      http: { method: "GET", path: "/v1/things/a/b c" },
      stage: "$default",
      routeKey: "GET /v1/things/{id}",
    },
  });
  expect(event).not.toHaveProperty("body");
});

it("hands text over as text and bytes as base64, and refuses more than 10 MB", async () => {
  const post = async (type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const response = await fetch(`${cloud.urls.api}/v1/things`, {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    return {
      status: response.status,
      ...((await response.json()) as { event?: { body: string; isBase64Encoded: boolean } }),
    };
  };
  expect((await post("application/json; charset=utf-8", '{"ü":1}')).event).toMatchObject({
    body: '{"ü":1}',
    isBase64Encoded: false,
  });
  expect((await post("application/octet-stream", new Uint8Array([255, 0]))).event).toMatchObject({
    body: "/wA=",
    isBase64Encoded: true,
  });
  expect(await post("text/plain", "x".repeat(11 * 1024 * 1024))).toEqual({
    status: 413,
    message: "Request Entity Too Large",
  });
});

it("passes on bytes, cookies and redirects, and hides what went wrong inside", async () => {
  const binary = await fetch(`${cloud.urls.api}/binary`);
  expect([...new Uint8Array(await binary.arrayBuffer())]).toEqual([0, 255, 1]);
  expect(binary.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  const see = await fetch(`${cloud.urls.api}/see`, { redirect: "manual" });
  expect([see.status, see.headers.get("location")]).toEqual([303, "https://elsewhere.example/x"]);
  for (const route of ["/throw", "/bad"]) {
    const response = await fetch(`${cloud.urls.api}${route}`);
    expect([response.status, await response.json()]).toEqual([500, { message: "Internal Server Error" }]);
  }
  expect((await fetch(`${cloud.urls.api}/x`, { method: "HEAD" })).status).toBe(200);
});

it("serves the page by its own right, every view as the page, with the policy's headers", async () => {
  const view = await fetch(`${cloud.urls.page}/jobs/1`);
  expect(await view.text()).toBe("<h1>page</h1>");
  expect(view.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(view.headers.get("content-security-policy")).toBe("default-src 'self'; connect-src 'self' http://127.0.0.1:*");
  expect(view.headers.get("strict-transport-security")).toBeNull();
  expect((await fetch(`${cloud.urls.page}/none.js`)).status).toBe(403);
  expect((await fetch(`${cloud.urls.page}/a.js`, { method: "POST" })).status).toBe(403);
  const again = await fetch(`${cloud.urls.page}/a.js`, {
    headers: { "if-none-match": (await fetch(`${cloud.urls.page}/a.js`)).headers.get("etag") ?? "" },
  });
  expect(again.status).toBe(304);
});

it("says which statement is missing where a role does not allow a call", async () => {
  const response = await fetch(`${cloud.urls.api}/write`);
  expect(response.status).toBe(403);
  const text = await response.text();
  expect(text).toMatch(
    /^AccessDeniedException: api may not dynamodb:PutItem on arn:aws:dynamodb:eu-west-1:000000000000:table\/Small-Table/,
  );
  expect(text).toContain('missing: {"Effect":"Allow","Action":"dynamodb:PutItem"');
});

it("keeps the order of a FIFO group when a batch fails in part", async () => {
  const client = sqs();
  for (const body of ["1", "2", "3"]) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: cloud.outputs.Fifo,
        MessageBody: body,
        MessageGroupId: "g",
        MessageDeduplicationId: `g${body}`,
      }),
    );
  }
  await until(
    () =>
      cloud.sqs.count("Small-Fifo.fifo").inFlight + cloud.sqs.count("Small-Fifo.fifo").ready === 0 &&
      lines().some((line) => line.startsWith("fifo g3")),
  );
  const order = lines().filter((line) => line.startsWith("fifo "));
  const done = ["1", "2", "3"].map((body) => order.findLastIndex((line) => line.startsWith(`fifo g${body} `)));
  expect(order.filter((line) => line.startsWith("fifo g1 "))).toEqual(["fifo g1 1"]);
  expect(order).toContain("fifo g2 2");
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(cloud.sqs.count("Small-FifoDead.fifo")).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
  client.destroy();
});

it("tells a function of new objects through a queue, once tested, and twice if told to", async () => {
  await until(() => lines().includes("plain s3:TestEvent"));
  const inbox = cloud.outputs.Inbox ?? "";
  await cloud.s3.put(inbox, "in/a b.json", Buffer.from("12345"));
  await cloud.s3.put(inbox, "out/c.json", Buffer.from("1"));
  await until(() => lines().includes("plain ObjectCreated:Put in/a+b.json 5"));
  cloud.faults.objectEvents.copies = 2;
  await cloud.s3.put(inbox, "in/twice", Buffer.from(""));
  await until(() => lines().filter((line) => line === "plain ObjectCreated:Put in/twice 0").length === 2);
  expect(lines().join()).not.toContain("out/");
});

it("puts what fails again and again aside", async () => {
  const client = sqs();
  await client.send(new SendMessageCommand({ QueueUrl: cloud.outputs.Plain, MessageBody: '{"poison":1}' }));
  await until(() => cloud.sqs.count("Small-PlainDead").ready === 1);
  expect(lines().filter((line) => line.includes("poison"))).toHaveLength(2);
  client.destroy();
});

it("runs a schedule when asked, and ends a function at its time-out", async () => {
  expect(await cloud.tick("clock")).toMatchObject({ ok: true, payload: "5" });
  expect(lines()).toContain("clock Scheduled Event");
  await expect(cloud.invoke("slow", {})).rejects.toThrow("Task timed out after 1.00 seconds");
});

it("finds tables, messages and objects again after a kill -9", async () => {
  const data = path.join(folder, "killed");
  const assembly = writeSmallAssembly(path.join(folder, "killed.out"), {
    quiet: { source: "export const handler = () => 1;" },
  });
  const script = path.join(folder, "run.ts");
  const main = path.resolve(import.meta.dirname, "../../../infra/local/cloud.ts");
  writeFileSync(
    script.replace(".ts", ".mjs"),
    `import { startCloud } from ${JSON.stringify(main)};
     const cloud = await startCloud({ data: ${JSON.stringify(data)}, port: 0, assembly: ${JSON.stringify(assembly)} });
     process.stdout.write(JSON.stringify({ urls: cloud.urls, outputs: cloud.outputs, host: cloud.credentials("host"), region: cloud.region }) + "\\n");`,
  );
  const start = async () => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script.replace(".ts", ".mjs")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk;
        if (text.includes("\n")) resolve(text);
      });
      child.once("exit", () => reject(new Error(`the cloud ended: ${text}`)));
    });
    const told = JSON.parse(line) as {
      urls: Cloud["urls"];
      outputs: Record<string, string>;
      host: ReturnType<Cloud["credentials"]>;
      region: string;
    };
    const kill = () => new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGKILL"));
    return { ...told, kill };
  };

  const first = await start();
  const tables = new DynamoDBClient({ region: first.region, endpoint: first.urls.dynamodb, credentials: first.host });
  const queues = new SQSClient({ region: first.region, endpoint: first.urls.sqs, credentials: first.host });
  await tables.send(new PutItemCommand({ TableName: first.outputs.Table, Item: { pk: { S: "kept" } } }));
  await queues.send(new SendMessageCommand({ QueueUrl: first.outputs.Plain, MessageBody: "kept" }));
  const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
  const objects = new S3Client({
    region: first.region,
    endpoint: first.urls.s3,
    forcePathStyle: true,
    credentials: first.host,
  });
  await objects.send(new PutObjectCommand({ Bucket: first.outputs.Inbox, Key: "in/kept", Body: "kept" }));
  await first.kill();

  const again = await startCloud({ data, port: 0, assembly });
  try {
    const table = new DynamoDBClient({
      region: again.region,
      endpoint: again.urls.dynamodb,
      credentials: again.credentials("host"),
    });
    const { Item } = await table.send(
      new GetItemCommand({ TableName: again.outputs.Table, Key: { pk: { S: "kept" } } }),
    );
    expect(Item).toEqual({ pk: { S: "kept" } });
    // The test event of the first start, the message, and the event of the object; no second test event.
    expect(again.sqs.count("Small-Plain").ready).toBe(3);
    expect((await again.s3.get(again.outputs.Inbox ?? "", "in/kept"))?.body.toString()).toBe("kept");
    expect(first.host).toMatchObject(again.credentials("host"));
    table.destroy();
  } finally {
    await again.stop();
  }
  for (const client of [tables, queues, objects]) client.destroy();
});

it("lets nobody in without a signature", async () => {
  const client = dynamo("host");
  await client.send(new PutItemCommand({ TableName: cloud.outputs.Table, Item: { pk: { S: "1" } } }));
  client.destroy();
  const unsigned = await fetch(cloud.urls.dynamodb, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" },
    body: "{}",
  });
  expect(unsigned.status).toBe(400);
});
