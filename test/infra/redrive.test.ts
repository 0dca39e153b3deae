// Dead letters given back: all of them, in order, to the queue that they came from.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalSqs, startSqs } from "../../infra/local/sqs/local-sqs.ts";
import { redriveQueue } from "../../infra/redrive-queue.ts";

const folder = mkdtempSync(path.join(tmpdir(), "redrive-"));
const region = "eu-west-1";
let sqs: LocalSqs;
let client: SQSClient;
const arnOf = (name: string) => `arn:aws:sqs:${region}:000000000000:${name}`;
const urlOf = (name: string) => `https://sqs.${region}.amazonaws.com/000000000000/${name}`;

beforeAll(async () => {
  sqs = await startSqs({ folder, port: 0, region });
  const create = (name: string, properties: Record<string, unknown>) =>
    sqs.createQueue({
      id: name,
      type: "AWS::SQS::Queue",
      names: { ref: urlOf(name), attributes: { QueueName: name, Arn: arnOf(name) } },
      properties,
    });
  const to = (name: string) => ({ RedrivePolicy: { deadLetterTargetArn: arnOf(name), maxReceiveCount: 1 } });
  create("dead.fifo", { FifoQueue: true });
  create("work.fifo", { FifoQueue: true, VisibilityTimeout: 30, ...to("dead.fifo") });
  create("dead", {});
  create("work", { VisibilityTimeout: 30, ...to("dead") });
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  client = new SQSClient({ region, endpoint: sqs.url, credentials, useQueueUrlAsEndpoint: false });
});
afterAll(async () => {
  client.destroy();
  await sqs.stop();
  rmSync(folder, { recursive: true, force: true });
});

const taken = async (name: string): Promise<string[]> => {
  const bodies: string[] = [];
  for (let turn = 0; turn < 30; turn += 1) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: urlOf(name), MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) break;
    for (const { Body = "", ReceiptHandle } of Messages) {
      if (!bodies.includes(Body)) bodies.push(Body);
      await client.send(new DeleteMessageCommand({ QueueUrl: urlOf(name), ReceiptHandle }));
    }
  }
  return bodies;
};

it.each(["work", "work.fifo"])("gives back all that was given up of %s", async (name) => {
  const wanted = Array.from({ length: 25 }, (_, n) => `message ${n}`);
  const dead = name.replace("work", "dead");
  for (const [n, body] of wanted.entries()) {
    const ordered = name.endsWith(".fifo") ? { MessageGroupId: "local", MessageDeduplicationId: `${n}` } : {};
    await client.send(new SendMessageCommand({ QueueUrl: urlOf(dead), MessageBody: body, ...ordered }));
  }
  expect([sqs.count(dead).ready, sqs.count(name).ready]).toEqual([25, 0]);

  expect(await redriveQueue(urlOf(name), client)).toBe(25);
  expect([sqs.count(dead).ready, sqs.count(dead).inFlight, sqs.count(name).ready]).toEqual([0, 0, 25]);
  const back = await taken(name);
  expect(name.endsWith(".fifo") ? back : back.toSorted()).toEqual(name.endsWith(".fifo") ? wanted : wanted.toSorted());
  expect(await redriveQueue(urlOf(name), client)).toBe(0);
});

it("refuses a queue that has no dead letters, by its name", async () => {
  await expect(redriveQueue(urlOf("dead"), client)).rejects.toThrow("dead has no dead-letter queue");
});
