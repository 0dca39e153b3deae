// Taking groups forward: membership fixed by a conditional write on each member, then batch and command, then the jobs.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { GroupRecord } from "../../shared/job/job-record.ts";
import { move } from "../../shared/job/move.ts";
import type { DispatchParts } from "./parts.ts";
import { sendGroups } from "./send-groups.ts";

const writesAtOnce = 24;

/** Brings every group to `sent` (or `closed`, where no job of it is left). May be repeated from any point. */
export async function advance(
  cluster: ClusterTarget,
  groups: readonly GroupRecord[],
  parts: DispatchParts,
): Promise<void> {
  const fixed: GroupRecord[] = [];
  for (const group of groups) {
    const current = group.stage === "forming" ? await fix(group, parts) : group;
    if (current.stage === "fixed") fixed.push(current);
    if (current.stage === "sent") await markDispatched(current, parts);
  }
  await sendGroups(cluster, fixed, parts, async (group) => {
    const at = iso(parts.now());
    const sent = await parts.groups.change(group.id, (one) =>
      one.stage === "fixed" ? { stage: "sent", newsAt: at } : undefined,
    );
    if (sent) await markDispatched(sent, parts);
  });
}

/**
 * Claims every proposed member and writes down who is in. A claim is decided once for all, by the job's own item, so
 * that whoever repeats this comes to the same members.
 */
async function fix(group: GroupRecord, { jobs, groups }: DispatchParts): Promise<GroupRecord> {
  const claimed = await inTurns(group.members, writesAtOnce, async (member, index) =>
    member === null ? false : jobs.claim(member.job, member.attempt, group.id, index),
  );
  const members = group.members.map((member, index) => (claimed[index] ? member : null));
  const settled = members.map((member) => (member ? "0" : "1")).join("");
  const stage = members.some((member) => member !== null) ? "fixed" : "closed";
  const fixed = await groups.change(group.id, (one) =>
    one.stage === "forming" ? { stage, members, settled } : undefined,
  );
  return fixed ?? { ...group, stage, members, settled };
}

async function markDispatched(group: GroupRecord, { jobs, now }: DispatchParts): Promise<void> {
  const at = iso(now());
  await inTurns(group.members, writesAtOnce, async (member) => {
    if (!member) return;
    await jobs.change(member.job, (job) =>
      job.group === group.id
        ? move(job, { attempt: member.attempt, state: "dispatched", source: "dispatch", at })
        : undefined,
    );
  });
}
