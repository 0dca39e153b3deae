// Groups of which their head node has had no memory for long: their members are lost, and nobody is asked about them any more.
import { iso } from "../../shared/aws/clock.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { GroupRecord, JobRecord } from "../../shared/job/job-record.ts";
import { awaitsNothing, type Change, move, moveResults } from "../../shared/job/move.ts";
import { overdue, waits } from "../../shared/job/overdue.ts";
import { log } from "../edge/log.ts";
import type { ReconcileParts } from "./parts.ts";

const writesAtOnce = 16;

/** Gives up one group at most: it may have a thousand members. */
export async function giveUpUnknown(live: readonly GroupRecord[], parts: ReconcileParts): Promise<void> {
  const now = parts.now();
  const group = live.find(
    ({ unknownSince }) => unknownSince !== undefined && overdue(unknownSince, waits.unknown, now, parts.scale),
  );
  if (!group) return;
  log({ level: "warn", message: "a group is lost: its head node does not know it", group: group.id });
  await inTurns([...group.members.keys()], writesAtOnce, async (index) => {
    const member = group.members[index];
    if (!member || group.settled[index] === "1") return;
    await parts.jobs.change(member.job, (job) =>
      job.group === group.id && job.index === index && job.attempt === member.attempt ? lost(job, iso(now)) : undefined,
    );
  });
  await parts.groups.change(group.id, (one) =>
    one.unknownSince === undefined || one.stage === "closed"
      ? undefined
      : { stage: "closed", settled: "1".repeat(one.members.length) },
  );
}

function lost(job: JobRecord, at: string): Change | undefined {
  if (awaitsNothing(job)) return undefined;
  const where = job.folder === undefined ? "" : `; what it wrote may still be in ${job.folder}`;
  const reason = "the cluster's head node has no memory of it";
  const { attempt } = job;
  const detail = `${reason}: it may have been set up anew since it took the job`;
  const moved = move(job, { attempt, state: "failed", reason: "lost", detail, source: "reconcile", at });
  const results = moveResults(job, { attempt, results: { state: "unavailable", reason: `${reason}${where}` } });
  if (!moved && !results) return undefined;
  return { ...moved, changes: { ...moved?.changes, ...results?.changes } };
}
