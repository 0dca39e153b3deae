// One receipt: bounded, parsed strictly, and held against where it lies. What does not fit is dropped, never retried.
import { maxReceiptBytes, Receipt } from "../../shared/headnode/receipt.ts";
import { log } from "../edge/log.ts";
import { applyReceipt } from "./apply-receipt.ts";
import type { ObserveParts } from "./parts.ts";

const receiptPath = /^receipts\/([a-z][a-z0-9-]{0,31})\/[0-9]{10}\/([0-9A-HJKMNP-TV-Z]{26})\.json$/;

/** Reads the receipt of that key and applies it. Throws only where a service fails. */
export async function readReceipt(key: string, parts: ObserveParts): Promise<void> {
  const [, cluster, id] = receiptPath.exec(key) ?? [];
  if (cluster === undefined || id === undefined) return dropped("a key that is none of a receipt");
  const object = await parts.results.readSmall(key, maxReceiptBytes);
  if (object === undefined) return dropped("a receipt that is not there", cluster, id);
  if (object === "too large") return dropped(`a receipt of more than ${maxReceiptBytes} bytes`, cluster, id);
  const receipt = parsed(object.bytes);
  if (!receipt) return dropped("a receipt of another form", cluster, id);
  if (receipt.cluster !== cluster || receipt.receipt !== id)
    return dropped("a receipt that speaks for another cluster", cluster, id);
  await Promise.all([
    parts.clusterTable.heard(cluster, object.modifiedAt.toISOString()),
    applyReceipt(receipt, object.modifiedAt, parts),
  ]);
}

function parsed(bytes: Uint8Array): Receipt | undefined {
  try {
    return Receipt.safeParse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))).data;
  } catch {
    return undefined;
  }
}

function dropped(what: string, cluster?: string, receipt?: string): void {
  log({ level: "warn", message: `dropped ${what}`, cluster, receipt });
}
