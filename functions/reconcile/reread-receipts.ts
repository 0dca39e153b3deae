// Receipts whose event was lost: the hours' folders are listed, and what came since the last look is read again.
import { iso } from "../../shared/aws/clock.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { GroupRecord } from "../../shared/job/job-record.ts";
import { readReceipt } from "../observe/read-receipt.ts";
import type { ReconcileParts } from "./parts.ts";

const minuteMs = 60_000;
/** Each receipt is left to its event for this long at first, and looked for again for this long before the last look. */
const overlapMs = 3 * minuteMs;
/** The head node's hour and ours may differ by this much. */
const aroundMs = 15 * minuteMs;
/** How far back a first look goes, and a look after a long silence at most. */
const firstLookMs = 2 * 60 * minuteMs;
const longestLookMs = 26 * 60 * minuteMs;
const maxReceipts = 2_000;

/** Reads again, and applies, what came since the last look; applying one twice changes nothing. */
export async function rereadReceipts(
  cluster: string,
  live: readonly GroupRecord[],
  parts: ReconcileParts,
): Promise<void> {
  const { clusterTable, results, now } = parts;
  const at = now().getTime();
  const { readTo } = await clusterTable.get(cluster);
  // No receipt of a live group is older than the group.
  const oldest = Math.min(...live.map((group) => Date.parse(group.createdAt)));
  const lastLook = readTo ? Date.parse(readTo) : at - firstLookMs;
  const since = Math.max(lastLook - overlapMs, oldest - overlapMs, at - longestLookMs);
  const listed = (
    await inTurns(hoursBetween(since - aroundMs, at + aroundMs), 4, (hour) =>
      results.list(`receipts/${cluster}/${hour}/`),
    )
  ).flat();
  const fresh = listed
    .filter((object) => object.modifiedAt.getTime() >= since && object.key.endsWith(".json"))
    .sort((a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime());
  const read = fresh.slice(0, maxReceipts);
  await inTurns(read, 8, (object) => readReceipt(object.key, parts));
  const to = fresh.length > read.length ? (read.at(-1)?.modifiedAt.getTime() ?? at) : at;
  await clusterTable.note(cluster, { readTo: iso(new Date(to)) });
}

/** The folders' names (UTC, YYYYMMDDHH) of the hours that touch an interval. */
export function hoursBetween(from: number, to: number): string[] {
  const hours: string[] = [];
  const hourMs = 60 * minuteMs;
  for (let hour = Math.floor(from / hourMs) * hourMs; hour <= to; hour += hourMs) {
    hours.push(new Date(hour).toISOString().slice(0, 13).replaceAll(/[-T]/g, ""));
  }
  return hours;
}
