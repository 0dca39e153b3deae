// How a text table is laid out, judged by its first lines: what separates fields, how many there are, and what they are called.
import { parseNumber } from "./parse-number.ts";
import { type Separator, splitFields } from "./split-fields.ts";

export type Layout = {
  separator: Separator;
  /** Fields of a row. */
  width: number;
  names: readonly string[];
  /** Lines before the first row, from the beginning of the file, comments among them. */
  head: number;
  /** What of those lines is to be told: comments and words, without their marks. */
  comments: readonly string[];
};

const mark = /^\s*(?:#+|%+|!+|\/\/)\s?/;

/** Whether a line is a comment: after any blanks it begins with #, %, ! or two slashes. */
export const isComment = (line: string): boolean => mark.test(line);

/** A comment without its mark. */
export const commentText = (line: string): string => line.replace(mark, "").trimEnd();

/**
 * Judges the layout by the lines at the beginning of a file; `ending` is the name's ending, which decides where the lines leave
 * it open ("csv", "tsv"). Undefined where no line could be a row.
 */
export function judgeLayout(lines: readonly string[], ending = ""): Layout | undefined {
  const filled = lines.filter((line) => line.trim() !== "" && !isComment(line));
  if (filled.length === 0) return undefined;
  const separator = judgeSeparator(filled, ending);
  const split = (line: string): string[] =>
    splitFields(separator === "space" ? withoutRemark(line) : line, separator) ?? [];
  // names and words above the table are not what its width is judged by
  const rows = filled.map(split);
  const numeric = rows.filter(hasNumber);
  const [first] = rows;
  const named =
    separator !== "space" && first && !hasNumber(first) && numeric.some((row) => row.length === first.length);
  const width = named ? first.length : commonest((numeric.length > 0 ? numeric : rows).map((row) => row.length));
  return { separator, width, ...judgeHead(lines, width, separator, numeric.length > 0) };
}

function judgeSeparator(lines: readonly string[], ending: string): Separator {
  const regular = (character: string): boolean => {
    const counts = lines.map((line) => outsideQuotes(line).split(character).length - 1).filter((count) => count > 0);
    return counts.length * 10 >= lines.length * 8;
  };
  if (ending === "tsv" && regular("\t")) return "tab";
  if (regular(";")) return "semicolon";
  if (regular(",") && !haveDecimalCommas(lines)) return "comma";
  if (regular("\t") && lines.some((line) => line.split("\t").some((field) => field === "" || /\S\s+\S/.test(field))))
    return "tab";
  // lines of a field in quotes may have none
  if (ending === "csv" && lines.filter((line) => line.includes(",")).length * 2 >= lines.length) return "comma";
  return "space";
}

/** Whether blanks make numbers with decimal commas of the lines: "1,5 2,25". */
function haveDecimalCommas(lines: readonly string[]): boolean {
  const rows = lines.map((line) => splitFields(line, "space") ?? []).filter(hasNumber);
  return rows.length > 0 && rows.every((row) => row.length > 1 && row.every((field) => numberOf(field) !== undefined));
}

const outsideQuotes = (line: string): string => (line.includes('"') ? line.replaceAll(/"(?:[^"]|"")*"/g, "") : line);

const hasNumber = (fields: readonly string[]): boolean => fields.some((field) => numberOf(field) !== undefined);

/** A field as a number; a comma may be its point, where fields are not separated by commas. */
export function numberOf(field: string): number | undefined {
  const value = parseNumber(field);
  if (value !== undefined) return value;
  return /^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$/.test(field) ? Number(field.replace(",", ".")) : undefined;
}

function judgeHead(
  lines: readonly string[],
  width: number,
  separator: Separator,
  numeric: boolean,
): Pick<Layout, "names" | "head" | "comments"> {
  const comments: string[] = [];
  const above: { line: string; comment: boolean }[] = [];
  let head = 0;
  for (const line of lines) {
    const comment = isComment(line);
    const text = separator === "space" ? withoutRemark(line) : line;
    const fields = comment || line.trim() === "" ? [] : splitFields(text, separator);
    // a quote that stays open: the names are above it
    if (!fields && above.length > 0) break;
    // the first row: it has a number; or, where none has, the line after the one with the names
    if (fields && fields.length > 0 && (numeric ? hasNumber(fields) && fields.length === width : above.length > 0))
      break;
    head += 1;
    if (line.trim() !== "") above.push({ line, comment });
  }
  // no row was found below the names: all lines are rows
  if (head === lines.length && !numeric) return { names: unnamed(width), head: 0, comments: [] };
  const found = findNames(above, width, separator);
  for (const [index, { line, comment }] of above.entries())
    if (!found?.used.includes(index)) comments.push(comment ? commentText(line) : line.trim());
  return { names: distinct(found?.names ?? unnamed(width)), head, comments };
}

/** The last line above the rows that has a word for each column; where it has units only, the line above it is joined with it. */
function findNames(
  above: readonly { line: string; comment: boolean }[],
  width: number,
  separator: Separator,
): { names: string[]; used: number[] } | undefined {
  const words = above.map(({ line, comment }) => namesIn(comment ? commentText(line) : line, width, separator));
  const last = words.findLastIndex((one) => one !== undefined);
  const names = words[last];
  if (!names) return undefined;
  const upper = words[last - 1];
  const sameKind = above[last]?.comment === above[last - 1]?.comment;
  const units = separator === "space" || above[last]?.comment ? names.every(isBracketed) : true;
  if (upper && sameKind && units)
    return { names: upper.map((name, index) => withUnit(name, names[index] ?? "")), used: [last - 1, last] };
  return { names, used: [last] };
}

const isBracketed = (word: string): boolean => /^[([].*[)\]]$|^-?$/.test(word);
const withUnit = (name: string, unit: string): string => {
  const bare = unit.replace(/^[([](.*)[)\]]$/, "$1");
  return bare === "" || bare === "-" ? name : `${name} (${bare})`;
};

/** As many names as there are columns, from a line: by tabs, by the separator, or by blanks, words in brackets kept together. */
function namesIn(text: string, width: number, separator: Separator): string[] | undefined {
  const whole = text.trim();
  if (whole === "" || /^[-=_*~.]+$/.test(whole)) return undefined;
  const ways: ((line: string) => string[])[] = [
    (line) => line.split("\t").map((word) => word.trim()),
    (line) => line.split(",").map((word) => word.trim()),
    (line) => splitFields(line, separator) ?? [],
    (line) => line.split(/\s{2,}/),
    (line) => line.match(/\S+(?:\s+[([][^)\]]*[)\]])?/g) ?? [],
  ];
  // "columns: x y dy" names its columns after the colon
  const listed = /^(?:columns?|fields?|names?|labels?|variables?|legend|header)\s*[:=]\s*(.+)$/i.exec(whole)?.[1];
  const texts = listed === undefined ? [whole] : [listed, whole];
  for (const one of texts)
    for (const way of ways) {
      const names = way(one);
      if (names.length === width && !hasNumber(names) && names.some((name) => name !== "")) return names;
    }
  return undefined;
}

const unnamed = (width: number): string[] => Array.from({ length: width }, (_, index) => `column ${index + 1}`);

/** Names that are told apart: a name that was there already gets a number, one that is empty its place. */
function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((given, index) => {
    const name = given.trim() === "" ? `column ${index + 1}` : given.trim();
    let free = name;
    for (let count = 2; seen.has(free); count += 1) free = `${name} (${count})`;
    seen.add(free);
    return free;
  });
}

function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

/** A line of a table separated by blanks, without the remark that begins with # or ! after a blank. */
export function withoutRemark(line: string): string {
  if (!line.includes("#") && !line.includes("!")) return line;
  const at = line.search(/\s[#!]/);
  return at === -1 || line.slice(0, at).includes('"') ? line : line.slice(0, at);
}
