// The queue edge: one record at a time, and a partial batch response.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { log } from "./log.ts";

export type QueueHandler = (event: SQSEvent) => Promise<SQSBatchResponse>;

/**
 * Handles records by one function. What it throws returns that record to the queue. In a FIFO queue (`ordered`) the
 * first failure returns that record and every later one, so that their order stays.
 */
export function queueHandler(o: {
  name: string;
  ordered: boolean;
  handle(record: SQSRecord): Promise<void>;
}): QueueHandler {
  return async (event) => {
    const failed: string[] = [];
    for (const [place, record] of event.Records.entries()) {
      try {
        await o.handle(record);
      } catch (error) {
        log({ level: "error", message: `${o.name} failed`, requestId: record.messageId, error });
        if (o.ordered) {
          failed.push(...event.Records.slice(place).map((one) => one.messageId));
          break;
        }
        failed.push(record.messageId);
      }
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
