// The dispatch queue: one FIFO group per cluster.
import { randomUUID } from "node:crypto";
import type { SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { Id, Slug } from "../contract/id.ts";
import { maxBulkJobs } from "../contract/job.ts";
import { serviceFault } from "./fault.ts";

/** What a dispatch message says: a job waits for the cluster; or jobs that it has are to be cancelled, looked at, or forgotten. */
export const DispatchMessage = z.union([
  z.strictObject({ cluster: Slug, job: Id }),
  z.strictObject({ cluster: Slug, cancel: z.array(Id).min(1).max(maxBulkJobs) }),
  z.strictObject({ cluster: Slug, peek: z.array(Id).min(1).max(maxBulkJobs) }),
  z.strictObject({ cluster: Slug, forget: z.array(Id).min(1).max(maxBulkJobs) }),
]);
export type DispatchMessage = z.infer<typeof DispatchMessage>;

export type DispatchQueue = { ask(message: DispatchMessage): Promise<void> };

/** The queue at that address. Each asking has a fresh deduplication id: a repeated one would vanish for five minutes. */
export function dispatchQueue(url: string): DispatchQueue {
  let client: SQSClient | undefined;
  return {
    ask: async (message) => {
      try {
        const { SendMessageCommand, SQSClient } = await import("./sqs.ts");
        client ??= new SQSClient({});
        await client.send(
          new SendMessageCommand({
            QueueUrl: url,
            MessageBody: JSON.stringify(message),
            MessageGroupId: message.cluster,
            MessageDeduplicationId: randomUUID(),
          }),
        );
      } catch (error) {
        throw serviceFault("SQS", error);
      }
    },
  };
}
