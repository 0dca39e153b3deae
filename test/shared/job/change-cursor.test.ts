// Changes by cursor: whatever moves, and however late the index shows it, a poller that follows `next` ends with the list.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ChangeCursor,
  cursorAfter,
  type Place,
  readCursor,
  readFrom,
  writeCursor,
} from "../../../shared/job/change-cursor.ts";

const start = Date.UTC(2026, 0, 1);
const iso = (ms: number) => new Date(start + ms).toISOString();
const idOf = (n: number) => `01JZZZZZZZZZZZZZZZZZZZZZ${String(n).padStart(2, "0")}`;

/** A write: some ms after the one before, of one of a few jobs, seen in the index up to 9 s later. */
const write = fc.record({ wait: fc.nat({ max: 8_000 }), job: fc.nat({ max: 6 }), lag: fc.nat({ max: 9_000 }) });
const step = fc.oneof(
  { weight: 2, arbitrary: write.map((one) => ({ kind: "write" as const, ...one })) },
  { weight: 1, arbitrary: fc.nat({ max: 30_000 }).map((wait) => ({ kind: "poll" as const, wait })) },
);

type Row = Place & { version: number; visibleAt: number };

/** Rows of the index as they are seen at an instant: of each job the latest version that is visible. */
const seenAt = (rows: readonly Row[], now: number): Row[] => {
  const latest = new Map<string, Row>();
  for (const row of rows) if (row.visibleAt <= now) latest.set(row.id, row);
  return [...latest.values()].sort((a, b) => (`${a.at}#${a.id}` < `${b.at}#${b.id}` ? -1 : 1));
};

describe("a poller that follows the cursors", () => {
  test("ends with every job as it is, in pages of any size", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
        let now = 20_000;
        const rows: Row[] = [];
        const picture = new Map<string, number>();
        let cursor: ChangeCursor = { kind: "fresh", at: iso(now) };
        const poll = (): boolean => {
          const from = readFrom(cursor);
          const key = "id" in from ? `${from.at}#${from.id} ` : from.at;
          const found = seenAt(rows, now).filter((row) => `${row.at}#${row.id}` >= key);
          const told = found.slice(0, limit);
          for (const { id, version } of told) picture.set(id, version);
          const more = found.length > told.length;
          const last = told.at(-1);
          cursor = cursorAfter(cursor, iso(now), last && { at: last.at, id: last.id }, more);
          expect(readCursor(writeCursor(cursor))).toEqual(cursor);
          now += 1;
          return more;
        };
        const pollAll = () => {
          for (let turns = 0; poll() && turns < 100; turns += 1);
        };
        for (const one of steps) {
          now += one.wait;
          if (one.kind === "poll") pollAll();
          else rows.push({ at: iso(now), id: idOf(one.job), version: rows.length, visibleAt: now + one.lag });
        }
        now += 10_000;
        pollAll();
        expect(picture).toEqual(new Map(seenAt(rows, now).map(({ id, version }) => [id, version])));
        now += 30_000;
        pollAll();
        const resting = writeCursor(cursor);
        pollAll();
        expect(writeCursor(cursor), "the address stays while nothing moves").toBe(resting);
      }),
      { numRuns: 2_000 },
    );
  });

  test("is refused with what is none", () => {
    for (const text of [
      "",
      "FRESH#",
      "FRESH#2026-99-99T00:00:00.000Z",
      "REST#2026-01-01T00:00:00.000Z",
      `JOB#${idOf(1)}`,
    ])
      expect(readCursor(text)).toBeUndefined();
  });
});
