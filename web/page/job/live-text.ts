// The end of a log that is still being written: as lines, and how much of it that is, in words. Pure.
import type { LiveJob, LiveText } from "../../../shared/contract/job.ts";
import { sizeWords } from "../words.ts";
import { type LogText, logText } from "./log-text.ts";

const encoder = new TextEncoder();

/** The lines of a look, as those of any log. */
export function liveLines({ text, from, size }: LiveText): LogText {
  return logText(encoder.encode(text), from, size);
}

/** "all 812 B so far", "the last 65.5 kB of 3.20 MB". */
export function extentWords({ from, size }: Pick<LiveText, "from" | "size">): string {
  return from === 0 ? `all ${sizeWords(size)} so far` : `the last ${sizeWords(size - from)} of ${sizeWords(size)}`;
}

export type LiveLogName = "stdout" | "stderr";

/** Which of the two to show where nobody chose: the output, unless only the error output has something to say. */
export function likelyLog({ stdout, stderr }: Pick<LiveJob, "stdout" | "stderr">): LiveLogName {
  return (stdout?.size ?? 0) === 0 && (stderr?.size ?? 0) > 0 ? "stderr" : "stdout";
}

/** The last lines of a look, empty ones at its end left out. */
export function lastOf(text: LogText, count: number): number[] {
  let end = text.lines.length;
  while (end > 0 && text.lines[end - 1]?.trim() === "") end -= 1;
  const start = Math.max(0, end - count);
  return Array.from({ length: end - start }, (_, index) => start + index);
}
