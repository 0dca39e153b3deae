// Reads a text table piece by piece: any length, ragged and cut rows reported and kept as far as they go.
import { ColumnMaker } from "./column-maker.ts";
import { splitFields } from "./split-fields.ts";
import type { Fault, Table } from "./table.ts";
import { commentText, isComment, judgeLayout, type Layout, withoutRemark } from "./table-layout.ts";

/** The layout is judged by so many lines. */
const judgedLines = 200;
const judgedCharacters = 64_000;
/** An open quote ends at the latest after so many characters. */
const longestQuoted = 100_000;
const keptFaults = 100;
const keptComments = 200;
/** A line with more fields is no line of a table. */
const mostColumns = 5_000;

export class TableParser {
  private readonly ending: string;
  private layout: Layout | undefined;
  private columns: ColumnMaker[] = [];
  private early: string[] | undefined = [];
  private earlyCharacters = 0;
  /** What is not yet a whole line. */
  private rest = "";
  /** Lines of a field in quotes that is still open. */
  private open = "";
  private openLines = 0;
  private line = 0;
  private rows = 0;
  private comments: string[] = [];
  private readonly faults: Fault[] = [];
  private faultCount = 0;

  /** `ending`: the file name's, without the dot and in lower case. */
  constructor(ending = "") {
    this.ending = ending;
  }

  /** Takes the next piece of the text. */
  push(piece: string): void {
    let text = this.rest + piece;
    // a carriage return at the very end may be half of a line's end
    const held = text.endsWith("\r") ? "\r" : "";
    if (held) text = text.slice(0, -1);
    if (text.includes("\r")) text = text.replaceAll(/\r\n?/g, "\n");
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      this.takeLine(text.slice(start, end));
      start = end + 1;
    }
    this.rest = text.slice(start) + held;
  }

  /** The table. `cut`: the text was not read to its end, so its last line may be half of one and is left out. */
  finish(cut = false): Table {
    const last = this.rest.replace(/\r$/, "");
    this.rest = "";
    if (!cut && last !== "") this.takeLine(last, true);
    if (this.early) this.decide();
    if (this.open !== "") this.closeQuote();
    return {
      columns: this.columns.map((column) => column.finish(this.rows)),
      rows: this.rows,
      comments: this.comments,
      faults: this.faults,
      faultCount: this.faultCount,
    };
  }

  private takeLine(line: string, unended = false): void {
    if (!this.early) {
      this.takeRow(line, unended);
      return;
    }
    this.early.push(line);
    this.earlyCharacters += line.length;
    if (unended || this.early.length >= judgedLines || this.earlyCharacters >= judgedCharacters) this.decide(unended);
  }

  /** Judges the layout by the lines so far, and reads them. */
  private decide(unended = false): void {
    const lines = this.early ?? [];
    this.early = undefined;
    const layout = judgeLayout(lines, this.ending);
    if (!layout || layout.width > mostColumns) {
      this.comments.push(...lines.filter(isComment).map(commentText));
      return;
    }
    this.layout = layout;
    this.comments.push(...layout.comments.slice(0, keptComments));
    this.columns = layout.names.map((name) => new ColumnMaker(name));
    this.line = layout.head;
    const rows = lines.slice(layout.head);
    for (const [index, line] of rows.entries()) this.takeRow(line, unended && index === rows.length - 1);
  }

  private takeRow(given: string, unended: boolean): void {
    this.line += 1;
    const { layout } = this;
    if (!layout) return;
    let line = given;
    if (this.open !== "") {
      line = `${this.open}\n${given}`;
      this.openLines += 1;
    } else {
      const first = given.charCodeAt(0);
      // digits, signs and dots begin most lines: no need to look further
      if (!(first >= 43 && first <= 57 && first !== 47) && (given.trim() === "" || isComment(given))) {
        if (given.trim() !== "" && this.comments.length < keptComments) this.comments.push(commentText(given));
        return;
      }
      if (layout.separator === "space") line = withoutRemark(given);
    }
    const fields = splitFields(line, layout.separator);
    if (!fields) {
      this.open = line;
      if (line.length > longestQuoted) this.closeQuote();
      return;
    }
    const begun = this.line - this.openLines;
    this.open = "";
    this.openLines = 0;
    this.takeFields(fields, begun, layout, unended);
  }

  /** A quote that is never closed is a character like any other, and the lines after it are lines again. */
  private closeQuote(): void {
    const lines = this.open.split("\n");
    const begun = this.line - this.openLines;
    this.open = "";
    this.openLines = 0;
    this.fault(begun, "a quote is opened and not closed");
    const { layout } = this;
    if (!layout) return;
    for (const [index, line] of lines.entries())
      this.takeFields(splitFields(line.replaceAll('"', ""), layout.separator) ?? [], begun + index, layout, false);
  }

  private takeFields(fields: readonly string[], line: number, { width }: Layout, unended: boolean): void {
    if (fields.length === 0) return;
    // a separator at the end of each line is no further field
    const spare = fields.length === width + 1 && fields[width] === "";
    if (fields.length !== width && !spare) this.fault(line, raggedWords(fields.length, width, unended));
    const decimalComma = this.layout?.separator !== "comma";
    for (let index = 0; index < width; index += 1)
      this.columns[index]?.push(this.rows, fields[index] ?? "", decimalComma);
    this.rows += 1;
  }

  private fault(line: number, what: string): void {
    this.faultCount += 1;
    if (this.faults.length < keptFaults) this.faults.push({ line, what });
  }
}

function raggedWords(found: number, width: number, unended: boolean): string {
  const fields = found === 1 ? "1 field" : `${found} fields`;
  if (found < width && unended) return `the last line is cut off: it has ${fields}, not ${width}`;
  if (found < width) return `${fields}, not ${width}`;
  return `${fields}, not ${width}: what follows the ${ordinal(width)} is not shown`;
}

function ordinal(count: number): string {
  const ending = count % 100 >= 11 && count % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${ending}`;
}
