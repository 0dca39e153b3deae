// Proposing groups: alike jobs together, each group written down before any job is claimed for it.
import { renderJob } from "../../shared/application/applications.ts";
import { iso } from "../../shared/aws/clock.ts";
import { ulid } from "../../shared/aws/ulid.ts";
import { alikeKey, formGroups, membersWithin } from "../../shared/job/groups.ts";
import type { GroupRecord, JobRecord } from "../../shared/job/job-record.ts";
import type { DispatchParts } from "./parts.ts";
import { refusalWords, refuse } from "./refuse.ts";

/** Writes the proposals for jobs of one cluster that are in no group, in their order. A job that cannot be rendered is refused. */
export async function propose(free: readonly JobRecord[], parts: DispatchParts): Promise<GroupRecord[]> {
  const candidates: { job: JobRecord; alike: string; inputs: number; bytes: number }[] = [];
  for (const job of free) {
    try {
      candidates.push({ job, ...weighed(job) });
    } catch (error) {
      await refuse(job.id, refusalWords(error), parts);
    }
  }
  const proposed: GroupRecord[] = [];
  for (const members of formGroups(candidates, await mostMembers(candidates, parts))) {
    const at = iso(parts.now());
    const group: GroupRecord = {
      id: ulid(parts.now()),
      cluster: members[0]?.job.cluster ?? "",
      stage: "forming",
      members: members.map(({ job }) => ({ job: job.id, attempt: job.attempt })),
      settled: "0".repeat(members.length),
      acknowledged: false,
      createdAt: at,
      newsAt: at,
      revision: 1,
    };
    await parts.groups.create(group);
    proposed.push(group);
  }
  return proposed;
}

/** A member's index is its place in the group, so that the largest is one less than their number. */
async function mostMembers(candidates: readonly { job: JobRecord }[], { clusterTable }: DispatchParts) {
  const [first, ...others] = candidates;
  if (!first || others.length === 0) return 1;
  return membersWithin((await clusterTable.get(first.job.cluster)).maxArraySize);
}

function weighed(job: JobRecord) {
  const { script, files, limits } = rendered(job);
  const { person, cluster, account, application, version, resources } = job;
  const alike = alikeKey({ person, cluster, account, application, version, resources, script, limits });
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { alike, inputs: job.inputs.length, bytes };
}

/** The script and files of a job, from what was recorded at submit. */
export const rendered = (job: JobRecord) =>
  renderJob({
    application: job.application,
    version: job.version,
    parameters: job.parameters,
    resources: job.resources,
    inputs: job.inputs.map((input) => input.name),
  });
