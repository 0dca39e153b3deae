import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisTicks, shortNumber } from "../../../../web/page/viewers/axis-ticks.ts";

describe("an axis", () => {
  it("is marked at round numbers", () => {
    expect(axisTicks(0.85, 6.15, false, 6)).toEqual({ at: [1, 2, 3, 4, 5, 6], labels: ["1", "2", "3", "4", "5", "6"] });
    expect(axisTicks(-1.22, 1, false, 3).labels).toEqual(["−1", "0", "1"]);
    expect(axisTicks(0.1, 0.32, false, 5).labels).toEqual(["0.10", "0.15", "0.20", "0.25", "0.30"]);
    expect(axisTicks(0, 3e8, false, 4).labels).toEqual(["0", "1e8", "2e8", "3e8"]);
    expect(axisTicks(1e-9, 2.5e-9, false, 4).labels).toEqual(["1.0e−9", "1.5e−9", "2.0e−9", "2.5e−9"]);
  });

  it("is marked at decades where it is logarithmic, and at round numbers where that would be too little", () => {
    const wide = axisTicks(0.5, 2e5, true, 10);
    expect(wide.labels.filter((label) => label !== "")).toEqual(["1", "10", "100", "1000", "10⁴", "10⁵"]);
    expect(wide.at).toContain(20);
    expect(axisTicks(1e-30, 1e30, true, 6).labels).toHaveLength(6);
    expect(axisTicks(2, 5, true, 4).labels).toEqual(["2", "3", "4", "5"]);
  });

  it("has few marks, in order, all within the range, each with a label of its own", () => {
    const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.boolean(), fc.integer({ min: 2, max: 20 }), (one, other, log, count) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        fc.pre(high - low > Math.abs(high) * 1e-9 && (!log || low > 1e-300));
        const { at, labels } = axisTicks(low, high, log, count);
        expect(at.length).toBe(labels.length);
        expect(labels.filter((label) => label !== "").length).toBeLessThanOrEqual(Math.max(count, 3) * 2 + 2);
        const slack = (high - low) * 1e-6;
        expect(at.every((mark) => mark >= low - slack && mark <= high + slack)).toBe(true);
        expect(at.every((mark, index) => index === 0 || mark > (at[index - 1] ?? mark))).toBe(true);
        const named = labels.filter((label) => label !== "");
        expect(new Set(named).size).toBe(named.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it("names numbers shortly", () => {
    expect(
      [0.000123456, 123456, 1234567, 1e-9, -2, 0, Number.NaN, Number.POSITIVE_INFINITY].map((one) => shortNumber(one)),
    ).toEqual(["0.0001235", "123500", "1.235e6", "1e−9", "−2", "0", "nan", "inf"]);
  });
});
