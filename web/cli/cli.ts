// What the command line has of the world: given by its entry, so that nothing else looks at the process.
import { jsonWords } from "./words.ts";

export type Cli = {
  env: Readonly<Record<string, string | undefined>>;
  /** The answer: stdout. */
  out: (text: string | Uint8Array) => void;
  /** What is said beside it: stderr. */
  say: (text: string) => void;
  /** Whether stderr is a terminal: only then are there progress bars. */
  terminal: boolean;
  /** Columns of that terminal. */
  columns: () => number;
  stdin: NodeJS.ReadStream;
  /** Has `stop` called at the first interrupt, which then does not end the command; what it answers takes that back. */
  onInterrupt: (stop: () => void) => () => void;
};

/** Options that every command has. */
export type GlobalOptions = { site?: string; json?: boolean };

/** One value as JSON on a line of its own. */
export function outJson(cli: Cli, value: unknown): void {
  cli.out(`${jsonWords(value)}\n`);
}
