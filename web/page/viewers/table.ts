// A table in columns, as the parsers make it and the views show it.

export type NumberColumn = {
  kind: "number";
  name: string;
  /** NaN where the cell holds no number: `odd` says what is written there. */
  values: Float64Array;
  /** Digits after the point at most; undefined: some have an exponent. */
  decimals: number | undefined;
  /** Cells that are no numbers: what is written there, "" where there is nothing. */
  odd: ReadonlyMap<number, string>;
};
export type TextColumn = { kind: "text"; name: string; values: readonly string[] };
export type Column = NumberColumn | TextColumn;

/** Something in the file that does not fit the table. Lines count from 1. */
export type Fault = { line: number; what: string };

export type Table = {
  columns: readonly Column[];
  rows: number;
  /** Comment lines and what stands before the table, in order, without their marks. */
  comments: readonly string[];
  /** The first of them; there are `faultCount`. */
  faults: readonly Fault[];
  faultCount: number;
};

/** What a cell shows. */
export function cellText(column: Column, row: number): string {
  if (column.kind === "text") return column.values[row] ?? "";
  const odd = column.odd.get(row);
  if (odd !== undefined) return odd;
  return numberText(column.values[row] ?? Number.NaN, column.decimals);
}

/** A number as a table shows it: all its digits, with that many after the point where that is known. */
export function numberText(value: number, decimals?: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  // toFixed turns to exponents from 1e21 on
  if (decimals !== undefined && decimals <= 17 && Math.abs(value) < 1e15) return value.toFixed(decimals);
  return String(value);
}

/** A table of text columns, for what is no table in its file: parameters of a program. */
export function textTable(names: readonly string[], rows: readonly (readonly string[])[]): Table {
  return {
    columns: names.map((name, index) => ({ kind: "text", name, values: rows.map((row) => row[index] ?? "") })),
    rows: rows.length,
    comments: [],
    faults: [],
    faultCount: 0,
  };
}
