import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvPieces } from "../../../../web/page/viewers/csv.ts";
import { cellText, type Table } from "../../../../web/page/viewers/table.ts";
import { TableParser } from "../../../../web/page/viewers/table-parser.ts";

const fixtures = path.resolve(import.meta.dirname, "../../../fixtures/bumps");
const real = (name: string): string => readFileSync(path.join(fixtures, name), "utf8");

function parse(text: string, ending = "", cut = false): Table {
  const parser = new TableParser(ending);
  parser.push(text);
  return parser.finish(cut);
}
const names = (table: Table): string[] => table.columns.map((column) => column.name);
const cells = (table: Table): string[][] =>
  Array.from({ length: table.rows }, (_, row) => table.columns.map((column) => cellText(column, row)));
const values = (table: Table, index: number): number[] => {
  const column = table.columns[index];
  return column?.kind === "number" ? [...column.values] : [];
};

describe("a text table", () => {
  it("of bumps has the names of its comment line", () => {
    const table = parse(real("line-dream/line.dat"), "dat");
    expect(names(table)).toEqual(["x", "y", "dy", "fy"]);
    expect(values(table, 0)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(values(table, 3)[0]).toBe(3.01443440836766);
    expect([table.faultCount, table.comments]).toEqual([0, []]);
    expect(names(parse(real("multi-amoeba/multi.dat"), "dat"))).toEqual([
      "x",
      "y[1]",
      "dy[1]",
      "fx[1]",
      "y[2]",
      "dy[2]",
      "fx[2]",
    ]);
  });

  it("is separated by blanks, tabs, commas or semicolons", () => {
    for (const text of [
      "a b c\n1 2 3\n4  5\t6\n",
      "a\tb\tc\n1\t2\t3\n4\t5\t6\n",
      "a,b,c\n1,2,3\n4, 5 ,6",
      "a;b;c\r\n1;2;3\r\n4;5;6\r\n",
      "a b c\r1 2 3\r4 5 6\r",
    ]) {
      const table = parse(text);
      expect(names(table), JSON.stringify(text)).toEqual(["a", "b", "c"]);
      expect(cells(table), JSON.stringify(text)).toEqual([
        ["1", "2", "3"],
        ["4", "5", "6"],
      ]);
      expect(table.faultCount).toBe(0);
    }
  });

  it("has its names from a header, from the last comment, with brackets and units kept", () => {
    expect(names(parse("# made by hand\n% time (s)  counts [1/s]   err\n1 2 3\n2 3 4\n"))).toEqual([
      "time (s)",
      "counts [1/s]",
      "err",
    ]);
    expect(parse("# made by hand\n! x y\n1 2\n").comments).toEqual(["made by hand"]);
    expect(names(parse("# columns: Q, R, dR\n1 2 3\n"))).toEqual(["Q", "R", "dR"]);
    expect(names(parse("q,I\n1/nm,cm\n0.1,5\n0.2,6\n", "csv"))).toEqual(["q (1/nm)", "I (cm)"]);
    expect(names(parse("q,I\n(Å),(s)\n0.1,5\n0.2,6\n", "csv"))).toEqual(["q (Å)", "I (s)"]);
    expect(names(parse("x,x,\n1,2,3\n", "csv"))).toEqual(["x", "x (2)", "column 3"]);
    expect(names(parse("1 2\n3 4\n"))).toEqual(["column 1", "column 2"]);
  });

  it("keeps what stands above it", () => {
    const table = parse("Run of Tuesday\nby the old reactor, at night\n\n  t   v\n 0.0 1.5\n 0.1 1.6\n", "txt");
    expect(names(table)).toEqual(["t", "v"]);
    expect(table.comments).toEqual(["Run of Tuesday", "by the old reactor, at night"]);
    expect(table.rows).toBe(2);
  });

  it("shows as many digits as are written, and all that count where there is an exponent", () => {
    expect(cells(parse("1.50 2 1e-3\n2.25 10 1.0000000000000001e+00\n"))).toEqual([
      ["1.50", "2", "0.001"],
      ["2.25", "10", "1"],
    ]);
  });

  it("takes decimal commas where no comma separates", () => {
    expect(values(parse("x;y\n1,5;2,25\n2,5;3\n"), 1)).toEqual([2.25, 3]);
    expect(values(parse("1,5 2,25\n2,5 3,5\n"), 0)).toEqual([1.5, 2.5]);
  });

  it("keeps quoted fields whole, with separators, quotes and line ends in them", () => {
    const table = parse('name,n\n"Smith, ""J.""\nof York",1\n"",2\n', "csv");
    expect(cells(table)).toEqual([
      ['Smith, "J."\nof York', "1"],
      ["", "2"],
    ]);
    expect(table.faultCount).toBe(0);
  });

  it("goes on after a quote that is never closed", () => {
    const table = parse('a,b\n1,2\n"3,4\n5,6\n', "csv");
    expect(cells(table)).toEqual([
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ]);
    expect(table.faults).toEqual([{ line: 3, what: "a quote is opened and not closed" }]);
  });

  it("reports ragged and cut rows by line and keeps the rest", () => {
    const table = parse("# x y z\n1 2 3\n4 5\n6 7 8 9\n\n10 11 12\n13 1", "dat");
    expect(cells(table)).toEqual([
      ["1", "2", "3"],
      ["4", "5", ""],
      ["6", "7", "8"],
      ["10", "11", "12"],
      ["13", "1", ""],
    ]);
    expect(table.faults).toEqual([
      { line: 3, what: "2 fields, not 3" },
      { line: 4, what: "4 fields, not 3: what follows the 3rd is not shown" },
      { line: 7, what: "the last line is cut off: it has 2 fields, not 3" },
    ]);
  });

  it("leaves out the half line where reading stopped", () => {
    expect(parse("1 2\n3 4\n5 ", "", true).rows).toBe(2);
  });

  it("shows words among numbers as they are, and takes a column of words as words", () => {
    const table = parse("t v note\n1 **** ok\n2 3.5 bad\n3 n/a ok\n4 4.5 ok\n5 5.5 ok\n");
    expect(table.columns.map((column) => column.kind)).toEqual(["number", "number", "text"]);
    expect(cells(table).map((row) => row[1])).toEqual(["****", "3.5", "n/a", "4.5", "5.5"]);
    expect(values(table, 1)[0]).toBeNaN();
  });

  it("overlooks remarks behind the numbers, and comments between rows", () => {
    const table = parse("1 2 # first\n# between\n3 4 ! last\n");
    expect(cells(table)).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
    expect(table.comments).toContain("between");
  });

  it("is nothing where there is nothing", () => {
    for (const text of ["", "\n\n", "# only\n# comments\n"]) expect(parse(text).rows).toBe(0);
  });

  it("is the same however the text is cut into pieces", () => {
    const line = fc.constantFrom(
      "1 2 3",
      "4.5 -6e3 nan",
      "# note",
      "",
      '"a b" 2 3',
      "7 8",
      "x y z",
      "1\t2\t3",
      "9 8 7 6",
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.constantFrom("\n", "\r\n"),
        fc.array(fc.nat(200), { maxLength: 8 }),
        (lines, end, cuts) => {
          const text = lines.join(end);
          const parser = new TableParser("dat");
          const places = [0, ...cuts.filter((cut) => cut < text.length).sort((one, other) => one - other), text.length];
          for (const [index, place] of places.slice(1).entries()) parser.push(text.slice(places[index], place));
          expect(parser.finish()).toEqual(parse(text, "dat"));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives back every value that it wrote as CSV", () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom("", '"', ",", "a,b", 'say "x"', "line\nend", "#1", " blank "));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, fc.double({ noNaN: true, noDefaultInfinity: true })), { minLength: 3, maxLength: 40 }),
        (rows) => {
          const words = rows.map(([word]) => `w${word.replaceAll(/[\r\0]/g, "")}`);
          const table: Pick<Table, "columns" | "rows"> = {
            columns: [
              { kind: "text", name: "word", values: words },
              {
                kind: "number",
                name: "number",
                values: Float64Array.from(rows, ([, value]) => value),
                decimals: undefined,
                odd: new Map(),
              },
            ],
            rows: rows.length,
          };
          const back = parse([...csvPieces(table)].join(""), "csv");
          expect(back.faultCount).toBe(0);
          expect(cells(back).map((row) => row[0])).toEqual(words);
          expect(values(back, 1).map(Number)).toEqual(rows.map(([, value]) => value + 0));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary", maxLength: 400 }),
          fc.string({ unit: fc.constantFrom("1", " ", ",", ";", '"', "\n", "#", "a", "\t", "."), maxLength: 200 }),
        ),
        fc.constantFrom("", "csv", "tsv", "dat"),
        (text, ending) => {
          const table = parse(text, ending);
          expect(table.columns.every((column) => column.values.length === table.rows)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("has a hundred thousand rows", () => {
    const text = Array.from(
      { length: 100_000 },
      (_, row) => `${row} ${(row * 0.001).toExponential(6)} ${-row}.5 ${row % 7} ${row}e-3 word${row % 3}`,
    ).join("\n");
    const table = parse(`# a b c d e f\n${text}\n`, "dat");
    expect(table.rows).toBe(100_000);
    expect(table.columns.map((column) => column.kind)).toEqual([
      "number",
      "number",
      "number",
      "number",
      "number",
      "text",
    ]);
    expect(values(table, 1)[99_999]).toBe(99.999);
  });
});
