// A sweep's mails: one when its first job runs, one when all of its jobs have ended.
import { iso } from "../../shared/aws/clock.ts";
import type { Mail } from "../../shared/aws/mail.ts";
import { afterAll } from "../../shared/aws/table.ts";
import { hasEnded } from "../../shared/job/states.ts";
import { ended, isComplete, type SweepRecord } from "../../shared/job/sweep-record.ts";
import { log } from "../edge/log.ts";
import { dueAt } from "./gather-sweeps.ts";
import type { NotifyParts } from "./parts.ts";
import { afterRefusals, isTooOld, nextLook } from "./patience.ts";
import { sweepEndedMail, sweepStartedMail } from "./sweep-mail.ts";
import { refusalWords } from "./tell-of-job.ts";

const pageSize = 100;
/** How long a sweep's submitting may take: none of its jobs was there that long before one that is known. */
const submittingMs = 24 * 3_600_000;

/** Sends what is due of this sweep and notes it; returns how many mails were sent. Throws where SES takes no mail at all. */
export async function tellOfSweep(due: { person: string; sweep: string }, parts: NotifyParts): Promise<number> {
  const sweep = await parts.mails.sweep(due.person, due.sweep);
  if (!sweep) return 0;
  if (sweep.running) {
    const { running, ...rest } = sweep;
    const told = { ...rest, runningTold: true };
    return await tell(sweep, told, sweepStartedMail(sweep, running, parts.site), sweep.startedAt, parts);
  }
  const count = ended(sweep);
  if (count === sweep.toldOf) return await note(sweep, parts);
  if (!isComplete(sweep)) {
    const rest = await restOf(sweep, parts);
    if (rest === "lives") {
      await parts.mails.putSweep(sweep, nextLook(sweep.createdAt, parts), parts.now());
      return 0;
    }
    // who deleted a whole sweep wants to hear no more of it
    if (rest === "deleted") return await note({ ...sweep, toldOf: count }, parts);
  }
  const told = { ...sweep, toldOf: count };
  const wanted = sweep.mail.on.some((state) => state !== "running" && ended(sweep, state) > 0);
  if (!wanted) return await note(told, parts);
  return await tell(sweep, told, sweepEndedMail(sweep, parts.site), sweep.endedAt, parts);
}

/** Sends and notes; a refused mail comes again later, and is given up in the end. */
async function tell(
  sweep: SweepRecord,
  told: SweepRecord,
  mail: Omit<Mail, "to">,
  at: string | undefined,
  parts: NotifyParts,
): Promise<number> {
  if (at !== undefined && isTooOld(at, parts)) {
    log({ level: "error", message: `a mail of sweep ${sweep.id} is given up: it could not be sent for too long` });
    return await note(told, parts);
  }
  if (!parts.mailer) return 0;
  const sending = await parts.mailer.send({ to: sweep.mail.to, ...mail });
  if (sending.sent) return (await note(told, parts)) + 1;
  const tries = (sweep.tries ?? 0) + 1;
  const until = afterRefusals(tries, parts);
  log({ level: until ? "warn" : "error", message: refusalWords(sending.refusal, tries, until), job: sweep.first.id });
  if (!until) return await note(told, parts);
  await parts.mails.putSweep({ ...sweep, tries }, until, parts.now());
  return 0;
}

/** Where somebody else wrote the sweep meanwhile, it stays due and is told again: at least once. */
async function note({ tries: _tries, ...sweep }: SweepRecord, parts: NotifyParts): Promise<0> {
  await parts.mails.putSweep(sweep, dueAt(sweep, parts), parts.now());
  return 0;
}

/** What became of the sweep's jobs that nothing was heard of: some still live, none was ever there, or all are deleted. */
async function restOf(sweep: SweepRecord, { jobs }: NotifyParts): Promise<"lives" | "ended" | "deleted"> {
  const since = iso(new Date(Date.parse(sweep.createdAt) - submittingMs));
  let cursor: string | undefined;
  let known = 0;
  do {
    const page = await jobs.ofPerson(sweep.person, pageSize, cursor, since);
    const own = page.jobs.filter((job) => job.sweep?.id === sweep.id);
    if (own.some((job) => !hasEnded(job) || job.mailDue !== undefined)) return "lives";
    known += own.length;
    cursor = page.cursor;
  } while (cursor !== undefined && cursor < afterAll);
  return known > 0 ? "ended" : "deleted";
}
