// The last lines of a log, out of the bytes at its end. Pure.
import { cutAt, firstOf, type LogText, logText } from "./log-text.ts";

export type LastLines = {
  text: LogText;
  /** Indices of the lines, first to last. */
  lines: number[];
  /** As many lines as were wanted, each whole; or all that there are. */
  complete: boolean;
  /** These are all lines of the file. */
  whole: boolean;
};

/** Characters of a line that are shown among the last ones. */
const longest = 2_000;

/** The last `count` lines of a file of `size` bytes whose bytes from `from` to its end these are; empty ones at the end count not. */
export function lastLines(bytes: Uint8Array, from: number, size: number, count: number): LastLines {
  const text = shortened(logText(bytes, from, size));
  let end = text.lines.length;
  while (end > 0 && text.lines[end - 1]?.trim() === "") end -= 1;
  // what lies before the first newline is half a line, unless it begins the file
  const first = from > 0 && end > 1 ? 1 : 0;
  const start = Math.max(first, end - count);
  const lines = Array.from({ length: end - start }, (_, index) => start + index);
  return { text, lines, complete: from === 0 || lines.length === count, whole: from === 0 && start === 0 };
}

function shortened(text: LogText): LogText {
  const cut = new Map(text.cut);
  const colours = new Map(text.colours);
  const lines = text.lines.map((line, index) => {
    if (line.length <= longest) return line;
    const end = cutAt(line, longest);
    cut.set(index, (text.cut.get(index) ?? 0) + line.length - end);
    const segments = colours.get(index);
    if (segments) colours.set(index, firstOf(segments, end));
    return line.slice(0, end);
  });
  return { ...text, lines, cut, colours };
}
