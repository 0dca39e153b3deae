// Which view a file gets: by its first bytes, then by its name.

import { endingOf } from "./file-names.ts";
import { parseParameters } from "./parse-parameters.ts";
import { type Encoding, sniff } from "./sniff.ts";
import type { Table } from "./table.ts";
import { TableParser } from "./table-parser.ts";

export type Choice =
  | { kind: "empty" }
  | { kind: "image"; type: string }
  | { kind: "json" | "table" | "parameters" | "text"; encoding: Encoding }
  | { kind: "binary"; what: string };

const tables: ReadonlySet<string> = new Set(["csv", "tsv", "dat", "txt", "mon", "tab", "asc", "xy", "xye", "par"]);
/** Tables however ragged they are. */
const separated: ReadonlySet<string> = new Set(["csv", "tsv"]);
const jsons: ReadonlySet<string> = new Set(["json", "ndjson", "jsonl", "geojson", "ipynb"]);
const parameters: ReadonlySet<string> = new Set(["nml", "namelist", "nam", "in", "inp", "ini", "cfg", "toml", "gen"]);
/** Programs, logs and documents, in which a few lines could look like a table. */
const texts: ReadonlySet<string> = new Set(
  "py sh bash f f90 c cpp h jl r m md rst tex html htm xml yaml yml log err out svg css js ts slurm sbatch".split(" "),
);

/** Chooses by the first 64 KB of a file. */
export function chooseView(path: string, head: Uint8Array): Choice {
  if (head.length === 0) return { kind: "empty" };
  const seen = sniff(head);
  if (seen.kind === "binary") return { kind: "binary", what: seen.what };
  if (seen.kind === "image") return { kind: "image", type: seen.type };
  const { encoding } = seen;
  const ending = endingOf(path);
  const text = new TextDecoder(encoding).decode(head, { stream: true });
  if (ending === "svg" && /<svg[\s>]/.test(text)) return { kind: "image", type: "image/svg+xml" };
  if (jsons.has(ending)) return { kind: "json", encoding };
  const whole = text.slice(0, text.lastIndexOf("\n") + 1) || text;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const set = parameters.has(ending) || /^(input|parameters|in)[._]/i.test(name) || /^parameters/i.test(name);
  if (set && parseParameters(whole)) return { kind: "parameters", encoding };
  if (texts.has(ending) || name === "stdout" || name === "stderr") return { kind: "text", encoding };
  const table = tableOf(whole, ending);
  if (isTabular(table, tables.has(ending)) || (separated.has(ending) && table.rows > 0 && table.columns.length > 1))
    return { kind: "table", encoding };
  if (!tables.has(ending) && /^\s*[&$]\w+/m.test(whole) && parseParameters(whole))
    return { kind: "parameters", encoding };
  return { kind: "text", encoding };
}

function tableOf(text: string, ending: string): Table {
  const parser = new TableParser(ending);
  parser.push(text);
  return parser.finish();
}

/** Whether what was read is a table and not prose; `named`: the file's name says that it is one. */
export function isTabular(table: Table, named: boolean): boolean {
  const numbers = table.columns.filter((column) => column.kind === "number").length;
  if (table.rows === 0) return false;
  if (!named && (table.rows < 2 || numbers === 0)) return false;
  // a .txt that is prose has lines of all lengths, and a .csv of words is a table all the same
  if (table.faultCount * 5 > table.rows * (named ? 2 : 1)) return false;
  // sentences with a number here and there have many columns of words
  return numbers * 2 >= table.columns.length;
}
