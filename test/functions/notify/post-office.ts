// Notify on a real table, with a letter box in SES's place and a clock that only tests move.
import { notifyAll } from "../../../functions/notify/notify-all.ts";
import type { NotifyParts } from "../../../functions/notify/parts.ts";
import { jobTable } from "../../../shared/aws/job-table.ts";
import type { Mail, Sending } from "../../../shared/aws/mail.ts";
import { mailTable } from "../../../shared/aws/mail-table.ts";
import { openTable, type Table } from "../../../shared/aws/table.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { move, type Observation } from "../../../shared/job/move.ts";
import { startTable } from "../../shared/aws/real-table.ts";
import { submittedJob } from "../../shared/job/submitted-job.ts";

export type PostOffice = Awaited<ReturnType<typeof openPostOffice>>;

export async function openPostOffice() {
  const real = await startTable();
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  const sent: Mail[] = [];
  const box = {
    /** What SES says to the next mails, in their order; absent: it takes them. */
    answers: [] as (Sending | Error)[],
    send: async (mail: Mail): Promise<Sending> => {
      const answer = box.answers.shift() ?? { sent: true };
      if (answer instanceof Error) throw answer;
      if (answer.sent) sent.push(mail);
      return answer;
    },
  };
  const partsOn = (table: Table, send: NotifyParts["mailer"] = box): NotifyParts => ({
    jobs: jobTable(table, now),
    mails: mailTable(table),
    mailer: send,
    site: { name: "Headgate", pageOrigin: "https://page.example" },
    scale: 1,
    now,
  });
  const parts = partsOn(real.table);
  const jobs = jobTable(real.table, now);

  return {
    real,
    sent,
    box,
    parts,
    partsOn,
    jobs,
    now,
    tableOn: (send: (command: unknown) => Promise<unknown>) => openTable("headgate", { send: send as never }),
    pass: (minutes: number) => {
      offset += minutes * 60_000;
    },
    notify: async (to: NotifyParts = parts) => await notifyAll(to),
    /** Mails since the last call. */
    collect: () => sent.splice(0),
    submit: async (o: Partial<JobRecord> = {}): Promise<JobRecord> => {
      const at = now().toISOString();
      const mail = { to: ["alice@example.org"], on: ["running", "succeeded", "failed", "cancelled"] as const };
      const job = submittedJob({
        id: ulid(now()),
        person: "01JZZZZZZZZZZZZZZZZZZZZZZY",
        createdAt: at,
        changedAt: at,
        mail: { to: mail.to, on: [...mail.on] },
        results: { state: "available", files: 3, bytes: 4_200, skipped: 0 },
        ...o,
      });
      await jobs.create(job);
      return job;
    },
    see: async (id: string, seen: Partial<Observation> & Pick<Observation, "state">) => {
      const at = now().toISOString();
      await jobs.change(id, (job) => move(job, { attempt: job.attempt, source: "jobcomp", at, ...seen }));
    },
    /** Whether anything is due, now or later. */
    isIdle: async () => (await mailTable(real.table).due("9999", 100)).length === 0,
    stop: () => real.stop(),
  };
}
