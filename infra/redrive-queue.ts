// Dead letters of a queue, given back to it: what was given up after several failures is tried again.
import { randomUUID } from "node:crypto";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** Seconds that a message which is being given back is hidden from others. */
const hiddenSeconds = 60;
/** A queue that gives nothing for so long (s) is empty. */
const waitSeconds = 2;

/** The name of a queue's dead-letter queue. Throws where it has none. */
async function deadLettersOf(queue: string, client: SQSClient): Promise<string> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ["RedrivePolicy"] }),
  );
  const policy = JSON.parse(Attributes?.RedrivePolicy ?? "{}") as { deadLetterTargetArn?: string };
  const name = policy.deadLetterTargetArn?.split(":").at(-1);
  if (!name)
    throw new Error(`${queue} has no dead-letter queue; accepted is the URL of Headgate's dispatch or receipts queue`);
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
  if (!QueueUrl) throw new Error(`the dead-letter queue ${name} of ${queue} is not there`);
  return QueueUrl;
}

/**
 * Moves every message of a queue's dead-letter queue back to it, in order, each sent before it is removed: a message may
 * come twice where this is interrupted, and none is lost. Returns how many were moved.
 */
export async function redriveQueue(queue: string, client: SQSClient): Promise<number> {
  const deadLetters = await deadLettersOf(queue, client);
  let moved = 0;
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetters,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["MessageGroupId"],
      }),
    );
    if (Messages.length === 0) return moved;
    for (const { Body, ReceiptHandle, Attributes } of Messages) {
      const group = Attributes?.MessageGroupId;
      const ordered = group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: randomUUID() };
      await client.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: Body ?? "", ...ordered }));
      await client.send(new DeleteMessageCommand({ QueueUrl: deadLetters, ReceiptHandle }));
      moved += 1;
    }
  }
}
