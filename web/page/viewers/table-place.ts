// Where the rows of a long table are: browsers end at some ten million pixels, tables do not.
import { cellText, type Table } from "./table.ts";

/** Height of a row (px), as the style sheet has it. */
export const rowHeight = 28;
const mostPixels = 8_000_000;

/** Height of all rows in the page (px). */
export const pixelsOf = (rows: number): number => Math.min(rows * rowHeight, mostPixels);

/** The row (with a fraction) that is at the top where `top` pixels are scrolled away. */
export function rowAt(top: number, rows: number, height: number): number {
  const pixels = pixelsOf(rows);
  if (pixels === rows * rowHeight) return top / rowHeight;
  const way = Math.max(1, pixels - height);
  return (Math.min(top, way) / way) * Math.max(0, rows - height / rowHeight);
}

/** How far down a row stands (px): for scrolling to it, or, with what is scrolled away now, for drawing it there. */
export function topOf(row: number, top: number | undefined, rows: number, height: number): number {
  const pixels = pixelsOf(rows);
  if (pixels === rows * rowHeight) return row * rowHeight;
  if (top !== undefined) return Math.max(0, top - (rowAt(top, rows, height) - row) * rowHeight);
  return (row / Math.max(1, rows - height / rowHeight)) * (pixels - height);
}

const sampled = 400;
const character = 7.6;
const padding = 22;

/** Widths of the columns (px) by what stands in the first rows, the last ones, and some between. */
export function columnWidths(table: Table): { place: number; columns: number[] } {
  const step = Math.max(1, Math.floor(table.rows / sampled));
  const columns = table.columns.map((column) => {
    let longest = Math.min(24, column.name.length) + 1;
    for (let row = 0; row < table.rows; row += step) longest = Math.max(longest, cellText(column, row).length);
    return Math.round(Math.min(Math.max(longest, 4), column.kind === "number" ? 26 : 44) * character + padding);
  });
  return { place: Math.round(Math.max(2, table.rows.toLocaleString("en").length) * character + padding), columns };
}
