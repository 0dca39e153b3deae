// Takes the news of a sweep's jobs into the sweep's own item, from where its one mail is sent.
import { iso } from "../../shared/aws/clock.ts";
import type { MailRequest, Sweep } from "../../shared/contract/job.ts";
import { GatewayError } from "../../shared/contract/problem.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import { ended, isComplete, type SweepNews, type SweepRecord, withNews } from "../../shared/job/sweep-record.ts";
import { failureWords, titleOf } from "./job-mail.ts";
import type { NotifyParts } from "./parts.ts";
import { inMinutes } from "./patience.ts";
import { markTold } from "./tell-of-job.ts";

export type SweepJobRecord = JobRecord & { sweep: Sweep; mail: MailRequest };

/** Minutes without news after which it is asked whether the rest of a sweep still lives. */
const quietMinutes = 10;
const writesAtOnce = 16;

/**
 * Notes the news of these jobs on their sweeps, and only then takes the jobs' marks: a repeat notes the same again.
 * Returns the sweeps that have something to tell now.
 */
export async function gatherSweeps(jobs: readonly SweepJobRecord[], parts: NotifyParts): Promise<SweepRecord[]> {
  const sweeps = Map.groupBy(jobs, ({ person, sweep }) => `${person} ${sweep.id}`);
  const ready: SweepRecord[] = [];
  for (const [one, ...others] of sweeps.values()) {
    if (!one) continue;
    const sweep = await noteNews(one, [one, ...others].map(newsOf), parts);
    if (hasNews(sweep)) ready.push(sweep);
    await inTurns([one, ...others], writesAtOnce, ({ id, mailDue = [] }) => markTold(id, mailDue, parts));
  }
  return ready;
}

/** Whether the sweep's owner is to hear of it now. */
export const hasNews = (sweep: SweepRecord): boolean =>
  sweep.running !== undefined || (isComplete(sweep) && ended(sweep) > sweep.toldOf);

/** When a sweep is to be looked at again; undefined: never, unless more of its jobs end. */
export function dueAt(sweep: SweepRecord, parts: NotifyParts): string | undefined {
  if (hasNews(sweep)) return iso(parts.now());
  return ended(sweep) > sweep.toldOf ? inMinutes(quietMinutes, parts) : undefined;
}

async function noteNews(one: SweepJobRecord, news: SweepNews[], parts: NotifyParts): Promise<SweepRecord> {
  const { person } = one;
  const { id } = one.sweep;
  for (let turn = 0; turn < 12; turn += 1) {
    const known = await parts.mails.sweep(person, id);
    const next = withNews(known, { id, person }, news);
    if (await parts.mails.putSweep(next, dueAt(next, parts), parts.now()))
      return { ...next, revision: next.revision + 1 };
  }
  throw new GatewayError("unavailable", `sweep ${id} was changed by others 12 times in a row`);
}

function newsOf(job: SweepJobRecord): SweepNews {
  const words = failureWords(job);
  return {
    id: job.id,
    index: job.sweep.index,
    title: titleOf(job),
    ...(words === undefined ? {} : { words }),
    size: job.sweep.size,
    mail: job.mail,
    states: job.mailDue ?? [],
    createdAt: job.createdAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
  };
}
