// Jobs in the table: each write is conditional on the revision that was read.
import { GatewayError } from "../contract/problem.ts";
import type { JobRecord } from "../job/job-record.ts";
import { mailDueAfter } from "../job/mail-due.ts";
import { type Change, isSettled, maxEvents } from "../job/move.ts";
import { type Clock, clock, iso } from "./clock.ts";
import { gonePrefix, jobKeys, listPrefix } from "./job-keys.ts";
import { absent, afterAll, type Item, queryDue, queryShards, type Table, withoutKeys } from "./table.ts";

export type JobTable = ReturnType<typeof jobTable>;

/** Where a list of jobs goes on: the sort key of the last one seen. */
export type JobsPage = { jobs: JobRecord[]; cursor: string | undefined };

const key = (id: string) => ({ pk: `JOB#${id}`, sk: "JOB" });
/** Parameters are kept as text: any JSON number and depth passes unharmed. */
function record(item: Item): JobRecord {
  return { ...(withoutKeys(item) as JobRecord), parameters: JSON.parse(String(item.parameters)) };
}
const attempts = 12;
/** A millisecond later, where the clocks of two writers differ: no two changes of a job have one key. */
const after = (at: string, earlier: string): string => (at > earlier ? at : iso(new Date(Date.parse(earlier) + 1)));

/** Fields that nobody is shown: a write of these alone is no change of the job. */
const unseen: ReadonlySet<string> = new Set([
  "group",
  "index",
  "seenAt",
  "location",
  "mailDue",
  "mailTries",
  "cancelNoted",
  "peekUntil",
  "eraseAt",
  "forgetAt",
  "forgets",
] satisfies (keyof JobRecord)[]);

/** Whether a deleted job's files are to be erased now: what was waited for has come, or more than was there, or a lost job is back. */
function hasToErase(job: JobRecord, changes: Partial<JobRecord>): boolean {
  if (job.deletedAt === undefined) return false;
  const next = { ...job, ...changes };
  return (
    changes.results !== undefined ||
    changes.attempts !== undefined ||
    (isSettled(next) && !isSettled(job)) ||
    (job.reason === "lost" && next.reason !== "lost")
  );
}

export function jobTable(table: Table, now: Clock = clock) {
  const get = async (id: string): Promise<JobRecord | undefined> => {
    const item = await table.get(key(id));
    return item ? record(item) : undefined;
  };

  /** Writes changes to the job as it was read; undefined where somebody else was first. Returns the job as it is then. */
  const write = async (job: JobRecord, { changes, events = [] }: Change): Promise<JobRecord | undefined> => {
    const at = iso(now());
    const isSeen = events.length > 0 || Object.keys(changes).some((name) => !unseen.has(name));
    const changedAt = isSeen ? after(at, job.changedAt) : job.changedAt;
    const moved: JobRecord = { ...job, ...changes, changedAt, revision: job.revision + 1 };
    const mailDue = mailDueAfter(job, moved);
    const eraseAt = hasToErase(job, changes) ? at : moved.eraseAt;
    const kept = [...job.events, ...events].slice(-maxEvents);
    const next = { ...moved, events: kept, mailDue, eraseAt } as JobRecord;
    const written = await table.update(
      key(job.id),
      {
        ...changes,
        ...(changes.parameters ? { parameters: JSON.stringify(changes.parameters) } : {}),
        ...(events.length > 0 ? { events: next.events } : {}),
        mailDue,
        eraseAt,
        ...(mailDue?.length === job.mailDue?.length ? {} : { mailTries: undefined }),
        changedAt,
        revision: next.revision,
        ...jobKeys(job, next, at),
      },
      { text: "#revision = :revision", names: { "#revision": "revision" }, values: { ":revision": job.revision } },
    );
    return written ? next : undefined;
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
          ...jobKeys(undefined, job, job.createdAt),
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
        const next = await write(job, change);
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
        if (await write(job, { changes: { group, index } })) return true;
      }
      throw new GatewayError("unavailable", `job ${id} was changed by others ${attempts} times in a row`);
    },

    /**
     * Notes until when a running job is looked at, unless that is known to be after `enough` already; whether it was noted.
     * It is no change of the job: a look moves nothing in anybody's list.
     */
    peek: (id: string, attempt: number, until: string, enough: string): Promise<boolean> =>
      table.update(
        key(id),
        { peekUntil: until },
        {
          text: "#state = :running AND attempt = :attempt AND (attribute_not_exists(peekUntil) OR peekUntil < :enough)",
          names: { "#state": "state" },
          values: { ":running": "running", ":attempt": attempt, ":enough": enough },
        },
      ),

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

    /** Jobs that are to be cancelled and whose groups do not say so, asked for before an instant (ISO 8601); eventually consistent. */
    cancelsUnheard: async (cluster: string, before: string, limit: number): Promise<JobRecord[]> =>
      (await queryDue(table, cluster, "CANCEL#", `CANCEL#${before}`, limit)).map(record),

    /** Deleted jobs whose files are to be erased by an instant (ISO 8601), the longest waiting first; eventually consistent. */
    toBeErased: async (by: string, limit: number): Promise<JobRecord[]> => {
      const erase = { index: "gsi4", name: "ERASE", from: "0", to: `${by}${afterAll}`, limit } as const;
      return (await queryShards(table, erase)).map(record);
    },

    /** Deleted jobs whose clusters are to be asked by an instant (ISO 8601) once more to remove their folders; as toBeErased. */
    toBeForgotten: async (by: string, limit: number): Promise<JobRecord[]> => {
      const forget = { index: "gsi4", name: "FORGET", from: "0", to: `${by}${afterAll}`, limit } as const;
      return (await queryShards(table, forget)).map(record);
    },

    /**
     * What moved of a person's own from an instant (ISO 8601) on, or right after the change of that id at it: jobs as
     * they are now, oldest change first, deleted ones by when they were. `more`: there is more. Eventually consistent.
     */
    changesOf: async (
      person: string,
      { at, id }: { at: string; id?: string },
      limit: number,
    ): Promise<{ jobs: JobRecord[]; more: boolean }> => {
      const from = id === undefined ? at : `${at}#${id} `;
      const pages = await Promise.all(
        [listPrefix, gonePrefix].map(async (prefix) => {
          const range = { from: `${prefix}${from}`, to: `${prefix}${afterAll}`, limit };
          const { items, last } = await table.query({ index: "gsi1", pk: `PERSON#${person}`, ...range });
          const place = (item: Item) => String(item.gsi1sk).slice(prefix.length);
          return { found: items.map((item) => ({ item, place: place(item) })), end: last && place(last) };
        }),
      );
      // Behind the end of one page nothing of the other may be told yet.
      const ends = pages.flatMap(({ end }) => end ?? []).sort();
      const sorted = pages.flatMap(({ found }) => found).sort((a, b) => (a.place < b.place ? -1 : 1));
      const told = sorted.filter(({ place }) => ends[0] === undefined || place <= ends[0]).slice(0, limit);
      return { jobs: told.map(({ item }) => record(item)), more: ends.length > 0 || told.length < sorted.length };
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
