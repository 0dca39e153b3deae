// What the command line shows, and how it counts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ulidPattern } from "../../../shared/contract/id.ts";
import type { JobState } from "../../../shared/contract/job.ts";
import { printLook } from "../../../web/cli/follow-log.ts";
import { barLine, progressBar } from "../../../web/cli/progress.ts";
import { newUlid } from "../../../web/cli/ulid.ts";
import { sizeWords, spanWords, standing, table } from "../../../web/cli/words.ts";
import { someJob } from "./stub-site.ts";

describe("a progress bar", () => {
  const cli = (terminal: boolean, said: string[]) => ({
    env: {},
    out: () => {},
    say: (text: string) => void said.push(text),
    terminal,
    columns: () => 80,
    stdin: process.stdin,
    onInterrupt: () => () => {},
  });

  it("is drawn on a terminal only, and taken away", () => {
    const [piped, shown]: [string[], string[]] = [[], []];
    for (const [terminal, said] of [
      [false, piped],
      [true, shown],
    ] as const) {
      const bar = progressBar(cli(terminal, said), "get", 1_000);
      bar.add(500);
      bar.done();
    }
    expect(piped).toEqual([]);
    expect(shown[0]).toMatch(/^\rget {2}\[#+\.+\] {2}50 % {2}500 B of 1\.0 kB {2}.*\/s/);
    expect(shown.at(-1)).toBe("\r\u001b[K");
  });

  it("never reaches the edge of the terminal, however narrow", () => {
    const amount = fc.integer({ min: 0, max: 10 ** 13 });
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.nat(10 ** 6),
        fc.integer({ min: 1, max: 200 }),
        (sent, total, seconds, columns) => {
          expect(barLine("upload", Math.min(sent, total + 1), total + 1, seconds, columns).length).toBeLessThan(
            columns,
          );
        },
      ),
    );
  });
});

it("says sizes and spans as people do", () => {
  expect([0, 999, 1_000, 12_345_678, 999_999, 5e12].map(sizeWords)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "12.3 MB",
    "1.0 MB",
    "5.0 TB",
  ]);
  expect([0, 59.4, 60, 3_725].map(spanWords)).toEqual(["0 s", "59 s", "1:00 min", "1:02:05 h"]);
  expect(
    table([
      ["a", "bb", "c"],
      ["aaa", "b", ""],
    ]),
  ).toBe("a    bb  c\naaa  b\n");
});

it("says that a job is being cancelled only while it can be", () => {
  const cancelRequestedAt = "2026-01-01T00:00:00.000Z";
  const asked = (state: JobState) => standing(someJob(1, { state, cancelRequestedAt }));
  expect((["queued", "running", "succeeded", "cancelled"] as const).map(asked)).toEqual([
    "queued, cancelling",
    "running, cancelling",
    "succeeded",
    "cancelled",
  ]);
});

it("makes ids that are ULIDs, in the order of their time", () => {
  const ids = [0, 1, 1_700_000_000_000, 2 ** 48 - 1].map((at) => newUlid(at));
  for (const id of ids) expect(id).toMatch(ulidPattern);
  expect([...ids].sort()).toEqual(ids);
  expect(newUlid(5)).not.toBe(newUlid(5));
});

it("joins looks at a log into the log itself, wherever they begin and end", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "\n", "é", "日"), minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.tuple(fc.nat(400), fc.nat(60)), { maxLength: 8 }), (log, cuts) => {
      const whole = Buffer.from(log);
      const printed: Buffer[] = [];
      const place = { bytes: 0 };
      const sizes = [
        ...cuts.map(([size, back]) => [Math.min(size, whole.length), back] as const).sort(([a], [b]) => a - b),
        [whole.length, 0] as const,
      ];
      for (const [size, back] of sizes) {
        // a look never leaves a gap here
        const from = Math.max(0, Math.min(place.bytes, size - back));
        const look = { size, from, text: whole.subarray(from, size).toString() };
        printLook(
          { out: (bytes) => void printed.push(Buffer.from(bytes)), say: () => expect.unreachable() },
          look,
          place,
        );
      }
      expect(Buffer.concat(printed).equals(whole)).toBe(true);
    }),
  );
});
