import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalsOf, parseNumber } from "../../../../web/page/viewers/parse-number.ts";

describe("a number in a text", () => {
  it("is read back as it was written by this language", () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(parseNumber(String(value))).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is read in the ways of C, Python and Fortran", () => {
    const cases: [string, number][] = [
      ["1.50D+02", 150],
      ["-2.5d-3", -0.0025],
      ["1q2", 100],
      ["0.123-101", 0.123e-101],
      ["9.99+120", 9.99e120],
      [".5", 0.5],
      ["5.", 5],
      ["+7", 7],
      ["007", 7],
      ["1E5", 1e5],
      ["NaN", Number.NaN],
      ["-nan", Number.NaN],
      ["nan(ind)", Number.NaN],
      ["inf", Number.POSITIVE_INFINITY],
      ["-Infinity", Number.NEGATIVE_INFINITY],
      ["+INF", Number.POSITIVE_INFINITY],
    ];
    for (const [word, value] of cases) expect(parseNumber(word), word).toBe(value);
  });

  it("is not seen where there is none, nor where digits would be lost", () => {
    for (const word of [
      "",
      "-",
      ".",
      "e5",
      "1e",
      "0x10",
      "0b1",
      "1_000",
      "2024-01",
      "2024-01-02",
      "5-10",
      "12:30",
      "****",
      "1,5",
      "3D",
      "1.5x",
      "infinite",
      "nano",
      "12345678901234567890",
    ])
      expect(parseNumber(word), word).toBeUndefined();
  });

  it("tells how many digits follow its point", () => {
    expect(["1.25", "3", "-4.", "1e5", "1.0d0", "nan"].map(decimalsOf)).toEqual([
      2,
      0,
      0,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
