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

/** Index of the column that holds the errors of another ("dy", "y_err", "sigma_y" for "y"); undefined where none does. */
export function errorColumn(table: Pick<Table, "columns">, y: number): number | undefined {
  const name = bare(table.columns[y]?.name ?? "");
  if (name === "" || isErrorName(name)) return undefined;
  const names = table.columns.map((column) => (column.kind === "number" ? bare(column.name) : ""));
  const wanted = [
    `d${name}`,
    ...["_err", "err", " err", "_error", " error", "_sigma", "_std", " std", "_unc", "_uncertainty", "_stderr"].map(
      (ending) => `${name}${ending}`,
    ),
    ...["err_", "error_", "sigma_", "sigma", "std_", "e_", "delta_", "unc_", "δ", "σ", "σ_"].map(
      (start) => `${start}${name}`,
    ),
  ];
  const own = names.findIndex((one, index) => index !== y && wanted.includes(one));
  if (own !== -1) return own;
  // a column called "error" belongs to the one before it
  return isErrorName(names[y + 1] ?? "") ? y + 1 : undefined;
}

const isErrorName = (name: string): boolean =>
  ["err", "error", "errors", "sigma", "std", "stderr", "uncertainty", "unc", "σ"].includes(name);

/** Whether a column holds the errors of another. */
export function isErrorColumn(table: Pick<Table, "columns">, index: number): boolean {
  return (
    isErrorName(bare(table.columns[index]?.name ?? "")) ||
    table.columns.some((_, other) => other !== index && errorColumn(table, other) === index)
  );
}

/** What to plot at first; undefined where the table has nothing to plot. */
export function firstChoice(table: Table): PlotChoice | undefined {
  const plottable = table.columns.flatMap((column, index) => (isPlottable(column) ? [index] : []));
  const values = plottable.filter((index) => !isErrorColumn(table, index));
  const [first, ...others] = values.length > 0 ? values : plottable;
  if (first === undefined) return undefined;
  if (others.length === 0) return { x: -1, y: [first] };
  return { x: first, y: others.length <= 4 ? others : others.slice(0, 1) };
}
