import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChartData, changed, prepare, rangeOfX, rangeOfY } from "../../../../web/page/viewers/chart-data.ts";
import { errorColumns, firstChoice } from "../../../../web/page/viewers/plot-columns.ts";
import type { Column, Table } from "../../../../web/page/viewers/table.ts";
import { columnWidths, pixelsOf, rowAt, topOf } from "../../../../web/page/viewers/table-place.ts";

const data = (x: number[], y: number[], errors?: number[]): ChartData => ({
  label: "x",
  x,
  series: [{ label: "y", values: y, errors, style: "points", colour: 0 }],
});
const all = () => true;
const column = (name: string, values: number[] = [1, 2, 3]): Column => ({
  kind: "number",
  name,
  values: Float64Array.from(values),
  decimals: 0,
  odd: new Map(),
});
const errorColumn = (of: Table, y: number) => errorColumns(of).get(y);
const table = (...columns: Column[]): Table => ({ columns, rows: 3, comments: [], faults: [], faultCount: 0 });

describe("what is plotted", () => {
  it("is put in the order of x, and says where there was none", () => {
    expect(prepare(data([3, 2, 1], [30, 20, 10]), false, false)).toMatchObject({
      x: [1, 2, 3],
      y: [[10, 20, 30]],
      ordered: true,
    });
    expect(prepare(data([1, 3, 2], [1, 3, 2]), false, false)).toMatchObject({
      x: [1, 2, 3],
      y: [[1, 2, 3]],
      ordered: false,
    });
  });

  it("leaves out what has no place, and counts what a logarithmic axis cannot show", () => {
    const prepared = prepare(data([Number.NaN, 0, 1, 2, 3], [1, 1, Number.NaN, -1, 4]), true, true);
    expect(prepared).toMatchObject({ x: [1, 2, 3], y: [[null, null, 4]], hidden: 2 });
    expect(prepare(data([], []), false, false).x).toEqual([]);
  });

  it("is wholly in view, its errors too", () => {
    const prepared = prepare(data([1, 2], [10, 20], [1, 5]), false, false);
    const x = rangeOfX(prepared, false);
    expect(x?.[0]).toBeLessThan(1);
    expect(x?.[1]).toBeGreaterThan(2);
    const y = rangeOfY(prepared, all, [0, 3], false);
    expect(y?.[0]).toBeLessThan(9);
    expect(y?.[1]).toBeGreaterThan(25);
    expect(rangeOfY(prepared, all, [0, 1.5], false)?.[1]).toBeLessThan(12);
    expect(rangeOfY(prepared, () => false, [0, 3], false)).toBeUndefined();
  });

  it("has a range with room in it, whatever the values", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        fc.boolean(),
        (points, logX, logY) => {
          const prepared = prepare(
            data(
              points.map(([x]) => x),
              points.map(([, y]) => y),
            ),
            logX,
            logY,
          );
          const x = rangeOfX(prepared, logX);
          if (!x) return;
          expect(x[0]).toBeLessThan(x[1]);
          const y = rangeOfY(prepared, all, x, logY);
          if (y) expect(y[0]).toBeLessThan(y[1]);
        },
      ),
    );
  });

  it("comes back from looking closer", () => {
    const [low, high] = changed(changed([1, 1_000], true, { by: 0.5 }), true, { by: 2 });
    expect(low).toBeCloseTo(1, 9);
    expect(high).toBeCloseTo(1_000, 6);
    expect(changed([0, 10], false, { move: 0.2 })).toEqual([2, 12]);
    expect(changed([1, 1 + 1e-13], false, { by: 0.5 })).toEqual([1, 1 + 1e-13]);
  });

  it("is chosen so that errors stand at their values", () => {
    const bumps = table(column("x"), column("y"), column("dy"), column("fy"));
    expect(firstChoice(bumps)).toEqual({ x: 0, y: [1, 3] });
    expect(errorColumn(bumps, 1)).toBe(2);
    expect(errorColumn(table(column("Q (1/Å)"), column("R"), column("sigma_R")), 1)).toBe(2);
    expect(errorColumn(table(column("t"), column("counts [1/s]"), column("err")), 1)).toBe(2);
    expect(errorColumn(table(column("x"), column("y[1]"), column("dy[1]")), 1)).toBe(2);
    expect(errorColumn(bumps, 3)).toBeUndefined();
    expect(firstChoice(table(column("only")))).toEqual({ x: -1, y: [0] });
    expect(firstChoice(table({ kind: "text", name: "a", values: ["b"] }, column("n", [Number.NaN])))).toBeUndefined();
  });
});

describe("the rows of a long table", () => {
  it("are all reached by scrolling, also where a browser has no room for them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000_000 }),
        fc.integer({ min: 100, max: 900 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (rows, height, share) => {
          const way = Math.max(0, pixelsOf(rows) - height);
          const top = share * way;
          const first = rowAt(top, rows, height);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(first).toBeLessThanOrEqual(rows);
          // scrolled to the end, the last row is in view
          expect(rowAt(way, rows, height) + height / 28).toBeGreaterThanOrEqual(Math.min(rows, height / 28) - 1e-6);
          expect(rowAt(topOf(first, undefined, rows, height), rows, height)).toBeCloseTo(first, 3);
        },
      ),
    );
  });

  it("have columns as wide as what stands in them", () => {
    const { columns } = columnWidths(
      table(column("n", [1, 2, 3]), { kind: "text", name: "t", values: ["a", "b".repeat(30), "c"] }),
    );
    expect((columns[1] ?? 0) > 3 * (columns[0] ?? 0)).toBe(true);
  });
});
