// Mail that is due: jobs and sweeps whose owner is yet to be told, by the instant at which they are.
import type { JobRecord } from "../job/job-record.ts";
import type { SweepRecord } from "../job/sweep-record.ts";
import { afterAll, type Item, mailKey, mailKeys, type Table, withoutKeys } from "./table.ts";

/** A thing whose owner is to be told: a job by its id, or a sweep by its person and id. */
export type DueMail = { job: string } | { sweep: string; person: string };
export type MailTable = ReturnType<typeof mailTable>;

const jobKey = (id: string) => ({ pk: `JOB#${id}`, sk: "JOB" });
const sweepKey = (person: string, id: string) => ({ pk: `SWEEP#${person}#${id}`, sk: "SWEEP" });
const leaseKey = { pk: "SITE", sk: "NOTIFY" };
const due = (id: string, at: string | undefined): Item => ({
  gsi4pk: at && mailKey(id),
  gsi4sk: at && `${at}#${id}`,
});
const sweepDays = 90;

export function mailTable(table: Table) {
  const as = (revision: number) => ({
    text: "#revision = :revision",
    names: { "#revision": "revision" },
    values: { ":revision": revision },
  });

  return {
    /** What is due by an instant (ISO 8601), of each shard the oldest; eventually consistent. */
    due: async (now: string, limit: number): Promise<DueMail[]> => {
      const pages = await Promise.all(
        mailKeys.map((pk) => table.query({ index: "gsi4", pk, from: "0", to: `${now}${afterAll}`, limit })),
      );
      return pages
        .flatMap(({ items }) => items)
        .sort((a, b) => (String(a.gsi4sk) < String(b.gsi4sk) ? -1 : 1))
        .map((item) =>
          item.sk === "SWEEP" ? { sweep: String(item.id), person: String(item.person) } : { job: String(item.id) },
        );
    },

    /** Leaves what is due of a job for later, after so many refusals; false where somebody else wrote it meanwhile. */
    postpone: (job: JobRecord, tries: number, until: string): Promise<boolean> =>
      table.update(
        jobKey(job.id),
        { mailTries: tries, ...due(job.id, until), revision: job.revision + 1 },
        as(job.revision),
      ),

    sweep: async (person: string, id: string): Promise<SweepRecord | undefined> => {
      const item = await table.get(sweepKey(person, id));
      return item ? (withoutKeys(item) as SweepRecord) : undefined;
    },

    /** Writes a sweep over the one that was read, due at an instant or not at all; false where somebody else was first. */
    putSweep: (sweep: SweepRecord, dueAt: string | undefined, now: Date): Promise<boolean> => {
      const { revision, ...rest } = sweep;
      return table.update(
        sweepKey(sweep.person, sweep.id),
        {
          running: undefined,
          tries: undefined,
          ...rest,
          revision: revision + 1,
          ttl: Math.floor(now.getTime() / 1_000) + sweepDays * 24 * 3_600,
          ...due(sweep.id, dueAt),
        },
        revision === 0 ? { text: "attribute_not_exists(pk)" } : as(revision),
      );
    },

    /** Takes the right to send until an instant; false where another run has it. */
    lease: (holder: string, now: string, until: string): Promise<boolean> =>
      table.update(
        leaseKey,
        { leaseHolder: holder, leaseUntil: until },
        { text: "attribute_not_exists(leaseUntil) OR leaseUntil < :now", values: { ":now": now } },
      ),

    release: (holder: string): Promise<boolean> =>
      table.update(
        leaseKey,
        { leaseHolder: undefined, leaseUntil: undefined },
        { text: "leaseHolder = :holder", values: { ":holder": holder } },
      ),
  };
}
