// One column of a table while it is read: numbers for as long as most cells are numbers.
import { decimalsOf, parseNumber } from "./parse-number.ts";
import { type Column, numberText } from "./table.ts";
import { numberOf } from "./table-layout.ts";

/** So many words among the first cells make it a column of text: a few are gaps and remarks. */
const judgedCells = 100;
const firstCapacity = 1_024;

export class ColumnMaker {
  private readonly name: string;
  private values = new Float64Array(firstCapacity);
  private odd = new Map<number, string>();
  private words = 0;
  private numbers = 0;
  private decimals = 0;
  private exponents = false;
  private text: string[] | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Adds the cell of that row; rows come in order. */
  push(row: number, cell: string, decimalComma: boolean): void {
    if (this.text) {
      this.text[row] = cell;
      return;
    }
    if (row >= this.values.length) this.grow();
    const value = cell === "" ? undefined : decimalComma ? numberOf(cell) : parseNumber(cell);
    if (value === undefined) {
      this.values[row] = Number.NaN;
      this.odd.set(row, cell);
      if (cell !== "") this.words += 1;
      if (row + 1 >= judgedCells && this.words > this.numbers) this.becomeText(row + 1);
      return;
    }
    this.values[row] = value;
    this.numbers += 1;
    if (this.exponents || !Number.isFinite(value)) return;
    const decimals = decimalsOf(cell);
    if (decimals === undefined) this.exponents = !cell.includes(",");
    else if (decimals > this.decimals) this.decimals = decimals;
  }

  finish(rows: number): Column {
    if (!this.text && this.words > 0 && this.words >= this.numbers) this.becomeText(rows);
    if (this.text) return { kind: "text", name: this.name, values: this.text };
    return {
      kind: "number",
      name: this.name,
      values: this.values.slice(0, rows),
      decimals: this.exponents ? undefined : this.decimals,
      odd: this.odd,
    };
  }

  private becomeText(rows: number): void {
    const decimals = this.exponents ? undefined : this.decimals;
    this.text = Array.from(
      { length: rows },
      (_, row) => this.odd.get(row) ?? numberText(this.values[row] ?? Number.NaN, decimals),
    );
    this.values = new Float64Array(0);
    this.odd = new Map();
  }

  private grow(): void {
    const larger = new Float64Array(this.values.length * 2);
    larger.set(this.values);
    this.values = larger;
  }
}
