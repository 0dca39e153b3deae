// One S3 event: the keys of the receipts that it tells of.
import * as z from "zod";
import { log } from "../edge/log.ts";
import type { ObserveParts } from "./parts.ts";
import { readReceipt } from "./read-receipt.ts";

const S3Event = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});

/** What is no event of an object (s3:TestEvent among it) is dropped with a line in the log. */
export async function takeEvent(body: string, parts: ObserveParts): Promise<void> {
  let event: z.infer<typeof S3Event>;
  try {
    event = S3Event.parse(JSON.parse(body));
  } catch {
    log({
      level: "info",
      message: body.includes("s3:TestEvent") ? "S3's test event" : "an event of another form was dropped",
    });
    return;
  }
  for (const record of event.Records) {
    const key = decodedKey(record.s3.object.key);
    if (key !== undefined) await readReceipt(key, parts);
  }
}

/** S3 writes keys into events as forms do: + for a space. */
function decodedKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
