// Values as a terminal shows them.
import { isFinal, type Job } from "../../shared/contract/job.ts";

/** What moves the cursor of a terminal, colours what follows, or turns it round. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const acting = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Text on one line of a terminal: what would act there becomes ?. */
export const clean = (text: string): string => text.replaceAll(acting, "?");

/** Text of several lines, in which all else that would act on a terminal is escaped. */
export const legible = (text: string): string =>
  text.replaceAll(acting, (letter) => (letter === "\n" ? letter : escaped(letter)));

/** A value as JSON that may be shown on a terminal. */
export const jsonWords = (value: unknown): string => JSON.stringify(value).replaceAll(acting, escaped);

/** A file's name: as it is where that can be shown, else in quotes and escaped, as in "a\tb". */
export const nameWords = (name: string): string => (clean(name) === name ? name : jsonWords(name));

/** Bytes: "0 B", "12.3 MB". */
export function sizeWords(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || amount >= 99.95 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

/** Seconds: "5 s", "2:05 min", "1:02:05 h". */
export function spanWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (amount: number) => String(amount).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3_600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)} h`;
}

/** Columns, padded to their widest; the last one is as long as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** How a job ended or stands, in a few words: "failed: exit code 3". */
export function standing(job: Job): string {
  if (job.state !== "failed")
    return job.cancelRequestedAt && !isFinal(job.state) ? `${job.state}, cancelling` : job.state;
  if (job.reason === "exit-code" && job.exitCode !== undefined) return `failed: exit code ${job.exitCode}`;
  if (job.reason === "signal" && job.signal !== undefined) return `failed: signal ${job.signal}`;
  return `failed: ${job.reason ?? "unknown"}`;
}

/** A job on one line, its id first. */
export function jobLine(job: Job): string {
  const name = job.name === undefined ? "" : `  ${clean(job.name)}`;
  return `${job.id}  ${standing(job)}  ${job.application} on ${job.cluster}${name}`;
}
