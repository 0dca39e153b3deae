// Cancellings whose message was lost before any group noted them: they are asked for again.
import { iso } from "../../shared/aws/clock.ts";
import { maxBulkJobs } from "../../shared/contract/job.ts";
import { awaitsCancel } from "../../shared/job/cancel.ts";
import { overdue, waits } from "../../shared/job/overdue.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

/** One message for the oldest of them, and no other while that may be under way. */
export async function resendCancels(
  cluster: string,
  { jobs, queue, clusterTable, now, scale }: ReconcileParts,
): Promise<void> {
  const at = now();
  const before = iso(new Date(at.getTime() - (waits.cancelUnheard * 1_000) / scale));
  const unheard = (await jobs.cancelsUnheard(cluster, before, maxBulkJobs)).filter(awaitsCancel);
  if (unheard.length === 0) return;
  const { recancelledAt } = await clusterTable.get(cluster);
  if (recancelledAt !== undefined && !overdue(recancelledAt, waits.cancelUnheard, at, scale)) return;
  await clusterTable.note(cluster, { recancelledAt: iso(at) });
  await queue.ask({ cluster, cancel: unheard.map((job) => job.id) });
  log({ level: "warn", message: "cancellings were asked for again", cluster, count: unheard.length });
}
