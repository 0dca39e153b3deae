// Points of a series on a plot's canvas, in a shape of their own, with error bars.
import uPlot from "uplot";
import type { Prepared, Series } from "./chart-data.ts";

/** From so many in view on, points are small squares and have no bars' ends. */
const manyPoints = 3_000;

/** Draws what of the series is in view. `place` is that of uPlot: 1 for the first series. */
export function drawPoints(
  plot: uPlot,
  place: number,
  series: Series,
  prepared: Prepared,
  { colour, ground, magnify }: { colour: string; ground: string; magnify: number },
): void {
  const dots = series.style !== "line" || !prepared.ordered;
  if (!dots && !series.errors) return;
  const { ctx, bbox } = plot;
  const values = prepared.y[place - 1] ?? [];
  const [first, last] = inView(plot, prepared.x);
  const many = last - first > manyPoints;
  const ratio = uPlot.pxRatio * magnify;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - 4 * ratio, bbox.top, bbox.width + 8 * ratio, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.25 * ratio;
  if (series.errors) drawBars(plot, series.errors, prepared, values, first, last, many ? 0 : 3 * ratio);
  if (dots) {
    let before = "";
    ctx.beginPath();
    for (let index = first; index < last; index += 1) {
      const value = values[index];
      if (value === null || value === undefined) continue;
      const x = Math.round(plot.valToPos(prepared.x[index] ?? 0, "x", true));
      const y = Math.round(plot.valToPos(value, "y", true));
      // many points fall on the same pixel: once is enough
      const pixel = many ? `${x} ${y}` : "";
      if (many && pixel === before) continue;
      before = pixel;
      if (many) ctx.rect(x - ratio, y - ratio, 2 * ratio, 2 * ratio);
      else shape(ctx, series.colour, x, y, 3.5 * ratio);
    }
    ctx.fill();
    if (!many) {
      ctx.strokeStyle = ground;
      ctx.lineWidth = 0.75 * ratio;
      ctx.stroke();
    }
  }
  ctx.restore();
}

function drawBars(
  plot: uPlot,
  errors: ArrayLike<number>,
  prepared: Prepared,
  values: readonly (number | null)[],
  first: number,
  last: number,
  cap: number,
): void {
  const { ctx, bbox } = plot;
  const log = plot.scales.y?.distr === 3;
  ctx.beginPath();
  for (let index = first; index < last; index += 1) {
    const value = values[index];
    const error = Math.abs(errors[prepared.rows[index] ?? 0] ?? Number.NaN);
    if (value === null || value === undefined || !Number.isFinite(error) || error === 0) continue;
    const x = Math.round(plot.valToPos(prepared.x[index] ?? 0, "x", true));
    const top = plot.valToPos(value + error, "y", true);
    // a logarithmic axis never comes to 0: the bar goes out of the picture
    const out = log && value - error <= 0;
    const bottom = out ? bbox.top + bbox.height : plot.valToPos(value - error, "y", true);
    ctx.moveTo(x, top);
    ctx.lineTo(x, bottom);
    if (cap === 0) continue;
    ctx.moveTo(x - cap, top);
    ctx.lineTo(x + cap, top);
    if (out) continue;
    ctx.moveTo(x - cap, bottom);
    ctx.lineTo(x + cap, bottom);
  }
  ctx.stroke();
}

/** The first row in view and the one after the last. */
function inView(plot: uPlot, x: readonly number[]): [number, number] {
  const { min = 0, max = 0 } = plot.scales.x ?? {};
  return [firstFrom(x, min), firstFrom(x, max, true)];
}

function firstFrom(x: readonly number[], value: number, after = false): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = x[middle] ?? 0;
    if (after ? one <= value : one < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A disc, square, triangle or diamond, by the series' place: told apart without colour too. */
export function shape(
  ctx: Pick<Path2D, "moveTo" | "lineTo" | "arc" | "rect" | "closePath">,
  place: number,
  x: number,
  y: number,
  size: number,
): void {
  const kind = place % 4;
  if (kind === 0) {
    ctx.moveTo(x + size, y);
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    return;
  }
  const half = size * 0.9;
  const corners = [
    [],
    [-half, -half, half, -half, half, half, -half, half],
    [0, -size * 1.2, size * 1.1, size * 0.8, -size * 1.1, size * 0.8],
    [0, -size * 1.25, size * 1.25, 0, 0, size * 1.25, -size * 1.25, 0],
  ][kind] as number[];
  for (let index = 0; index < corners.length; index += 2) {
    const [dx, dy] = [corners[index] ?? 0, corners[index + 1] ?? 0];
    if (index === 0) ctx.moveTo(x + dx, y + dy);
    else ctx.lineTo(x + dx, y + dy);
  }
  ctx.closePath();
}
