// Finding a text in a table of any size without holding up the page.
import { cellText, type Table } from "./table.ts";

const cellsAtOnce = 20_000;
const mostFound = 10_000;

export type Found = {
  /** Rows with the text, in order. */
  rows: readonly number[];
  /** There may be more: looking stopped at 10,000. */
  more: boolean;
};

/** The rows that show the text in some cell, upper and lower case alike. Stops when aborted, with what was found so far. */
export async function findInTable(table: Table, text: string, signal: AbortSignal): Promise<Found> {
  const wanted = text.toLowerCase();
  const rows: number[] = [];
  const rowsAtOnce = Math.max(1, Math.floor(cellsAtOnce / Math.max(1, table.columns.length)));
  for (let from = 0; from < table.rows; from += rowsAtOnce) {
    if (signal.aborted) break;
    for (let row = from; row < Math.min(from + rowsAtOnce, table.rows); row += 1) {
      if (!table.columns.some((column) => cellText(column, row).toLowerCase().includes(wanted))) continue;
      rows.push(row);
      if (rows.length === mostFound) return { rows, more: true };
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { rows, more: false };
}
