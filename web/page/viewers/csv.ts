// A table as CSV (RFC 4180), for taking away.
import { cellText, type Table } from "./table.ts";

const rowsAtOnce = 5_000;

/** The table as pieces of CSV with a header line: all digits that are known, quotes only where needed. */
export function* csvPieces(table: Pick<Table, "columns" | "rows">): Generator<string, void> {
  yield `${table.columns.map((column) => quoted(column.name)).join(",")}\r\n`;
  for (let from = 0; from < table.rows; from += rowsAtOnce) {
    const to = Math.min(from + rowsAtOnce, table.rows);
    let piece = "";
    for (let row = from; row < to; row += 1)
      piece += `${table.columns.map((column) => quoted(cellText(column, row))).join(",")}\r\n`;
    yield piece;
  }
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
