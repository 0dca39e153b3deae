// GET /v1/changes: what has moved of one's own, oldest first. An answer that is the same as the last one is a 304.
import { createHash } from "node:crypto";
import * as z from "zod";
import { iso } from "../../../shared/aws/clock.ts";
import type { Job } from "../../../shared/contract/job.ts";
import {
  type ChangeCursor,
  cursorAfter,
  readCursor,
  readFrom,
  writeCursor,
} from "../../../shared/job/change-cursor.ts";
import { foreignCursor } from "../cursor.ts";
import type { ApiOperation } from "../parts.ts";
import { jobView } from "./job-view.ts";

/** Lambda answers at most 6 MB. */
const maxAnswerBytes = 4_000_000;
const Instant = z.iso.datetime({ offset: true });

export const listChanges: ApiOperation<"listChanges"> = async ({ query, headers, caller, parts }) => {
  const now = iso(parts.now());
  if (query.since === undefined) return answer({ jobs: [], deleted: [], more: false }, { kind: "fresh", at: now });
  const { asked, from } = sinceOf(query.since, now);
  const read = await parts.jobs.changesOf(caller.person.id, from, query.limit);
  const jobs: Job[] = [];
  const deleted: string[] = [];
  let bytes = 0;
  let told = 0;
  for (const job of read.jobs) {
    if (bytes > maxAnswerBytes) break;
    told += 1;
    if (job.deletedAt !== undefined) {
      deleted.push(job.id);
      continue;
    }
    const view = jobView(job);
    bytes += Buffer.byteLength(JSON.stringify(view));
    jobs.push(view);
  }
  const last = read.jobs[told - 1];
  const place = last && { at: last.deletedAt ?? last.changedAt, id: last.id };
  const more = read.more || told < read.jobs.length;
  return answer({ jobs, deleted, more }, cursorAfter(asked, now, place, more), headers["if-none-match"]);
};

/** What was asked with, and where reading begins. An instant is read from exactly. Throws `invalid-request`. */
function sinceOf(text: string, now: string): { asked: ChangeCursor; from: { at: string; id?: string } } {
  const at = Instant.safeParse(text);
  if (at.success) return { asked: { kind: "fresh", at: now }, from: { at: instantOf(at.data) } };
  const asked = readCursor(Buffer.from(text, "base64url").toString());
  if (!asked) throw foreignCursor(text, "since", "an instant, or the `next` of an earlier answer");
  return { asked, from: readFrom(asked) };
}

const lastInstant = Date.parse("9999-12-31T23:59:59.999Z");
const instantOf = (text: string): string => iso(new Date(Math.min(Math.max(0, Date.parse(text)), lastInstant)));

/** With an ETag of the whole. What has more is never unchanged: what comes after it may be new. */
function answer(told: { jobs: Job[]; deleted: string[]; more: boolean }, cursor: ChangeCursor, known?: string) {
  const body = { ...told, next: Buffer.from(writeCursor(cursor)).toString("base64url") };
  const etag = `"${createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 27)}"`;
  const headers = { etag, "cache-control": "private, no-cache" };
  const isKnown = known?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag) ?? false;
  return isKnown && !told.more ? { notModified: true as const, headers } : { body, headers };
}
