// Where a job is found: the index keys and marks that follow from how it is, and from how it was.
import { awaitsCancel } from "../job/cancel.ts";
import type { JobRecord } from "../job/job-record.ts";
import { dueKey, type Item, mailKey, shardKey } from "./table.ts";

/** How long the item of a deleted job stays: no key and no message makes it anew meanwhile. */
const tombstoneSeconds = 90 * 24 * 3_600;

/** Begins the sort key of a job among its person's own, and that of a deleted one; the instant and the id follow. */
export const listPrefix = "JOB#";
export const gonePrefix = "GONE#";

/** Keys of a job's item after a write at an instant (ISO 8601); undefined removes one, a missing one stays as it is. */
export function jobKeys(before: JobRecord | undefined, after: JobRecord, at: string): Item {
  const { id, person, changedAt, deletedAt } = after;
  return {
    gsi1pk: `PERSON#${person}`,
    ...(deletedAt === undefined
      ? { gsi1sk: `${listPrefix}${changedAt}#${id}` }
      : {
          gsi1sk: `${gonePrefix}${deletedAt}#${id}`,
          ttl: Math.floor(Date.parse(deletedAt) / 1_000) + tombstoneSeconds,
        }),
    ...dueKeys(before, after, at),
    ...markKeys(before, after, at),
  };
}

/** What a dispatch is to take or reconcile to find. */
function dueKeys(before: JobRecord | undefined, after: JobRecord, at: string): Item {
  const gsi2pk = dueKey(after.cluster, after.id);
  if (after.state === "submitted") {
    const waits = before?.state === "submitted" && before.attempt === after.attempt;
    return waits ? {} : { gsi2pk, gsi2sk: `SUBMITTED#${before ? at : after.createdAt}#${after.id}` };
  }
  if (awaitsCancel(after) && !after.cancelNoted)
    return { gsi2pk, gsi2sk: `CANCEL#${after.cancelRequestedAt}#${after.id}` };
  return { gsi2pk: undefined, gsi2sk: undefined };
}

/** What notify or erase is to find; nobody is told of a job that was deleted. */
function markKeys(before: JobRecord | undefined, after: JobRecord, at: string): Item {
  if (after.deletedAt !== undefined) {
    const { id, eraseAt, forgetAt } = after;
    if (eraseAt !== undefined) return { gsi4pk: shardKey("ERASE", id), gsi4sk: `${eraseAt}#${id}` };
    if (forgetAt !== undefined) return { gsi4pk: shardKey("FORGET", id), gsi4sk: `${forgetAt}#${id}` };
    return { gsi4pk: undefined, gsi4sk: undefined };
  }
  if (after.mailDue === undefined) return { gsi4pk: undefined, gsi4sk: undefined };
  if (before?.mailDue?.length === after.mailDue.length) return {};
  return { gsi4pk: mailKey(after.id), gsi4sk: `${at}#${after.id}` };
}
