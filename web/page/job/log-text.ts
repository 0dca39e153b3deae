// A piece of a log as lines for people: bytes to text whatever they are, bounded, with colours. Pure.
import { AnsiLines, hasControls, type Segment } from "./ansi-lines.ts";

/** Characters of a line that are shown; what is beyond is counted and told. */
export const longestLine = 10_000;
/** Characters of a line that are looked at: colours take some, too. */
const mostRead = 4 * longestLine;

export type LogText = {
  /** Where in the file the text begins and ends (bytes). */
  readonly from: number;
  readonly to: number;
  /** What is shown of each line, without colours. */
  readonly lines: readonly string[];
  /** Where in the file each line begins (bytes), one more than there are lines: the last is where the text ends. */
  readonly starts: readonly number[];
  /** How many characters were cut off, by line; absent: none. */
  readonly cut: ReadonlyMap<number, number>;
  /** Coloured pieces by line; absent: the line is plain. */
  readonly colours: ReadonlyMap<number, readonly Segment[]>;
};

/**
 * Reads the bytes that lie in a file of `size` bytes from `from` on. Half characters at the edges are left out, bytes that are
 * no text show as U+FFFD, control characters as their pictures; of what a carriage return wrote over, the last counts.
 */
export function logText(bytes: Uint8Array, from: number, size: number): LogText {
  const first = from > 0 ? halfAtStart(bytes) : 0;
  const last = from + bytes.length < size ? bytes.length - halfAtEnd(bytes) : bytes.length;
  const shown = bytes.subarray(first, Math.max(first, last));
  const raw = new TextDecoder("utf-8", { ignoreBOM: from > 0 }).decode(shown).split("\n");
  const starts = startsOf(shown, from + first);
  // a newline ends the last line; it does not begin another
  if (raw.at(-1) === "") {
    raw.pop();
    starts.pop();
  }
  const cut = new Map<number, number>();
  const colours = new Map<number, readonly Segment[]>();
  const lines = allPlain(raw) ? raw : readLines(raw, cut, colours);
  const to = from + first + shown.length;
  starts.push(to);
  return { from: from + first, to, lines, starts, cut, colours };
}

/** Most logs: nothing in them has to be read into, and there may be 800,000 lines. */
const allPlain = (raw: readonly string[]): boolean =>
  raw.every((line) => line.length <= longestLine) && !hasControls(raw.join("\n"));

function readLines(
  raw: readonly string[],
  cut: Map<number, number>,
  colours: Map<number, readonly Segment[]>,
): string[] {
  const ansi = new AnsiLines();
  return raw.map((whole, index) => {
    const written = visible(whole);
    const { text, segments } = ansi.read(written.slice(0, mostRead));
    if (segments) colours.set(index, segments);
    const rest = Math.max(0, written.length - mostRead);
    const end = text.length > longestLine ? cutAt(text, longestLine) : text.length;
    if (text.length - end + rest > 0) cut.set(index, text.length - end + rest);
    if (segments && end < text.length) colours.set(index, firstOf(segments, end));
    return text.slice(0, end);
  });
}

/** The line that holds a place in the file: the last one that begins there or before. */
export function lineAt({ starts, lines }: LogText, place: number): number {
  let low = 0;
  let high = Math.max(0, lines.length - 1);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many lines end in these bytes. */
export function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

/** Whether it is most likely no text: a tenth or more of its characters are none. */
export function looksBinary({ lines }: LogText): boolean {
  let all = 0;
  let odd = 0;
  for (const line of lines) {
    for (let index = 0; index < line.length && all < 20_000; index += 1) {
      all += 1;
      const code = line.charCodeAt(index);
      if (code === 0xfffd || (code >= 0x2400 && code <= 0x2421)) odd += 1;
    }
  }
  return all > 0 && odd * 10 >= all;
}

/** The pieces of a line from one character to another. */
export function segmentsIn(segments: readonly Segment[], from: number, to: number): Segment[] {
  const found: Segment[] = [];
  let at = 0;
  for (const segment of segments) {
    const text = segment.text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (text !== "") found.push({ ...segment, text });
    at += segment.text.length;
    if (at >= to) break;
  }
  return found;
}

/** The pieces up to a character. */
export const firstOf = (segments: readonly Segment[], end: number): Segment[] => segmentsIn(segments, 0, end);

/** Where to cut so that no pair of surrogates is torn. */
export function cutAt(text: string, end: number): number {
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff && end > 1 ? end - 1 : end;
}

/** What a terminal would leave of a line that carriage returns wrote over. */
function visible(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === "\r") end -= 1;
  const start = end === 0 ? 0 : line.lastIndexOf("\r", end - 1) + 1;
  return line.slice(start, end);
}

function startsOf(bytes: Uint8Array, from: number): number[] {
  const starts = [from];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(from + at + 1);
  return starts;
}

/** Bytes at the start that go on with a character of UTF-8 begun before: at most three. */
function halfAtStart(bytes: Uint8Array): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}

/** Bytes at the end that begin a character of UTF-8 which goes on after them: at most three. */
function halfAtEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
