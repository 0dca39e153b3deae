// Finding words in a log: in what is held, and further on window by window. Pure but for the reading that it is given.
import { type LogText, logText } from "./log-text.ts";
import { windowBytes } from "./log-window.ts";

/** Where the words are: a line of the text, and the characters from `start` up to `end`. */
export type Match = { line: number; start: number; end: number };

/** More matches than these are not counted. */
export const mostMatches = 5_000;
/** Windows overlap by this much, so that words across an edge are found (bytes); four for each character that can be asked for. */
const overlapBytes = 4_096;
/** Characters that can be looked for. */
export const longestQuery = 500;

/** All places of the words in a text, at most `mostMatches`. */
export function findAll(text: LogText, query: string, matchCase: boolean): Match[] {
  const found: Match[] = [];
  if (query === "") return found;
  const words = pattern(query, matchCase);
  for (let line = 0; line < text.lines.length; line += 1) {
    const content = text.lines[line] ?? "";
    if (content.length < query.length) continue;
    words.lastIndex = 0;
    for (let match = words.exec(content); match; match = words.exec(content)) {
      found.push({ line, start: match.index, end: match.index + match[0].length });
      if (found.length === mostMatches) return found;
    }
  }
  return found;
}

type Search = {
  /** Reads bytes of the file; fewer where it ends. */
  read: (from: number, to: number) => Promise<Uint8Array>;
  size: number;
  query: string;
  matchCase: boolean;
  /** Told how many bytes were looked through. */
  onProgress: (bytes: number) => void;
  signal: AbortSignal;
};

/** A window with the words in it, and which of its matches is meant. */
export type Found = { from: number; bytes: Uint8Array; text: LogText; matches: Match[]; at: number };

/** Looks through what lies before `place`, backwards, for the last match whose line begins before it. */
export async function searchEarlier(place: number, search: Search): Promise<Found | undefined> {
  let end = Math.min(search.size, place + overlapBytes);
  for (;;) {
    const from = Math.max(0, end - windowBytes);
    const seen = await look(from, end, search);
    const at = seen.matches.findLastIndex(({ line }) => (seen.text.starts[line] ?? 0) < place);
    if (at >= 0) return { ...seen, at };
    search.onProgress(place - from);
    if (from === 0) return undefined;
    end = from + overlapBytes;
  }
}

/** Looks through what lies after `place`, forwards, for the first match whose line ends after it. */
export async function searchLater(place: number, search: Search): Promise<Found | undefined> {
  let from = Math.max(0, place - overlapBytes);
  for (;;) {
    const to = Math.min(search.size, from + windowBytes);
    const seen = await look(from, to, search);
    const at = seen.matches.findIndex(({ line }) => (seen.text.starts[line + 1] ?? to) > place);
    if (at >= 0) return { ...seen, at };
    search.onProgress(to - place);
    if (to === search.size) return undefined;
    from = to - overlapBytes;
  }
}

async function look(from: number, to: number, search: Search): Promise<Omit<Found, "at">> {
  search.signal.throwIfAborted();
  const bytes = await search.read(from, to);
  search.signal.throwIfAborted();
  const text = logText(bytes, from, search.size);
  return { from, bytes, text, matches: findAll(text, search.query, search.matchCase) };
}

function pattern(query: string, matchCase: boolean): RegExp {
  const plain = query.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return new RegExp(plain, matchCase ? "gu" : "giu");
}
