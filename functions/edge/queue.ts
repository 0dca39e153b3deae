// The queue edge: one record at a time, and a partial batch response.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { log } from "./log.ts";

export type QueueHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse>;

/**
 * Handles records by one function. What it throws returns that record to the queue. In a FIFO queue (`ordered`) the
 * first failure returns that record and every later one, so that their order stays. Where services are slow, records that
 * could not be done within the function's time are returned untouched: one that is cut off returns those that are done too.
 */
export function queueHandler(o: {
  name: string;
  ordered: boolean;
  handle(record: SQSRecord): Promise<void>;
}): QueueHandler {
  return async ({ Records: records }, context) => {
    const failed: string[] = [];
    const returnFrom = (place: number) => failed.push(...records.slice(place).map((one) => one.messageId));
    let slowestMs = 0;
    for (const [place, record] of records.entries()) {
      const left = context.getRemainingTimeInMillis();
      if (left < 2 * slowestMs) {
        log({ level: "warn", message: `${o.name} was short of time`, count: records.length - place });
        returnFrom(place);
        break;
      }
      try {
        await o.handle(record);
      } catch (error) {
        log({ level: "error", message: `${o.name} failed`, requestId: record.messageId, error });
        if (o.ordered) {
          returnFrom(place);
          break;
        }
        failed.push(record.messageId);
      }
      slowestMs = Math.max(slowestMs, left - context.getRemainingTimeInMillis());
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
