// Which columns of a table are plotted, and against what, where nobody has chosen yet.
import type { Column, NumberColumn, Table } from "./table.ts";

export type PlotChoice = {
  /** Index of the column of x; -1: the row's number. */
  x: number;
  /** Indices of the columns of y. */
  y: number[];
};

/** A column that can be plotted: it holds two numbers at least. */
export function isPlottable(column: Column | undefined): column is NumberColumn {
  if (column?.kind !== "number") return false;
  let seen = 0;
  for (const value of column.values) {
    if (!Number.isFinite(value)) continue;
    seen += 1;
    if (seen === 2) return true;
  }
  return false;
}

/** A name without its unit, in lower case. */
const bare = (name: string): string =>
  name
    .replace(/\s*[([][^)\]]*[)\]]\s*$/, (unit) => (/\d+/.test(unit) && unit.startsWith("[") ? unit : ""))
    .trim()
    .toLowerCase();

const endings = [
  "_err",
  "err",
  " err",
  "_error",
  " error",
  "_sigma",
  "_std",
  " std",
  "_unc",
  "_uncertainty",
  "_stderr",
];
const starts = ["d", "err_", "error_", "sigma_", "sigma", "std_", "e_", "delta_", "unc_", "δ", "σ", "σ_"];

const isErrorName = (name: string): boolean =>
  ["err", "error", "errors", "sigma", "std", "stderr", "uncertainty", "unc", "σ"].includes(name);

/** Which column holds the errors of which: from that of the values to that of the errors ("dy", "y_err", "sigma_y" for "y"). */
export function errorColumns(table: Pick<Table, "columns">): ReadonlyMap<number, number> {
  const names = table.columns.map((column) => (column.kind === "number" ? bare(column.name) : ""));
  const places = new Map<string, number>();
  for (const [index, name] of names.entries()) if (name !== "" && !places.has(name)) places.set(name, index);
  const found = new Map<number, number>();
  for (const [index, name] of names.entries()) {
    if (name === "" || isErrorName(name)) continue;
    const wanted = [...starts.map((start) => start + name), ...endings.map((ending) => name + ending)];
    const own = wanted.map((one) => places.get(one)).find((place) => place !== undefined && place !== index);
    // a column called "error" belongs to the one before it
    const next = isErrorName(names[index + 1] ?? "") ? index + 1 : undefined;
    const place = own ?? next;
    if (place !== undefined) found.set(index, place);
  }
  return found;
}

/** What to plot at first; undefined where the table has nothing to plot. */
export function firstChoice(table: Table): PlotChoice | undefined {
  const plottable = table.columns.flatMap((column, index) => (isPlottable(column) ? [index] : []));
  const errors = new Set(errorColumns(table).values());
  const values = plottable.filter(
    (index) => !errors.has(index) && !isErrorName(bare(table.columns[index]?.name ?? "")),
  );
  const [first, ...others] = values.length > 0 ? values : plottable;
  if (first === undefined) return undefined;
  if (others.length === 0) return { x: -1, y: [first] };
  return { x: first, y: others.length <= 4 ? others : others.slice(0, 1) };
}
