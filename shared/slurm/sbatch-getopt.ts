// Words of a command line or of #SBATCH lines as options with values, read as getopt_long reads them for sbatch.
import { longName, namesLike, sbatchOptions } from "./sbatch-options.ts";
import type { SbatchWord } from "./sbatch-words.ts";

export type GivenOption = {
  name: string;
  /** "" for a flag. */
  value: string;
  /** As it was written: "--time=5", "-t". */
  written: string;
  line?: number;
};

/** Something in a script's directives or on the command line that cannot be taken, in words that name value and what is accepted. */
export type SbatchProblem = { line?: number; words: string };

type Reading = {
  options: GivenOption[];
  problems: SbatchProblem[];
  /** From the first word that is no option on. */
  rest: SbatchWord[];
};

/** Reads options until the first other word, or the word after "--". */
export function readOptions(words: readonly SbatchWord[]): Reading {
  const options: GivenOption[] = [];
  const problems: SbatchProblem[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at];
    if (word === undefined || word.text === "-" || !word.text.startsWith("-")) break;
    at += 1;
    if (word.text === "--") break;
    const place = word.line === undefined ? {} : { line: word.line };
    const following = () => {
      const next = words[at];
      if (next !== undefined) at += 1;
      return next?.text;
    };
    const take = (name: string, written: string, attached: string | undefined) => {
      const kind = sbatchOptions[name]?.value;
      if (kind === "none" && attached !== undefined) {
        problems.push({ ...place, words: `--${name} takes no value, and ${JSON.stringify(attached)} was given` });
        return;
      }
      const value = kind === "needed" ? (attached ?? following()) : (attached ?? "");
      if (value === undefined) problems.push({ ...place, words: `${written} needs a value` });
      else options.push({ name, value, written, ...place });
    };
    if (word.text.startsWith("--")) {
      const [, beginning = "", attached] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word.text) ?? [];
      const names = namesLike(beginning);
      const [name] = names;
      if (name !== undefined && names.length === 1) take(name, `--${name}`, attached);
      else if (names.length === 0) problems.push({ ...place, words: `--${beginning} is no option of sbatch` });
      else {
        const list = names.map((one) => `--${one}`).join(", ");
        problems.push({ ...place, words: `--${beginning} may mean any of ${list}` });
      }
      continue;
    }
    let letters = word.text.slice(1);
    while (letters !== "") {
      const letter = letters.charAt(0);
      const name = longName(letter);
      letters = letters.slice(1);
      if (name === undefined) {
        problems.push({ ...place, words: `-${letter} is no option of sbatch` });
        continue;
      }
      const takesValue = sbatchOptions[name]?.value !== "none";
      take(name, `-${letter}`, takesValue && letters !== "" ? letters : undefined);
      if (takesValue) letters = "";
    }
  }
  return { options, problems, rest: words.slice(at) };
}
