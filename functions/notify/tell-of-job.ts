// A job's mails: one for each state that is due, its mark taken away right after it was sent.
import type { JobState } from "../../shared/contract/job.ts";
import type { JobRecord } from "../../shared/job/job-record.ts";
import { log } from "../edge/log.ts";
import { jobMail } from "./job-mail.ts";
import type { NotifyParts } from "./parts.ts";
import { afterRefusals, awaitsResults, isTooOld } from "./patience.ts";

/**
 * Sends what is due of this job, oldest first; returns how many mails were sent. Whoever is told may be told again where
 * this ends between a mail and its mark. Throws where SES takes no mail at all.
 */
export async function tellOfJob(due: JobRecord, parts: NotifyParts): Promise<number> {
  let sent = 0;
  let job: JobRecord | undefined = due;
  for (let turn = 0; job && turn < 8; turn += 1) {
    const state: JobState | undefined = job.mailDue?.[0];
    if (!state || !job.mail || job.deletedAt !== undefined) return sent;
    if (isTooOld(momentOf(job, state), parts)) {
      log({ level: "error", message: "a mail is given up: it could not be sent for too long", job: job.id });
    } else {
      if (!parts.mailer || (lacksResults(job, state) && awaitsResults(momentOf(job, state), parts))) return sent;
      const sending = await parts.mailer.send({ to: job.mail.to, ...jobMail(job, state, parts.site) });
      if (sending.sent) sent += 1;
      else if (!(await giveUp(job, sending.refusal, parts))) return sent;
    }
    job = await markTold(job.id, [state], parts);
  }
  return sent;
}

/** Takes the marks of states that were told, whatever else is written to the job meanwhile. */
export const markTold = (id: string, states: readonly JobState[], { jobs }: NotifyParts) =>
  jobs.change(id, (job) => {
    if (!job.mailDue?.some((state) => states.includes(state))) return undefined;
    const left = job.mailDue.filter((state) => !states.includes(state));
    return { changes: { mailDue: left.length > 0 ? left : undefined } as Partial<JobRecord> };
  });

/** Notes a refusal; true where the mail is not to be tried again. */
async function giveUp(job: JobRecord, refusal: string, parts: NotifyParts): Promise<boolean> {
  const tries = (job.mailTries ?? 0) + 1;
  const until = afterRefusals(tries, parts);
  log({ level: until ? "warn" : "error", message: refusalWords(refusal, tries, until), job: job.id });
  if (until) await parts.mails.postpone(job, tries, until);
  return until === undefined;
}

/** What a refusal says in the log. */
export const refusalWords = (refusal: string, tries: number, until: string | undefined): string =>
  until
    ? `SES refused a mail, ${tries} times so far, the next try is at ${until}: ${refusal}`
    : `SES refused a mail ${tries} times, and it is given up: ${refusal}`;

const lacksResults = (job: JobRecord, state: JobState): boolean =>
  state === job.state && state !== "running" && job.results.state === "pending";

const momentOf = (job: JobRecord, state: JobState): string =>
  job.events.findLast((event) => event.state === state)?.at ?? job.changedAt;
