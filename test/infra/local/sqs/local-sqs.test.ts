// Queues of the local SQS: order within a group, and what a restart keeps.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, expect, it } from "vitest";
import { type LocalSqs, startSqs } from "../../../../infra/local/sqs/local-sqs.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sqs-"));
const region = "eu-west-1";
let sqs: LocalSqs;
let client: SQSClient;
async function open(): Promise<string> {
  sqs = await startSqs({ folder, port: 0, region });
  const Arn = `arn:aws:sqs:${region}:000000000000:q.fifo`;
  const names = {
    ref: `https://sqs.${region}.amazonaws.com/000000000000/q.fifo`,
    attributes: { QueueName: "q.fifo", Arn },
  };
  sqs.createQueue({ id: "q", type: "AWS::SQS::Queue", names, properties: { FifoQueue: true, VisibilityTimeout: 30 } });
  client = new SQSClient({ region, endpoint: sqs.url, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  return `${sqs.url}/000000000000/q.fifo`;
}
async function close(): Promise<void> {
  client.destroy();
  await sqs.stop();
}
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("gives out a group in order, holds the rest of it back, and keeps all of that over a restart", async () => {
  let QueueUrl = await open();
  const send = (MessageGroupId: string, MessageBody: string) =>
    client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        MessageGroupId,
        MessageDeduplicationId: `${MessageGroupId}${MessageBody}`,
      }),
    );
  const receive = async (MaxNumberOfMessages: number) => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages }));
    return Messages;
  };
  for (const body of ["1", "2", "3", "4"]) await send("a", body);
  await send("a", "4");

  const taken = await receive(3);
  expect(taken.map(({ Body }) => Body)).toEqual(["1", "2", "3"]);
  expect(await receive(10)).toEqual([]);
  await send("b", "1");
  const other = await receive(10);
  expect(other.map(({ Body }) => Body)).toEqual(["1"]);

  // Given back in any order, they come again in their own.
  for (const { ReceiptHandle } of taken.toReversed()) {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  const again = await receive(10);
  expect(again.map(({ Body }) => Body)).toEqual(["1", "2", "3", "4"]);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again[0]?.ReceiptHandle }));
  await client.send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: again[1]?.ReceiptHandle, VisibilityTimeout: 0 }),
  );

  await close();
  QueueUrl = await open();
  expect(sqs.count("q.fifo")).toEqual({ ready: 1, delayed: 0, inFlight: 3 });
  expect(await receive(10)).toEqual([]);
  await close();
});
