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

/** A receipt stays well below what is refused. */
const mostBytes = maxReceiptBytes * 0.8;

/** "2026112203", by S3's clock. */
export const hourOf = (now: Date): string => now.toISOString().slice(0, 13).replaceAll(/[-T]/g, "");

/** Tells the states of members: one receipt, or several where they are many. Throws where S3 does not take them. */
export async function tellStates(settings: Settings, objects: Objects, groups: readonly GroupStates[]): Promise<void> {
  for (const part of inParts(groups)) {
    const now = objects.now();
    const receipt: StatesReceipt = {
      version: 1,
      kind: "states",
      cluster: settings.cluster,
      receipt: freshUlid(now.getTime()),
      at: now.toISOString(),
      groups: part,
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

/** Members' details cut so that all of them fit into a receipt; the states themselves are small. */
export function withinBounds<T extends { detail?: string | undefined }>(members: readonly T[]): T[] {
  const most = Math.max(60, Math.floor(400_000 / Math.max(1, members.length)));
  return members.map((member) =>
    member.detail === undefined || member.detail.length <= most
      ? member
      : { ...member, detail: `${member.detail.slice(0, most - 1)}…` },
  );
}

function inParts(groups: readonly GroupStates[]): GroupStates[][] {
  const parts: GroupStates[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const whole of groups) {
    const group = { ...whole, members: withinBounds<MemberState>(whole.members) };
    const bytes = Buffer.byteLength(JSON.stringify(group));
    if (size + bytes > mostBytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(group);
    size += bytes;
  }
  return parts;
}
