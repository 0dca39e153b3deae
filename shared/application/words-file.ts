// How what a person typed reaches a program: as words of a file, never as part of a line of ours.
import { quoteWords } from "../shell/quote.ts";

/** The text of a file that a script reads with `.`: it makes the words the script's positional parameters ($1, $2 …). */
export function wordsFile(words: readonly string[]): string {
  return words.length === 0 ? "set --\n" : `set -- ${quoteWords(words)}\n`;
}
