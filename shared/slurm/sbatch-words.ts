// The words of a script's #SBATCH lines, split as sbatch itself splits them (its opt.c, and measured against 22.05).

export type SbatchWord = {
  text: string;
  /** The script's line, from 1; undefined on the command line. */
  line?: number;
};

/** A quote that is not closed; sbatch refuses the whole script for it. */
export type OpenQuote = { line: number; quote: string };

const directive = "#SBATCH";
/** isspace in the C locale. */
const blank = /[ \t\n\v\f\r]/;

/**
 * The words of all #SBATCH lines, one after another. The first line that is neither blank nor a comment ends them; a
 * directive begins at the very start of its line, needs no blank after it, and may hold several options. An unquoted #
 * ends a line, also within a word, and so does an empty word ("").
 */
export function directiveWords(script: string): { words: SbatchWord[]; open: OpenQuote | undefined } {
  const words: SbatchWord[] = [];
  for (const [place, text] of script.split("\n").entries()) {
    const line = place + 1;
    if (!text.startsWith(directive)) {
      const first = [...text].find((character) => !blank.test(character));
      if (first === undefined || first === "#") continue;
      break;
    }
    const split = splitLine(text.slice(directive.length));
    words.push(...split.words.map((word) => ({ text: word, line })));
    if (split.open !== undefined) return { words, open: { line, quote: split.open } };
  }
  return { words, open: undefined };
}

function splitLine(text: string): { words: string[]; open?: string } {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && blank.test(text.charAt(at))) at += 1;
    const word = readWord(text, at);
    if (word.open !== undefined) return { words, open: word.open };
    if (word.text === "") return { words };
    words.push(word.text);
    at = word.end;
  }
}

/** One word. A backslash takes the next character as it is, but no blank outside quotes. */
function readWord(text: string, start: number): { text: string; end: number; open?: string } {
  let word = "";
  let quote = "";
  let escaped = false;
  let at = start;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "" && blank.test(character)) break;
    if (!escaped) {
      if (character === "\\") {
        escaped = true;
        continue;
      }
      if (quote !== "" && character === quote) {
        quote = "";
        continue;
      }
      if (quote === "" && (character === '"' || character === "'")) {
        quote = character;
        continue;
      }
      if (quote === "" && character === "#") break;
    }
    escaped = false;
    word += character;
  }
  return { text: word, end: at, ...(quote === "" ? {} : { open: quote }) };
}
