// The rows that a log's lines take on the screen: one each, or as many as they need where they are wrapped. Pure.
import { cutAt, type LogText } from "./log-text.ts";

export type LogRows = {
  readonly count: number;
  /** Which line a row shows, and which of its characters. */
  at(row: number): { line: number; from: number; to: number };
  /** The row that holds a character of a line. */
  rowOf(line: number, character?: number): number;
};

/** Rows of one line each, or of at most `columns` characters. */
export function logRows(text: LogText, columns: number | undefined): LogRows {
  const { lines } = text;
  if (columns === undefined)
    return {
      count: lines.length,
      at: (row) => ({ line: row, from: 0, to: lines[row]?.length ?? 0 }),
      rowOf: (line) => line,
    };
  const width = Math.max(10, columns);
  const first = new Uint32Array(lines.length + 1);
  for (let index = 0; index < lines.length; index += 1)
    first[index + 1] = (first[index] ?? 0) + Math.max(1, Math.ceil((lines[index]?.length ?? 0) / width));
  return {
    count: first[lines.length] ?? 0,
    at(row) {
      const line = lastAtMost(first, row, lines.length - 1);
      const content = lines[line] ?? "";
      const from = (row - (first[line] ?? 0)) * width;
      // neither end tears a pair of surrogates
      const edge = (place: number) => (place > 0 && place < content.length ? cutAt(content, place) : place);
      return { line, from: edge(from), to: edge(Math.min(content.length, from + width)) };
    },
    rowOf(line, character = 0) {
      const own = Math.max(0, (first[line + 1] ?? 0) - (first[line] ?? 0) - 1);
      return (first[line] ?? 0) + Math.min(own, Math.floor(character / width));
    },
  };
}

function lastAtMost(sorted: Uint32Array, value: number, highest: number): number {
  let low = 0;
  let high = Math.max(0, highest);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
