// A chart: a plot that can be zoomed, read off and switched series by series, with its legend below.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { shortNumber } from "./axis-ticks.ts";
import { type ChartData, type Prepared, type Range, rangeOfX, rangeOfY, type Series } from "./chart-data.ts";
import { makePlot, type PlotLimits, type Zoom } from "./make-plot.ts";
import { type PlotColours, seriesColour, usePlotColours } from "./plot-colours.ts";
import "./viewers.css";

type ChartProps = {
  data: ChartData;
  prepared: Prepared;
  logX: boolean;
  logY: boolean;
  yLabel: string;
  zoom: Zoom;
  onZoom: (zoom: Zoom) => void;
  /** Indices of the series that are switched off. */
  off: ReadonlySet<number>;
  onToggle?: (index: number) => void;
  height: number;
  zeroLine?: boolean;
};

/** The ranges of both axes under a zoom; undefined where nothing can be shown. */
export function limitsOf(
  prepared: Prepared,
  logX: boolean,
  logY: boolean,
  zoom: Zoom,
  shown: (index: number) => boolean,
): PlotLimits | undefined {
  const x = zoom.x ?? rangeOfX(prepared, logX);
  if (!x) return undefined;
  const y = zoom.y ?? rangeOfY(prepared, shown, x, logY) ?? (logY ? [0.1, 1] : [0, 1]);
  return { x, y };
}

export function Chart(props: ChartProps) {
  const { data, prepared, logX, logY, yLabel, zoom, onZoom, off, onToggle, height, zeroLine = false } = props;
  const colours = usePlotColours();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<number>();
  const limits = useMemo(
    () => limitsOf(prepared, logX, logY, zoom, (index) => !off.has(index)),
    [prepared, logX, logY, zoom, off],
  );
  const latest = useRef({ limits, onZoom });
  latest.current = { limits, onZoom };

  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    setWidth(Math.floor(element.clientWidth));
    return () => observer.disconnect();
  }, []);

  const known = width > 0 && limits !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: width, height and zoom change the plot that is there
  useEffect(() => {
    const element = place.current;
    if (!element || !known) return;
    const drawn = makePlot(element, {
      data,
      prepared,
      logX,
      logY,
      yLabel,
      colours,
      zeroLine,
      width,
      height,
      limits: () => latest.current.limits ?? { x: [0, 1], y: [0, 1] },
      shown: (index) => !off.has(index),
      onZoom: (to) => latest.current.onZoom(to),
      onPointer: setPointed,
    });
    plot.current = drawn;
    return () => {
      plot.current = undefined;
      drawn.destroy();
    };
  }, [data, prepared, logX, logY, yLabel, colours, zeroLine, off, known]);

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    const drawn = plot.current;
    if (!drawn || !limits) return;
    drawn.batch(() => {
      drawn.setScale("x", { min: limits.x[0], max: limits.x[1] });
      drawn.setScale("y", { min: limits.y[0], max: limits.y[1] });
    });
  }, [limits]);

  return (
    <div className="chart">
      <div
        ref={place}
        className="chart-place"
        role="img"
        aria-label={describe(data, off, limits, logX, logY, yLabel)}
        style={{ minHeight: height }}
      />
      {!limits && <p className="viewer-aside">There is nothing to plot: no value fits these axes.</p>}
      {onToggle && <Legend {...{ data, prepared, off, onToggle, colours }} place={pointed} />}
    </div>
  );
}

type LegendProps = Pick<ChartProps, "data" | "prepared" | "off"> & {
  onToggle: (index: number) => void;
  colours: PlotColours;
  place: number | undefined;
};

function Legend({ data, prepared, off, onToggle, colours, place }: LegendProps) {
  const x = place === undefined ? undefined : prepared.x[place];
  return (
    <fieldset className="chart-legend">
      <legend className="viewer-hidden">Curves: switch on and off</legend>
      {data.series.map((one, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: series have a fixed order, and labels may be alike
          key={index}
          type="button"
          className="chart-key"
          aria-pressed={!off.has(index)}
          onClick={() => onToggle(index)}
        >
          <Mark series={one} colour={seriesColour(colours, one.colour)} />
          {one.label}
          {place !== undefined && !off.has(index) && (
            <span className="chart-value" aria-hidden="true">
              {valueAt(one, prepared, index, place)}
            </span>
          )}
        </button>
      ))}
      <span className="chart-pointer" aria-hidden="true">
        {x === undefined ? "" : `${data.label} = ${shortNumber(x, 6)}`}
      </span>
    </fieldset>
  );
}

function valueAt(series: Series, prepared: Prepared, index: number, place: number): string {
  const value = prepared.y[index]?.[place];
  if (value === null || value === undefined) return "";
  const error = series.errors?.[prepared.rows[place] ?? 0];
  return error === undefined || !Number.isFinite(error)
    ? shortNumber(value, 6)
    : `${shortNumber(value, 6)} ± ${shortNumber(Math.abs(error), 2)}`;
}

function Mark({ series, colour }: { series: Series; colour: string }) {
  const shapes = [
    <circle key="disc" cx="9" cy="6" r="4" />,
    <rect key="square" x="5.5" y="2.5" width="7" height="7" />,
    <path key="triangle" d="M9 1.5 13 9.5H5Z" />,
    <path key="diamond" d="M9 1 14 6 9 11 4 6Z" />,
  ];
  return (
    <svg width="18" height="12" aria-hidden="true" focusable="false" fill={colour}>
      {series.style !== "points" && <rect x="0" y="5" width="18" height="2" />}
      {series.style !== "line" && shapes[series.colour % shapes.length]}
    </svg>
  );
}

function describe(
  { label, series }: ChartData,
  off: ReadonlySet<number>,
  limits: PlotLimits | undefined,
  logX: boolean,
  logY: boolean,
  yLabel: string,
): string {
  const shown = series.flatMap((one, index) => (off.has(index) ? [] : [one.label]));
  const words = (range: Range, log: boolean): string =>
    `from ${shortNumber(range[0])} to ${shortNumber(range[1])}${log ? ", logarithmic" : ""}`;
  const curves = shown.length > 0 ? shown.join(", ") : "no curve";
  if (!limits) return `Plot of ${curves} against ${label}: nothing to show`;
  return `Plot of ${curves} against ${label}. ${label} ${words(limits.x, logX)}; ${yLabel || "y"} ${words(limits.y, logY)}.`;
}
