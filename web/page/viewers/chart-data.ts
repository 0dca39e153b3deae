// What a chart shows, and the ranges that follow from it.

export type Range = readonly [number, number];

export type Series = {
  label: string;
  values: ArrayLike<number>;
  /** One standard deviation each. */
  errors?: ArrayLike<number> | undefined;
  style: "points" | "line" | "both";
  /** Place in the list of colours and of the points' shapes. */
  colour: number;
};

export type ChartData = { label: string; x: ArrayLike<number>; series: readonly Series[] };

/** What uPlot draws: rows in the order of x, none without an x. */
export type Prepared = {
  x: number[];
  y: (number | null)[][];
  errors: (ArrayLike<number> | undefined)[];
  /** Rows of the data in the order of x. */
  rows: Uint32Array;
  /** x went up or down all the way: lines make sense. */
  ordered: boolean;
  /** Values that a logarithmic axis cannot show. */
  hidden: number;
};

/** Puts the rows in the order of x, without those that cannot be shown. */
export function prepare({ x, series }: ChartData, logX: boolean, logY: boolean): Prepared {
  let hidden = 0;
  const kept: number[] = [];
  for (let row = 0; row < x.length; row += 1) {
    const value = x[row] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (logX && value <= 0) hidden += 1;
    else kept.push(row);
  }
  const at = (row: number): number => x[row] ?? 0;
  const direction = orderOf(kept, at);
  if (direction === "down") kept.reverse();
  else if (direction === "none") kept.sort((one, other) => at(one) - at(other) || one - other);
  const rows = Uint32Array.from(kept);
  const y = series.map(({ values }) =>
    kept.map((row) => {
      const value = values[row] ?? Number.NaN;
      if (!Number.isFinite(value)) return null;
      if (!logY || value > 0) return value;
      hidden += 1;
      return null;
    }),
  );
  return { x: kept.map(at), y, errors: series.map((one) => one.errors), rows, ordered: direction !== "none", hidden };
}

function orderOf(rows: readonly number[], at: (row: number) => number): "up" | "down" | "none" {
  let up = true;
  let down = true;
  for (let index = 1; index < rows.length; index += 1) {
    const step = at(rows[index] ?? 0) - at(rows[index - 1] ?? 0);
    if (step < 0) up = false;
    if (step > 0) down = false;
    if (!up && !down) return "none";
  }
  return up ? "up" : "down";
}

/** The range of x over all rows, with room at both ends; undefined where there is nothing. */
export function rangeOfX(prepared: Prepared, log: boolean): Range | undefined {
  const { x } = prepared;
  const first = x[0];
  const last = x.at(-1);
  return first === undefined || last === undefined ? undefined : padded(first, last, log, 0.03);
}

/** The range of all y that are shown within a range of x, their errors included, with room at both ends. */
export function rangeOfY(
  prepared: Prepared,
  shown: (index: number) => boolean,
  [from, to]: Range,
  log: boolean,
): Range | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, values] of prepared.y.entries()) {
    if (!shown(index)) continue;
    const errors = prepared.errors[index];
    for (const [place, value] of values.entries()) {
      const x = prepared.x[place] ?? Number.NaN;
      if (value === null || x < from || x > to) continue;
      const error = errors?.[prepared.rows[place] ?? 0] ?? 0;
      const half = Number.isFinite(error) ? Math.abs(error) : 0;
      const low = log && value - half <= 0 ? value : value - half;
      if (low < least) least = low;
      if (value + half > most) most = value + half;
    }
  }
  return least <= most ? padded(least, most, log, 0.06) : undefined;
}

function padded(least: number, most: number, log: boolean, share: number): Range {
  if (log) {
    const ratio = most / least > 1 + 1e-12 ? (most / least) ** share : 2;
    return [least / ratio, most * ratio];
  }
  const span = most - least;
  const room = span > Math.abs(most) * 1e-12 ? span * share : Math.abs(most) * 0.1 || 1;
  return [least - room, most + room];
}

/** A range made narrower (below 1) or wider about its middle, and moved by a share of itself. */
export function changed([from, to]: Range, log: boolean, { by = 1, move = 0 }: { by?: number; move?: number }): Range {
  const [low, high] = log ? [Math.log10(from), Math.log10(to)] : [from, to];
  const middle = (low + high) / 2 + move * (high - low);
  const half = ((high - low) / 2) * by;
  const moved: Range = log ? [10 ** (middle - half), 10 ** (middle + half)] : [middle - half, middle + half];
  // no further than numbers can tell apart
  const tight = Math.abs(moved[1] - moved[0]) <= Math.max(Math.abs(moved[0]), Math.abs(moved[1])) * 1e-12;
  return tight || !Number.isFinite(moved[0]) || !Number.isFinite(moved[1]) || (log && moved[0] <= 0)
    ? [from, to]
    : moved;
}
