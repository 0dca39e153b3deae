// Command lines of the programs: exactly the options that are understood, anything else is an error.

/** What a program says, on stderr if nothing else is known of Slurm, before it ends with this exit code. */
export class Refusal extends Error {
  readonly code: number;
  readonly where: "stderr" | "stdout";
  constructor(message: string, code = 1, where: "stderr" | "stdout" = "stderr") {
    super(message);
    this.code = code;
    this.where = where;
  }
}

export type OptionTable = Record<string, "flag" | "value">;
type Parsed = { options: Map<string, string>; words: string[] };

/**
 * Reads `--name=value`, `--name value`, `-n value`, `-nvalue` and `--flag`. `short` maps single letters to long names.
 * With `stopAtWord` all after the first other word belongs to the words, as in sbatch SCRIPT ARGUMENTS.
 */
export function parseOptions(
  program: string,
  args: string[],
  known: OptionTable,
  short: Record<string, string> = {},
  stopAtWord = false,
): Parsed {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") return { options, words: [...words, ...args.slice(i + 1)] };
    if (!arg.startsWith("-") || arg === "-") {
      if (stopAtWord) return { options, words: args.slice(i) };
      words.push(arg);
      continue;
    }
    const { name, attached } = splitOption(arg, short);
    const kind = name === undefined || !Object.hasOwn(known, name) ? undefined : known[name];
    if (name === undefined || kind === undefined) throw new Refusal(unknownOption(program, arg, known));
    if (kind === "flag") {
      if (attached !== undefined && attached !== "") throw new Refusal(`${program}: option '--${name}' takes no value`);
      options.set(name, "");
      continue;
    }
    const value = attached ?? args[++i];
    if (value === undefined) throw new Refusal(`${program}: option '--${name}' needs a value`);
    options.set(name, value);
  }
  return { options, words };
}

function splitOption(
  arg: string,
  short: Record<string, string>,
): { name: string | undefined; attached: string | undefined } {
  const long = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
  if (long !== null) return { name: long[1], attached: long[2] };
  const letter = arg.charAt(1);
  const name = Object.hasOwn(short, letter) ? short[letter] : undefined;
  return { name, attached: arg.length > 2 ? arg.slice(2).replace(/^=/, "") : undefined };
}

function unknownOption(program: string, arg: string, known: OptionTable): string {
  const accepted = Object.keys(known).map((name) => `--${name}`);
  return `${program}: unrecognized option '${arg}': the stand-in understands ${accepted.join(" ")}`;
}
