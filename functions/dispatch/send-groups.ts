// Sending groups to a head node: everything in one batch in S3, and its id, only that, by a command.
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { uploadKey } from "../../shared/aws/upload-key.ts";
import { FileName } from "../../shared/contract/id.ts";
import type { Group, Member } from "../../shared/headnode/batch.ts";
import { marked } from "../../shared/job/group-marks.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { GroupRecord, JobRecord } from "../../shared/job/job-record.ts";
import { awaitsNothing } from "../../shared/job/move.ts";
import { log } from "../edge/log.ts";
import type { DispatchParts } from "./parts.ts";
import { rendered } from "./propose.ts";
import { refusalWords, refuse } from "./refuse.ts";
import { batchSeconds, sendBatch } from "./send-batch.ts";

/** Bounds of one batch; what is beyond goes into another. */
const maxBatchBytes = 16_000_000;
const readsAtOnce = 24;

/** Sends groups whose membership is fixed, in as few batches as hold them; `sent` is called for each group after its command. */
export async function sendGroups(
  cluster: ClusterTarget,
  groups: readonly GroupRecord[],
  parts: DispatchParts,
  sent: (group: GroupRecord) => Promise<void>,
): Promise<void> {
  let open: { group: GroupRecord; made: Group }[] = [];
  let bytes = 0;
  const flush = async () => {
    if (open.length === 0) return;
    await sendBatch(cluster, { verb: "submit", groups: open.map(({ made }) => made) }, parts);
    for (const { group } of open) await sent(group);
    open = [];
    bytes = 0;
  };
  for (const group of groups) {
    const { made, refused } = await makeGroup(group, parts);
    if (refused.length > 0) await settle(group.id, refused, parts);
    if (!made) {
      await sent(group);
      continue;
    }
    const size = JSON.stringify(made).length;
    if (bytes + size > maxBatchBytes) await flush();
    open.push({ group, made });
    bytes += size;
  }
  await flush();
}

/** Nothing is to come of members that were refused here; a group of such alone is closed. */
async function settle(id: string, indices: readonly number[], { groups }: DispatchParts): Promise<void> {
  await groups.change(id, (one) => {
    const settled = marked(one.settled, indices);
    if (settled === one.settled) return undefined;
    return { settled, ...(settled.includes("0") ? {} : { stage: "closed" as const }) };
  });
}

/** The group as the head node is to get it, undefined where none of its members can be made any more; and the indices of those that end here. */
async function makeGroup(
  group: GroupRecord,
  parts: DispatchParts,
): Promise<{ made: Group | undefined; refused: number[] }> {
  const found = await inTurns(group.members, readsAtOnce, async (member) =>
    member ? parts.jobs.get(member.job) : undefined,
  );
  const made = await inTurns(found, readsAtOnce, async (job, index) =>
    job ? makeMember(job, index, group.members[index]?.attempt ?? job.attempt, parts) : undefined,
  );
  const now = await inTurns(group.members, readsAtOnce, async (member, index) =>
    member === null || made[index] ? undefined : parts.jobs.get(member.job),
  );
  const ended = (job: JobRecord | undefined) => job?.group === group.id && awaitsNothing(job);
  const refused = now.flatMap((job, index) => (ended(job) ? [index] : []));
  const members = made.filter((one) => one !== undefined);
  const [first] = members;
  if (!first) return { made: undefined, refused };
  const { job, script, limits } = first;
  const whole = {
    group: group.id,
    account: job.account,
    application: { id: job.application, version: job.version },
    resources: job.resources,
    script,
    members: members.map(({ member }) => member),
    limits,
  };
  return { made: whole, refused };
}

/** The attempt is the group's: the job may be at another by now, where a group is sent again. */
async function makeMember(job: JobRecord, index: number, attempt: number, parts: DispatchParts) {
  try {
    const { script, files, limits, progress } = rendered(job);
    const inputs = await Promise.all(
      job.inputs.map(async ({ name, size, etag, upload }) => ({
        name,
        size,
        ...(await parts.inputs.signedGetIfMatch(uploadKey(job.person, upload), etag, batchSeconds)),
      })),
    );
    const readable = FileName.safeParse(progress).data;
    const member: Member = {
      ...{ index, job: job.id, attempt, inputs, files },
      ...(readable === undefined ? {} : { progress: readable }),
    };
    return { job, script, limits, member };
  } catch (error) {
    log({ level: "error", message: "a member could not be made", job: job.id, group: job.group, error });
    await refuse(job.id, refusalWords(error), parts);
    return undefined;
  }
}
