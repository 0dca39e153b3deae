// An event source mapping: messages of a queue given to a function, and only what it did not refuse taken off the queue.

import { setTimeout as sleep } from "node:timers/promises";
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { LocalFunction } from "../lambda/local-function.ts";
import { failedRecords, sqsEvent } from "./batch.ts";

export type QueueSource = { stop(): Promise<void> };
export type QueueSourceOptions = {
  run: LocalFunction;
  queue: { url: string; arn: string };
  region: string;
  /** The front door, and the function's own credentials: Lambda polls with the function's role. */
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  batchSize: number;
  reportsFailures: boolean;
  /** Batches that may be at work at once. */
  concurrency: number;
  /** What is done to a batch before the function sees it (duplicates, another order, a delay): for tests. */
  disturb: (messages: Message[]) => Promise<Message[][]>;
  log: (line: string) => void;
};

const waitSeconds = 20;
/** Names of errors that pass on their own. */
const retryMs = 1_000;

/** Starts to poll. */
export function startQueueSource(o: QueueSourceOptions): QueueSource {
  const sqs = new SQSClient({ region: o.region, endpoint: o.endpoint, credentials: o.credentials, maxAttempts: 1 });
  const stopping = new AbortController();
  const { name } = o.run.settings;
  const working = new Set<Promise<void>>();
  let lastFault = "";

  function fault(what: string, cause: unknown): void {
    const line = `${name} cannot ${what} ${o.queue.arn}: ${cause instanceof Error ? cause.message : String(cause)}`;
    if (line !== lastFault) o.log(line);
    lastFault = line;
  }

  async function remove(messages: Message[]): Promise<void> {
    const handles = new Set(messages.flatMap(({ ReceiptHandle }) => ReceiptHandle ?? []));
    if (handles.size === 0) return;
    const Entries = [...handles].map((ReceiptHandle, n) => ({ Id: String(n), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: o.queue.url, Entries }));
    for (const { Message: message } of Failed) o.log(`${name} could not remove a message: ${message}`);
  }

  async function work(messages: Message[]): Promise<void> {
    const outcome = await o.run.invoke(JSON.stringify(sqsEvent(messages, { arn: o.queue.arn, region: o.region })));
    const ids = messages.map(({ MessageId }) => MessageId ?? "");
    const failed = outcome.ok ? failedRecords(ids, o.reportsFailures ? outcome.payload : "null") : new Set(ids);
    if (!outcome.ok)
      o.log(`${name} failed on ${ids.length} messages: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
    await remove(messages.filter(({ MessageId }) => !failed.has(MessageId ?? "")));
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (working.size >= o.concurrency) {
        await Promise.race(working);
        continue;
      }
      let messages: Message[];
      try {
        const answer = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: o.queue.url,
            MaxNumberOfMessages: Math.min(o.batchSize, 10),
            WaitTimeSeconds: waitSeconds,
            MessageSystemAttributeNames: ["All"],
            MessageAttributeNames: ["All"],
          }),
          { abortSignal: stopping.signal },
        );
        messages = answer.Messages ?? [];
        lastFault = "";
      } catch (cause) {
        if (stopping.signal.aborted) return;
        fault("receive from", cause);
        await sleep(retryMs, undefined, { signal: stopping.signal }).catch(() => {});
        continue;
      }
      if (messages.length === 0) continue;
      const task = o
        .disturb(messages)
        .then(async (batches) => {
          if (batches.length === 0) await remove(messages);
          for (const batch of batches) if (batch.length > 0) await work(batch);
        })
        .catch((cause: unknown) => {
          if (!stopping.signal.aborted) fault("take messages off", cause);
        })
        .finally(() => working.delete(task));
      working.add(task);
    }
  }

  const polling = poll();
  return {
    stop: async () => {
      stopping.abort();
      await polling;
      await Promise.race([Promise.allSettled(working), sleep(1_000, undefined, { ref: false })]);
      sqs.destroy();
    },
  };
}
