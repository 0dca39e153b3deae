// Writing receipts and the heartbeat.
import {
  type Heartbeat,
  heartbeatKey,
  type MemberState,
  maxReceiptBytes,
  type ResultsReceipt,
  receiptKey,
  type StatesReceipt,
} from "../../shared/headnode/receipt.ts";
import { fitting } from "./bounded-words.ts";
import type { Settings } from "./config.ts";
import type { Objects } from "./objects.ts";
import type { Plan } from "./spool.ts";
import { freshUlid } from "./ulid.ts";

export type GroupStates = StatesReceipt["groups"][number];

/** A group's states as a receipt has them. */
export const statesOf = (
  group: string,
  plan: Plan | undefined,
  slurmId: string | undefined,
  members: MemberState[],
): GroupStates => ({
  group,
  ...(slurmId === undefined ? {} : { slurmId }),
  ...(plan === undefined ? {} : { folder: plan.folder }),
  members,
});

/** A receipt stays well below what is refused (bytes). */
export const mostReceiptBytes = maxReceiptBytes * 0.8;

/** "2026112203", by S3's clock. */
export const hourOf = (now: Date): string => now.toISOString().slice(0, 13).replaceAll(/[-T]/g, "");

/**
 * Tells the states of members, and which groups are unknown here: one receipt, or several where they are many. Throws
 * where S3 does not take them.
 */
export async function tellStates(
  settings: Settings,
  objects: Objects,
  groups: readonly GroupStates[],
  unknown: readonly string[] = [],
): Promise<void> {
  const parts = inParts(groups);
  if (unknown.length > 0) parts.push([]);
  for (const [at, part] of parts.entries()) {
    const now = objects.now();
    const receipt: StatesReceipt = {
      version: 1,
      kind: "states",
      cluster: settings.cluster,
      receipt: freshUlid(now.getTime()),
      at: now.toISOString(),
      groups: part,
      ...(unknown.length > 0 && at === parts.length - 1 ? { unknown: [...unknown] } : {}),
    };
    await putReceipt(settings, objects, receipt);
  }
}

/** Writes a receipt under a key of its own. */
export async function putReceipt(
  settings: Settings,
  objects: Objects,
  receipt: StatesReceipt | ResultsReceipt,
): Promise<void> {
  const key = receiptKey(settings.cluster, hourOf(objects.now()), receipt.receipt);
  // a repeat of the same write, after an answer that was lost, finds it there: that is as good
  await objects.put(settings.buckets.results, key, JSON.stringify(receipt), { type: "application/json", once: true });
}

/** Overwrites the cluster's sign of life. */
export async function putHeartbeat(settings: Settings, objects: Objects, heartbeat: Heartbeat): Promise<void> {
  const key = heartbeatKey(settings.cluster);
  await objects.put(settings.buckets.results, key, JSON.stringify(heartbeat), {
    type: "application/json",
    once: false,
  });
}

/** States whose details are cut. */
export const withDetails = (members: readonly MemberState[], cut: (words: string) => string): MemberState[] =>
  members.map((member) => (member.detail === undefined ? member : { ...member, detail: cut(member.detail) }));

function inParts(groups: readonly GroupStates[]): GroupStates[][] {
  const parts: GroupStates[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const whole of groups) {
    const group = fitting(mostReceiptBytes - 1_000, (cut) => ({ ...whole, members: withDetails(whole.members, cut) }));
    const bytes = Buffer.byteLength(JSON.stringify(group));
    if (size + bytes > mostReceiptBytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(group);
    size += bytes;
  }
  return parts;
}
