// One uPlot: axes with our marks, lines, points of different shapes, error bars.
import uPlot from "uplot";
import { axisTicks } from "./axis-ticks.ts";
import type { ChartData, Prepared, Range } from "./chart-data.ts";
import { type PlotColours, seriesColour } from "./plot-colours.ts";
import { drawPoints } from "./plot-points.ts";

export type PlotLimits = { x: Range; y: Range };
/** What is looked at closely; absent: all of it. */
export type Zoom = { x?: Range; y?: Range };

type PlotOptions = {
  data: ChartData;
  prepared: Prepared;
  logX: boolean;
  logY: boolean;
  yLabel: string;
  colours: PlotColours;
  width: number;
  height: number;
  /** The ranges of the axes, asked for whenever it draws. */
  limits: () => PlotLimits;
  shown: (index: number) => boolean;
  /** All sizes times this, for a picture; default 1. */
  magnify?: number;
  /** A line where y is 0. */
  zeroLine?: boolean | undefined;
  onZoom?: ((zoom: Zoom) => void) | undefined;
  /** The row under the pointer, in the order of x; undefined: none. */
  onPointer?: ((place: number | undefined) => void) | undefined;
};

/** The typeface of plots. */
export const plotFont = '"Open Sans", "Helvetica Neue", Roboto, Arial, sans-serif';

/** Draws into `target` and returns the plot; the caller destroys it. */
export function makePlot(target: HTMLElement, options: PlotOptions): uPlot {
  const { data, prepared, logX, logY, colours, limits, onZoom, onPointer, magnify = 1 } = options;
  const times = (size: number): number => Math.round(size * magnify);
  const axis = (log: boolean, space: number): uPlot.Axis => ({
    stroke: colours.text,
    grid: { stroke: colours.grid, width: times(1) },
    ticks: { stroke: colours.grid, width: times(1), size: times(6) },
    font: `${times(12)}px ${plotFont}`,
    labelFont: `600 ${times(12)}px ${plotFont}`,
    gap: times(5),
    labelGap: 0,
    // of steps below 5 uPlot knows its own only, and draws no axis for any other; the marks are ours anyway
    incrs: (_plot, _axis, min, max) => [Math.max(5, Math.abs(max - min))],
    space,
    splits: (plot, place, min, max) => ticksOf(plot, place, min, max, log, space).at,
    filter: (_plot, splits) => splits,
    values: (plot, _splits, place) => {
      const { min = 0, max = 0 } = plot.scales[place === 0 ? "x" : "y"] ?? {};
      return ticksOf(plot, place, min, max, log, space).labels;
    },
  });
  return new uPlot(
    {
      width: options.width,
      height: options.height,
      legend: { show: false },
      padding: [times(12), times(16), 0, 0],
      scales: {
        x: { time: false, distr: logX ? 3 : 1, range: () => [...limits().x] },
        y: { distr: logY ? 3 : 1, range: () => [...limits().y] },
      },
      axes: [
        { ...axis(logX, times(64)), label: data.label, labelSize: times(22), size: times(34) },
        {
          ...axis(logY, times(36)),
          label: options.yLabel,
          labelSize: times(22),
          size: (_plot, values) => times(16 + 7 * Math.max(2, ...(values ?? []).map((value) => value.length))),
        },
      ],
      series: [
        { label: data.label },
        ...data.series.map((one, index) => ({
          label: one.label,
          show: options.shown(index),
          stroke: seriesColour(colours, one.colour),
          width: times(2),
          points: { show: false },
          ...(one.style === "points" || !prepared.ordered ? { paths: () => null } : {}),
        })),
      ],
      cursor: onPointer
        ? {
            drag: { x: true, y: true, uni: 24, dist: 4, setScale: false },
            points: { size: 9 },
            bind: {
              dblclick: () => () => {
                onZoom?.({});
                return null;
              },
            },
          }
        : { show: false },
      hooks: {
        drawAxes: options.zeroLine ? [(plot) => drawZero(plot, colours)] : [],
        drawSeries: [
          (plot, place) => {
            const one = data.series[place - 1];
            if (one)
              drawPoints(plot, place, one, prepared, {
                colour: seriesColour(colours, one.colour),
                ground: colours.ground,
                magnify,
              });
          },
        ],
        setSelect: onZoom ? [(plot) => takeSelection(plot, onZoom)] : [],
        setCursor: onPointer ? [(plot) => onPointer(plot.cursor.idx ?? undefined)] : [],
      },
    },
    [prepared.x, ...prepared.y],
    target,
  );
}

function ticksOf(plot: uPlot, place: number, min: number, max: number, log: boolean, space: number) {
  const length = (place === 0 ? plot.bbox.width : plot.bbox.height) / uPlot.pxRatio;
  return axisTicks(min, max, log, Math.max(2, Math.floor((length || 600) / space)));
}

function takeSelection(plot: uPlot, onZoom: (zoom: Zoom) => void): void {
  const { left, top, width, height } = plot.select;
  if (width < 3 && height < 3) return;
  const whole = { width: plot.over.clientWidth, height: plot.over.clientHeight };
  onZoom({
    ...(width < whole.width - 1 && width >= 3
      ? { x: [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")] as const }
      : {}),
    ...(height < whole.height - 1 && height >= 3
      ? { y: [plot.posToVal(top + height, "y"), plot.posToVal(top, "y")] as const }
      : {}),
  });
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}

function drawZero(plot: uPlot, colours: PlotColours): void {
  const { ctx, bbox } = plot;
  const y = Math.round(plot.valToPos(0, "y", true));
  if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
  ctx.save();
  ctx.strokeStyle = colours.text;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
