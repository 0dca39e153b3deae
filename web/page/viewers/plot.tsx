// A chart with all that belongs to it: controls, exports, the notes on what it leaves out, and its values as a table.
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useMemo, useState } from "react";
import { Chart, limitsOf } from "./chart.tsx";
import { type ChartData, prepare } from "./chart-data.ts";
import { csvPieces } from "./csv.ts";
import { stem } from "./file-names.ts";
import type { Zoom } from "./make-plot.ts";
import { PlotControls } from "./plot-controls.tsx";
import { plotPng } from "./plot-png.ts";
import { saveBlob } from "./save-blob.ts";
import type { Column, Table } from "./table.ts";
import { TableView } from "./table-view.tsx";

type PlotProps = {
  data: ChartData;
  /** What it is of: a file's path; exports are named for it. */
  name: string;
  height?: number;
  yLabel?: string;
  /** The same x below, with a zero line: residuals. */
  below?: { data: ChartData; yLabel: string } | undefined;
};

const belowHeight = 210;

export function Plot({ data, name, height = 360, yLabel, below }: PlotProps) {
  const [logX, setLogX] = useState(false);
  const [logY, setLogY] = useState(false);
  const [zoom, setZoom] = useState<Zoom>({});
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const [fault, setFault] = useState<string>();
  const positiveX = useMemo(() => somePositive(data.x), [data]);
  const positiveY = useMemo(() => data.series.some((one) => somePositive(one.values)), [data]);
  const onLogX = logX && positiveX;
  const onLogY = logY && positiveY;
  const prepared = useMemo(() => prepare(data, onLogX, onLogY), [data, onLogX, onLogY]);
  const preparedBelow = useMemo(() => below && prepare(below.data, onLogX, false), [below, onLogX]);
  const zoomBelow = useMemo<Zoom>(() => (zoom.x ? { x: zoom.x } : {}), [zoom.x]);
  const shown = (index: number): boolean => !off.has(index);
  const limits = limitsOf(prepared, onLogX, onLogY, zoom, shown);
  const named = yLabel ?? (data.series.length === 1 ? (data.series[0]?.label ?? "") : "");

  async function png() {
    if (!limits) return;
    try {
      const parts = { data, prepared, logX: onLogX, logY: onLogY, yLabel: named, limits, shown, title: name };
      saveBlob(await plotPng(parts), `${stem(name)}.png`);
      setFault(undefined);
    } catch (error) {
      setFault(`No picture was made: ${(error as Error).message}.`);
    }
  }
  const toggle = (index: number) =>
    setOff((old) => {
      const next = new Set(old);
      if (!next.delete(index)) next.add(index);
      return next;
    });

  return (
    <div className="plot">
      <PlotControls
        what={name}
        limits={limits}
        logX={onLogX}
        logY={onLogY}
        noLogX={!positiveX}
        noLogY={!positiveY}
        onLog={(axis, log) => {
          setZoom((old) => (axis === "x" ? { ...(old.y ? { y: old.y } : {}) } : { ...(old.x ? { x: old.x } : {}) }));
          if (axis === "x") setLogX(log);
          else setLogY(log);
        }}
        zoomed={zoom.x !== undefined || zoom.y !== undefined}
        onZoom={setZoom}
        onPng={() => void png()}
        onCsv={() =>
          saveBlob(new Blob([...csvPieces(tableOf(data, below?.data))], { type: "text/csv" }), `${stem(name)}-plot.csv`)
        }
      />
      <Chart
        {...{ data, prepared, zoom, off, height }}
        logX={onLogX}
        logY={onLogY}
        yLabel={named}
        onZoom={setZoom}
        onToggle={toggle}
      />
      {below && preparedBelow && (
        <Chart
          data={below.data}
          prepared={preparedBelow}
          logX={onLogX}
          logY={false}
          yLabel={below.yLabel}
          zoom={zoomBelow}
          onZoom={(to) => setZoom((old) => ({ ...(old.y && to.x ? { y: old.y } : {}), ...(to.x ? { x: to.x } : {}) }))}
          off={off}
          height={belowHeight}
          zeroLine
        />
      )}
      {prepared.hidden > 0 && (
        <p className="viewer-aside">
          {prepared.hidden === 1 ? "1 value is" : `${prepared.hidden.toLocaleString("en")} values are`} not shown: a
          logarithmic axis has no place for what is not above 0.
        </p>
      )}
      {!prepared.ordered && (
        <p className="viewer-aside">
          {data.label} goes up and down from row to row: points are drawn, and no lines between them.
        </p>
      )}
      {fault && (
        <p className="viewer-aside" role="alert">
          {fault}
        </p>
      )}
      <AsTable data={data} below={below?.data} name={name} />
    </div>
  );
}

const somePositive = (values: ArrayLike<number>): boolean =>
  Array.prototype.some.call(values, (value: number) => value > 0);

function AsTable({ data, below, name }: { data: ChartData; below: ChartData | undefined; name: string }) {
  const [open, setOpen] = useState(false);
  const table = useMemo(() => (open ? tableOf(data, below) : undefined), [open, data, below]);
  return (
    <ExpandableSection
      headerText="The plotted values as a table"
      variant="footer"
      expanded={open}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {table && <TableView table={table} name={`what is plotted of ${name}`} bare />}
    </ExpandableSection>
  );
}

/** What is plotted, as a table: x, and each curve with its errors. */
export function tableOf(data: ChartData, below?: ChartData): Table {
  const column = (name: string, values: ArrayLike<number>): Column => ({
    kind: "number",
    name,
    values: Float64Array.from(values),
    decimals: undefined,
    odd: new Map(),
  });
  const curves = [...data.series, ...(below?.series ?? [])];
  return {
    columns: [
      column(data.label, data.x),
      ...curves.flatMap((one) => [
        column(one.label, one.values),
        ...(one.errors ? [column(`error of ${one.label}`, one.errors)] : []),
      ]),
    ],
    rows: data.x.length,
    comments: [],
    faults: [],
    faultCount: 0,
  };
}
