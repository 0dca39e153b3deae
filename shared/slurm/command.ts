// What every Slurm command of ours is: words to run, and a reading of the answer. Pure; nothing is started here.

/** What a command said. `code` is null where it was ended by a signal or a time-out. */
export type Answer = { code: number | null; stdout: string; stderr: string };

/** An answer that could be read, or why it tells nothing. Failed is not empty: it never means that a job is absent. */
export type Reading<T> = { ok: true; value: T } | { ok: false; words: string };

/** Cuts Slurm's words to what a person may be shown: no control characters, at most `most` characters. */
export function tidyWords(text: string, most = 1_000): string {
  const lines = text
    .split("\n")
    .map((line) => line.replace(/^\w+: (?:error: )?/, "").trim())
    .filter((line) => line !== "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  const words = [...new Set(lines)].join("; ").replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, "?");
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

/**
 * Whether an answer may be read at all. Slurm exits 0 after some failures, with the error on stderr only: such an answer
 * is a failure too ("squeue: error: Invalid user" comes with exit code 0 and an empty list).
 */
export function refusalOf(answer: Answer): string | undefined {
  if (answer.code === null) return "no answer within the time-out";
  if (answer.code !== 0) return tidyWords(answer.stderr) || `exit code ${answer.code} without a word`;
  return /\berror\b/i.test(answer.stderr) ? tidyWords(answer.stderr) : undefined;
}
