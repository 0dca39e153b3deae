// Where a list of changes goes on, so that a poller misses nothing although the index shows a write some seconds late.

/** A change's place in the order of a person's changes: its instant (ISO 8601 in UTC), and the job's id among equals. */
export type Place = { at: string; id: string };

/** What a cursor says. */
export type ChangeCursor =
  /** All was told as it was seen at that instant: what the index showed late since shortly before is still to come. */
  | { kind: "fresh"; at: string }
  /** All was told, and nothing has moved for so long after the place that nothing can come before it. */
  | { kind: "rest"; after: Place }
  /** There was more than one answer holds, in a reading that began at an instant. */
  | { kind: "within"; after: Place; begun: string };

/** The index shows a write within this time (ms): as long are changes told again. */
const lateMs = 10_000;

const shift = (at: string, ms: number): string => new Date(Math.max(0, Date.parse(at) + ms)).toISOString();

/** Where reading begins: at an instant, or right after a place. */
export function readFrom(cursor: ChangeCursor): { at: string } | Place {
  return cursor.kind === "fresh" ? { at: shift(cursor.at, -lateMs) } : cursor.after;
}

/** The cursor after an answer: what was asked with, when this was read, the last change in it, and whether there is more. */
export function cursorAfter(asked: ChangeCursor, now: string, last: Place | undefined, more: boolean): ChangeCursor {
  const begun = asked.kind === "within" ? asked.begun : now;
  const after = last ?? (asked.kind === "fresh" ? undefined : asked.after);
  if (after === undefined) return asked;
  if (more) return { kind: "within", after, begun };
  // Reading began when everything up to `settled` was in the index.
  const settled = shift(begun, -lateMs);
  if (after.at < settled) return { kind: "rest", after };
  return { kind: "fresh", at: after.at < begun ? after.at : begun };
}

const instant = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z";
const id = "[0-9A-HJKMNP-TV-Z]{26}";
const form = new RegExp(`^(?:FRESH#(${instant})|REST#(${instant})#(${id})|WITHIN#(${instant})#(${id})#(${instant}))$`);

/** A cursor as text. */
export function writeCursor(cursor: ChangeCursor): string {
  if (cursor.kind === "fresh") return `FRESH#${cursor.at}`;
  const place = `${cursor.after.at}#${cursor.after.id}`;
  return cursor.kind === "rest" ? `REST#${place}` : `WITHIN#${place}#${cursor.begun}`;
}

/** The cursor of a text; undefined where it is none. */
export function readCursor(text: string): ChangeCursor | undefined {
  const [, fresh, restAt, restId, at, inId, begun] = form.exec(text) ?? [];
  if (fresh && isInstant(fresh)) return { kind: "fresh", at: fresh };
  if (restAt && restId && isInstant(restAt)) return { kind: "rest", after: { at: restAt, id: restId } };
  if (at && inId && begun && isInstant(at) && isInstant(begun))
    return { kind: "within", after: { at, id: inId }, begun };
  return undefined;
}

const isInstant = (text: string): boolean => !Number.isNaN(Date.parse(text));
