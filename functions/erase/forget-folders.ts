// Folders of deleted jobs on their clusters: nothing tells whether the asking came through, so it is repeated a few times.
import { iso } from "../../shared/aws/clock.ts";
import { maxBulkJobs } from "../../shared/contract/job.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import { log } from "../edge/log.ts";
import type { EraseParts } from "./parts.ts";

/** Seconds from each asking to the next: a head node may be away for days, and to be asked again does no harm. */
const waits = [600, 7_200, 86_400, 259_200];
/** Jobs of one run: a message of each hundred goes before those of who submits now. */
const maxJobs = 500;
const writesAtOnce = 16;

/** The groups that had an attempt of it. */
export const groupsOf = ({ group, attempts = [] }: JobRecord): string[] =>
  [group, ...attempts.map((one) => one.group)].filter((one) => one !== undefined);

type Marks = Pick<JobRecord, "forgetAt" | "forgets">;

/** What is to be marked on a job once its cluster was asked so many times. */
function marksAfter(asked: number, { now, scale }: EraseParts): Marks {
  const wait = waits[asked - 1];
  if (wait === undefined) return { forgetAt: undefined, forgets: undefined } as unknown as Marks;
  return { forgetAt: iso(new Date(now().getTime() + (wait * 1_000) / scale)), forgets: asked };
}

/** Asks each cluster for the first time to forget the folders of those jobs that it had; returns what is to be marked on each. */
export async function forgetFolders(jobs: readonly JobRecord[], parts: EraseParts): Promise<(job: JobRecord) => Marks> {
  const had = new Set(jobs.filter((job) => groupsOf(job).length > 0 && parts.clusters.includes(job.cluster)));
  await ask([...had], parts);
  return (job) => marksAfter(had.has(job) ? 1 : waits.length + 1, parts);
}

/** Asks again for what is due. */
export async function forgetAgain(parts: EraseParts): Promise<void> {
  const found = await parts.jobs.toBeForgotten(iso(parts.now()), maxJobs);
  const due = found.filter((job) => job.forgetAt !== undefined);
  if (due.length === 0) return;
  await ask(
    due.filter((job) => parts.clusters.includes(job.cluster)),
    parts,
  );
  await inTurns(due, writesAtOnce, ({ id, forgetAt, forgets = 1 }) =>
    parts.jobs.change(id, (job) =>
      job.forgetAt === forgetAt ? { changes: marksAfter(forgets + 1, parts) } : undefined,
    ),
  );
  log({ level: "info", message: "clusters were asked again to remove folders of deleted jobs", count: due.length });
}

async function ask(jobs: readonly JobRecord[], { queue }: EraseParts): Promise<void> {
  for (const [cluster, own] of Map.groupBy(jobs, (job) => job.cluster)) {
    const ids = own.map((job) => job.id);
    for (let from = 0; from < ids.length; from += maxBulkJobs)
      await queue.ask({ cluster, forget: ids.slice(from, from + maxBulkJobs) });
  }
}
