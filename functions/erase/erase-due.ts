// Deleted jobs whose files are to go: inputs, results of every attempt, looks, and the folder on the cluster.
import { iso } from "../../shared/aws/clock.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import { isSettled } from "../../shared/job/move.ts";
import { log } from "../edge/log.ts";
import { eraseResults } from "./erase-results.ts";
import { eraseUploads } from "./erase-uploads.ts";
import { forgetFolders, groupsOf } from "./forget-folders.ts";
import type { EraseParts } from "./parts.ts";

const secondMs = 1_000;
/** An index shows what was submitted meanwhile, which may name the same inputs, within this time (ms). */
const graceMs = 60 * secondMs;
/** A job of which no end is heard for so long is erased as it is (ms). */
const longestMs = 30 * 24 * 3_600 * secondMs;
const maxJobs = 200;

/** Erases what is due until an instant (ms since the epoch), person by person and group by group. */
export async function eraseDue(parts: EraseParts, until: number): Promise<void> {
  const now = parts.now();
  const found = await parts.jobs.toBeErased(iso(new Date(now.getTime() - graceMs / parts.scale)), maxJobs);
  const due = found.filter((job) => job.eraseAt !== undefined && job.deletedAt !== undefined);
  const ready = due.filter((job) => isReady(job, now, parts.scale));
  for (const job of due) if (!ready.includes(job)) await postpone(job, now, parts);
  if (ready.length === 0) return;

  // What fails or comes too late stays marked, and stops no other.
  const left = new Set<string>();
  const guarded = async (jobs: readonly JobRecord[], run: () => Promise<void>) => {
    try {
      if (Date.now() <= until) return await run();
    } catch (error) {
      log({ level: "error", message: "files of deleted jobs could not be erased", job: jobs[0]?.id, error });
    }
    for (const job of jobs) left.add(job.id);
  };
  for (const [person, jobs] of by(ready, (job) => job.person))
    await guarded(jobs, () => eraseUploads(person, jobs, parts));
  for (const [group, jobs] of by(ready, groupsOf))
    await guarded(jobs, () => eraseResults(jobs[0]?.cluster ?? "", group, parts));
  const done = ready.filter((job) => !left.has(job.id));
  const marksOf = await forgetFolders(done, parts);
  for (const job of done) await finish(job, marksOf(job), parts);
  log({ level: "info", message: "files of deleted jobs were erased", count: done.length });
}

/** Whether no more files are to come of any attempt. A lost job may still end: its results then mark it anew. */
function isReady(job: JobRecord, now: Date, scale: number): boolean {
  const attempts = job.attempts ?? [];
  if ((isSettled(job) || job.reason === "lost") && attempts.every(({ results }) => results.state !== "pending"))
    return true;
  return now.getTime() - Date.parse(job.deletedAt ?? "") > longestMs / scale;
}

/** Looks at it again the later, the longer it has lasted; its end brings it forward. */
async function postpone(
  { id, deletedAt = "", eraseAt }: JobRecord,
  now: Date,
  { jobs, scale }: EraseParts,
): Promise<void> {
  const lasted = now.getTime() - Date.parse(deletedAt);
  const wait = Math.min(Math.max(lasted / 4, graceMs / scale), 3_600 * secondMs);
  await jobs.change(id, (job) =>
    job.eraseAt === eraseAt ? { changes: { eraseAt: iso(new Date(now.getTime() + wait)) } } : undefined,
  );
}

/**
 * Takes the mark away, and what the person wrote with it; what is left says only that there was a job. The mark of files
 * that came meanwhile is another, and stays.
 */
async function finish(job: JobRecord, marks: Partial<JobRecord>, { jobs }: EraseParts): Promise<void> {
  const words = { name: undefined, description: undefined, tags: undefined, mail: undefined, detail: undefined };
  const nothing = { ...words, eraseAt: undefined } as unknown as Partial<JobRecord>;
  await jobs.change(job.id, (one) =>
    one.eraseAt === job.eraseAt ? { changes: { ...nothing, ...marks, parameters: {}, inputs: [] } } : undefined,
  );
}

/** Items by one of their keys, or by each of several. */
function by<T>(items: readonly T[], key: (item: T) => string | readonly string[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) for (const one of [key(item)].flat()) found.set(one, [...(found.get(one) ?? []), item]);
  return found;
}
