// Submitted jobs whose message was lost: the oldest is asked for again, and dispatch takes the others with it.
import { iso } from "../../shared/aws/clock.ts";
import { backOff, overdue, waits } from "../../shared/job/overdue.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

/** Several are named, in case the index shows some that are dispatched already. */
const maxNamed = 5;

/** Waits longer after each asking that changed nothing. */
export async function resendSubmitted(
  cluster: string,
  { jobs, queue, clusterTable, now, scale }: ReconcileParts,
): Promise<void> {
  const at = now();
  const before = iso(new Date(at.getTime() - (waits.submitted * 1_000) / scale));
  const waiting = (await jobs.submitted(cluster, maxNamed, before)).filter((job) => job.state === "submitted");
  const known = await clusterTable.get(cluster);
  const resends = known.resends ?? 0;
  if (waiting.length === 0) {
    if (resends > 0) await clusterTable.note(cluster, { resends: 0 });
    return;
  }
  if (known.resentAt !== undefined && resends > 0 && !overdue(known.resentAt, backOff(resends), at, scale)) return;
  await clusterTable.note(cluster, { resentAt: iso(at), resends: resends + 1 });
  for (const job of waiting) await queue.ask({ cluster, job: job.id });
  log({ level: "warn", message: "submitted jobs were asked for again", cluster, count: waiting.length });
}
