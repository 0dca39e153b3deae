import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatIndices, parseIndexList } from "../../../../infra/local/slurm/stand-in/index-list.ts";
import { formatLongSpan, formatSpan, parseTimeLimit } from "../../../../infra/local/slurm/stand-in/times.ts";

describe("array indices", () => {
  test("come back from the shortest way of writing them", () => {
    const indices = fc
      .uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(indices, (list) => {
        expect(parseIndexList(formatIndices(list), 300)).toEqual({ indices: list });
      }),
    );
  });

  test.each([
    ["0-99", 100, undefined],
    ["3,7,9-12", 6, undefined],
    ["0-9%4", 10, 4],
    ["0-20:5", 5, undefined],
    ["0-9%0", 10, undefined],
  ])("%s are %i", (text, count, atOnce) => {
    const list = parseIndexList(text, 100);
    expect(list?.indices).toHaveLength(count);
    expect(list?.atOnce).toBe(atOnce);
  });

  test.each(["", "a", "5-1", "1,,2", "0-101", "-1", "1-2-3", "0-5:0", "0%", "1 2", "1\n2"])("%j are none", (text) => {
    expect(parseIndexList(text, 100)).toBeUndefined();
  });
});

describe("time limits", () => {
  test.each([
    ["5", 300],
    ["1:30", 90],
    ["1:02:03", 3723],
    ["2-3", 183_600],
    ["1-00:00:01", 86_401],
  ])("%s is %i seconds", (text, seconds) => {
    expect(parseTimeLimit(text)).toBe(seconds);
  });

  test("of hours and more come back from how squeue and scontrol show them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3600, max: 10_000_000 }), (seconds) => {
        expect(parseTimeLimit(formatSpan(seconds))).toBe(seconds);
        expect(parseTimeLimit(formatLongSpan(seconds))).toBe(seconds);
      }),
    );
  });
});
