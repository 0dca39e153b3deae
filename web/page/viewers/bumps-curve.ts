// A curve file of bumps (x, data, error, model) as the data of a plot and of its residuals.
import type { ChartData, Series } from "./chart-data.ts";
import type { NumberColumn, Table } from "./table.ts";

export type BumpsCurve = { plot: ChartData; residuals: ChartData; yLabel: string };

/**
 * What a curve file shows. bumps writes x, y, dy, fy, or x and then y[k], dy[k], fx[k] for each curve; other programs on bumps
 * (reflectometry) x, dx, y, dy, theory. Undefined where the columns are none of these.
 */
export function bumpsCurve(table: Table): BumpsCurve | undefined {
  const numbers = table.columns.filter((column): column is NumberColumn => column.kind === "number");
  const [x] = numbers;
  const groups = numbered(numbers) ?? named(numbers) ?? byPlace(numbers);
  if (!x || !groups) return undefined;
  const series: Series[] = [];
  const residuals: Series[] = [];
  for (const [index, { y, dy, model }] of groups.entries()) {
    const of = groups.length > 1 ? ` ${index + 1}` : "";
    series.push({ label: `data${of}`, values: y.values, errors: dy?.values, style: "points", colour: 2 * index });
    series.push({ label: `model${of}`, values: model.values, style: "line", colour: 2 * index + 1 });
    residuals.push({
      label: `residuals${of}`,
      values: y.values.map((value, row) => (value - (model.values[row] ?? Number.NaN)) / (dy?.values[row] ?? 1)),
      style: "points",
      colour: 2 * index,
    });
  }
  return {
    plot: { label: x.name, x: x.values, series },
    residuals: { label: x.name, x: x.values, series: residuals },
    yLabel: groups.length === 1 ? (groups[0]?.y.name ?? "") : "",
  };
}

type Group = { y: NumberColumn; dy: NumberColumn | undefined; model: NumberColumn };

function numbered(columns: readonly NumberColumn[]): Group[] | undefined {
  const find = (name: string): NumberColumn | undefined => columns.find((column) => column.name === name);
  const groups: Group[] = [];
  for (let k = 1; ; k += 1) {
    const y = find(`y[${k}]`);
    const model = find(`fx[${k}]`) ?? find(`fy[${k}]`);
    if (!y || !model) return groups.length > 0 ? groups : undefined;
    groups.push({ y, dy: find(`dy[${k}]`), model });
  }
}

function named(columns: readonly NumberColumn[]): Group[] | undefined {
  const find = (pattern: RegExp): NumberColumn | undefined =>
    columns.slice(1).find((column) => pattern.test(column.name));
  const y = find(/^(?:y|r|i|intensity|counts|data)\b/i);
  const model = find(/^(?:fy|fx|theory|model|fit)\b/i);
  const dy = find(/^(?:dy|dr|di|err|error|sigma)\b/i);
  return y && model ? [{ y, dy, model }] : undefined;
}

function byPlace(columns: readonly NumberColumn[]): Group[] | undefined {
  if (!columns.every((column) => /^column \d+$/.test(column.name))) return undefined;
  const [, y, dy, model] = columns;
  return columns.length === 4 && y && dy && model ? [{ y, dy, model }] : undefined;
}
