// The event of an SQS batch, and what a function's answer says about each of its records.
import { createHash } from "node:crypto";
import type { Message } from "@aws-sdk/client-sqs";

/** The event that Lambda makes of received messages. */
export function sqsEvent(messages: readonly Message[], queue: { arn: string; region: string }): { Records: unknown[] } {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body ?? "",
      attributes: { SenderId: "AIDALOCAL", ...message.Attributes },
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
          name,
          {
            ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
            ...(value.BinaryValue === undefined
              ? {}
              : { binaryValue: Buffer.from(value.BinaryValue).toString("base64") }),
            stringListValues: [],
            binaryListValues: [],
            dataType: value.DataType,
          },
        ]),
      ),
      md5OfBody:
        message.MD5OfBody ??
        createHash("md5")
          .update(message.Body ?? "")
          .digest("hex"),
      eventSource: "aws:sqs",
      eventSourceARN: queue.arn,
      awsRegion: queue.region,
    })),
  };
}

/**
 * Which records stay on the queue after an answer, with ReportBatchItemFailures: none for an empty or absent list, the named
 * ones, or all of them where the answer is malformed, names nothing, or names what was not in the batch.
 */
export function failedRecords(ids: readonly string[], payload: string): Set<string> {
  const all = new Set(ids);
  let answer: unknown;
  try {
    answer = JSON.parse(payload);
  } catch {
    return all;
  }
  if (answer === null || answer === undefined) return new Set();
  const list = typeof answer === "object" ? (answer as { batchItemFailures?: unknown }).batchItemFailures : undefined;
  if (list === null || list === undefined) return new Set();
  if (!Array.isArray(list)) return all;
  const failed = new Set<string>();
  for (const entry of list as ({ itemIdentifier?: unknown } | null)[]) {
    const id = entry?.itemIdentifier;
    if (typeof id !== "string" || !all.has(id)) return all;
    failed.add(id);
  }
  return failed;
}
