// Jobs in the table: each write is conditional on the revision that was read.
import type { JobEvent } from "../contract/job.ts";
import { GatewayError } from "../contract/problem.ts";
import type { JobRecord } from "../job/job-record.ts";
import { mailDueAfter } from "../job/mail-due.ts";
import { type Change, maxEvents } from "../job/move.ts";
import { type Clock, clock, iso } from "./clock.ts";
import { absent, afterAll, dueKey, type Item, mailKey, queryDue, type Table, withoutKeys } from "./table.ts";

export type JobTable = ReturnType<typeof jobTable>;

/** Where a list of jobs goes on: the sort key of the last one seen. */
export type JobsPage = { jobs: JobRecord[]; cursor: string | undefined };

const key = (id: string) => ({ pk: `JOB#${id}`, sk: "JOB" });
const sortKey = (changedAt: string, id: string) => `JOB#${changedAt}#${id}`;
/** Parameters are kept as text: any JSON number and depth passes unharmed. */
function record(item: Item): JobRecord {
  return { ...(withoutKeys(item) as JobRecord), parameters: JSON.parse(String(item.parameters)) };
}
const attempts = 12;
/** How long the item of a deleted job stays: no key and no message makes it anew meanwhile. */
const tombstoneSeconds = 90 * 24 * 3_600;

export function jobTable(table: Table, now: Clock = clock) {
  const get = async (id: string): Promise<JobRecord | undefined> => {
    const item = await table.get(key(id));
    return item ? record(item) : undefined;
  };

  /** Writes changes to the job as it was read; false where somebody else was first. Returns the job as it is then. */
  const write = async (
    job: JobRecord,
    changes: Partial<JobRecord>,
    event?: JobEvent,
  ): Promise<JobRecord | undefined> => {
    const at = iso(now());
    const changedAt = at > job.changedAt ? at : job.changedAt;
    const events = event ? [...job.events, event].slice(-maxEvents) : job.events;
    const next: JobRecord = { ...job, ...changes, events, changedAt, revision: job.revision + 1 };
    const due = next.state === "submitted" ? {} : { gsi2pk: undefined, gsi2sk: undefined };
    const listed = next.deletedAt === undefined;
    const mailDue = mailDueAfter(job, next);
    const mail =
      mailDue?.length === job.mailDue?.length
        ? {}
        : { mailDue, gsi4pk: mailDue && mailKey(job.id), gsi4sk: mailDue && `${at}#${job.id}`, mailTries: undefined };
    const written = await table.update(
      key(job.id),
      {
        ...changes,
        ...mail,
        ...(event ? { events } : {}),
        changedAt,
        revision: next.revision,
        gsi1sk: listed ? sortKey(changedAt, job.id) : undefined,
        ...(listed ? {} : { gsi1pk: undefined }),
        ...(changes.deletedAt ? { ttl: Math.floor(Date.parse(changes.deletedAt) / 1_000) + tombstoneSeconds } : {}),
        ...due,
      },
      { text: "#revision = :revision", names: { "#revision": "revision" }, values: { ":revision": job.revision } },
    );
    return written ? ({ ...next, mailDue } as JobRecord) : undefined;
  };

  return {
    get,

    /** False where a job of that id is there already. */
    create: (job: JobRecord): Promise<boolean> =>
      table.put(
        {
          ...key(job.id),
          ...job,
          parameters: JSON.stringify(job.parameters),
          gsi1pk: `PERSON#${job.person}`,
          gsi1sk: sortKey(job.changedAt, job.id),
          gsi2pk: dueKey(job.cluster, job.id),
          gsi2sk: `SUBMITTED#${job.createdAt}#${job.id}`,
        },
        absent,
      ),

    /** Reads the job, asks `decide` what is to change, and writes that; again where somebody else was first. Returns the job as it is then, undefined where there is none. */
    change: async (id: string, decide: (job: JobRecord) => Change | undefined): Promise<JobRecord | undefined> => {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const job = await get(id);
        if (!job) return undefined;
        const change = decide(job);
        if (!change) return job;
        const next = await write(job, change.changes, change.event);
        if (next) return next;
      }
      throw new GatewayError("unavailable", `job ${id} was changed by others ${attempts} times in a row`);
    },

    /** Puts a submitted job into a group, once for all; returns whether the job is in that group at that index. */
    claim: async (id: string, attempt: number, group: string, index: number): Promise<boolean> => {
      for (let turn = 0; turn < attempts; turn += 1) {
        const job = await get(id);
        if (!job || job.attempt !== attempt) return false;
        if (job.group !== undefined) return job.group === group && job.index === index;
        if (job.state !== "submitted") return false;
        if (await write(job, { group, index })) return true;
      }
      throw new GatewayError("unavailable", `job ${id} was changed by others ${attempts} times in a row`);
    },

    /** What waits for a dispatch on a cluster, oldest first; eventually consistent. */
    submitted: async (cluster: string, limit: number, before?: string): Promise<JobRecord[]> => {
      const items = await queryDue(
        table,
        cluster,
        "SUBMITTED#",
        `SUBMITTED#${before ?? ""}${before ? "" : afterAll}`,
        limit,
      );
      return items.map(record);
    },

    /** A page of a person's jobs, the latest changed first; none that last changed before `since` (ISO 8601 in UTC). */
    ofPerson: async (person: string, limit: number, cursor?: string, since = ""): Promise<JobsPage> => {
      const from = `JOB#${since}`;
      // The cursor is the last one seen; a sort key is unique within a person.
      const to = cursor ? beforeKey(cursor) : `JOB#${afterAll}`;
      // DynamoDB refuses bounds that cross
      if (to < from) return { jobs: [], cursor: undefined };
      const { items, last } = await table.query({
        index: "gsi1",
        pk: `PERSON#${person}`,
        from,
        to,
        descending: true,
        limit,
      });
      return { jobs: items.map(record), cursor: last ? String(last.gsi1sk) : undefined };
    },
  };
}

/** A bound just before a sort key that ends with a ULID: its last character lowered, and everything below that. */
function beforeKey(sort: string): string {
  const last = sort.charCodeAt(sort.length - 1);
  return `${sort.slice(0, -1)}${String.fromCharCode(last - 1)}${afterAll}`;
}
