// A span of time to the second, for people who wait. Pure.
import { spanWords } from "../words.ts";

/** "less than a second", "7 s", "3 min 20 s". */
export function roughSpan(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 1) return "less than a second";
  return seconds < 10 ? `${seconds} s` : spanWords(seconds * 1_000);
}
