// One turn: what is due is read, sweeps gather their jobs' news, and mails go out until SES takes no more or the time is up.
import { iso } from "../../shared/aws/clock.ts";
import type { DueMail } from "../../shared/aws/mail-table.ts";
import { ulid } from "../../shared/aws/ulid.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import { log } from "../edge/log.ts";
import { gatherSweeps, type SweepJobRecord } from "./gather-sweeps.ts";
import type { NotifyParts } from "./parts.ts";
import { tellOfJob } from "./tell-of-job.ts";
import { tellOfSweep } from "./tell-of-sweep.ts";

/** Longer than the function may run (seconds): a lease that was not given back ends by itself. */
const leaseSeconds = 65;
/** What is not begun by then is left for the next turn. */
const workSeconds = 40;
const atOnce = 4;
const readsAtOnce = 16;
/** Of each of the four shards. */
const perTurn = 250;

/** Does nothing where another run is at it, so that nobody is told twice for that. Throws what stopped the sending. */
export async function notifyAll(parts: NotifyParts): Promise<void> {
  const start = parts.now();
  const due = await parts.mails.due(iso(start), perTurn);
  if (due.length === 0) return;
  const holder = ulid(start);
  const until = iso(new Date(start.getTime() + leaseSeconds * 1_000));
  if (!(await parts.mails.lease(holder, iso(start), until))) return;
  try {
    await work(due, start, parts);
  } finally {
    await parts.mails.release(holder);
  }
}

/** Each of what is due is read again before it is told of: the index may be behind. */
async function work(due: readonly DueMail[], start: Date, parts: NotifyParts): Promise<void> {
  const ids = due.flatMap((one) => ("job" in one ? one.job : []));
  const read = await inTurns(ids, readsAtOnce, (id) => parts.jobs.get(id));
  const jobs = read.filter((job): job is JobRecord => job?.mailDue !== undefined && job.deletedAt === undefined);
  const ready = await gatherSweeps(jobs.filter(isOfSweep), parts);

  const asked = due.filter((one) => "sweep" in one);
  const known = new Set(asked.map(({ person, sweep }) => `${person} ${sweep}`));
  const fresh = ready.flatMap(({ id, person }) => (known.has(`${person} ${id}`) ? [] : { sweep: id, person }));
  const tasks = [
    ...[...asked, ...fresh].map((one) => () => tellOfSweep(one, parts)),
    ...jobs.filter((job) => !isOfSweep(job)).map((job) => () => tellOfJob(job, parts)),
  ];
  let stopped: unknown;
  const sent = await inTurns(tasks, atOnce, async (task) => {
    const isLate = parts.now().getTime() - start.getTime() > workSeconds * 1_000;
    if (stopped !== undefined || isLate) return 0;
    try {
      return await task();
    } catch (error) {
      stopped ??= error;
      return 0;
    }
  });
  const count = sent.reduce((sum, one) => sum + one, 0);
  if (count > 0) log({ level: "info", message: "mails sent", count });
  if (stopped !== undefined) throw stopped;
}

const isOfSweep = (job: JobRecord): job is SweepJobRecord => job.sweep !== undefined && job.mail !== undefined;
