// A table as a plot: any column against any other, with errors where there are some.
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import { useMemo, useState } from "react";
import type { ChartData, Series } from "./chart-data.ts";
import { Plot } from "./plot.tsx";
import { errorColumns, firstChoice, isPlottable, type PlotChoice } from "./plot-columns.ts";
import type { Table } from "./table.ts";

type PlotViewProps = { table: Table; name: string; height?: number };
type Style = Series["style"] | "auto";

/** From so many rows on, points would hide one another. */
const manyRows = 400;
const rowNumber = "row number";
const styles: { value: Style; label: string }[] = [
  { value: "auto", label: "as suits" },
  { value: "points", label: "points" },
  { value: "line", label: "lines" },
  { value: "both", label: "points and lines" },
];

export function PlotView({ table, name, height }: PlotViewProps) {
  const [chosen, setChosen] = useState<PlotChoice>();
  const [style, setStyle] = useState<Style>("auto");
  const first = useMemo(() => firstChoice(table), [table]);
  const choice = chosen ?? first;
  const data = useMemo(() => choice && chartOf(table, choice, style), [table, choice, style]);
  const options = useMemo(
    () =>
      table.columns.flatMap((column, index) =>
        isPlottable(column) ? [{ value: String(index), label: column.name }] : [],
      ),
    [table],
  );
  if (!choice || !data) return <p className="viewer-aside">There is nothing to plot: no column holds two numbers.</p>;
  const xOptions = [{ value: "-1", label: rowNumber }, ...options];
  const label = (index: number): string => (index < 0 ? rowNumber : (table.columns[index]?.name ?? ""));
  return (
    <>
      <div className="viewer-bar">
        <span className="viewer-grow">
          <Select
            inlineLabelText="x"
            options={xOptions}
            filteringType={xOptions.length > 12 ? "auto" : "none"}
            selectedOption={{ value: String(choice.x), label: label(choice.x) }}
            onChange={({ detail }) => setChosen({ ...choice, x: Number(detail.selectedOption.value) })}
          />
        </span>
        <span className="viewer-grow">
          <Multiselect
            inlineLabelText="y"
            inlineTokens
            placeholder="choose"
            options={options}
            filteringType={options.length > 12 ? "auto" : "none"}
            selectedOptions={choice.y.map((index) => ({ value: String(index), label: label(index) }))}
            onChange={({ detail }) =>
              setChosen({ ...choice, y: detail.selectedOptions.map((option) => Number(option.value)) })
            }
          />
        </span>
        <span className="viewer-grow">
          <Select
            inlineLabelText="Drawn"
            options={styles}
            selectedOption={styles.find((one) => one.value === style) ?? null}
            onChange={({ detail }) => setStyle(detail.selectedOption.value as Style)}
          />
        </span>
      </div>
      <Plot data={data} name={name} {...(height === undefined ? {} : { height })} />
    </>
  );
}

/** The chosen columns as a chart's data. */
export function chartOf(table: Table, choice: PlotChoice, style: Style): ChartData {
  const xColumn = table.columns[choice.x];
  const x =
    xColumn?.kind === "number" ? xColumn.values : Float64Array.from({ length: table.rows }, (_, index) => index + 1);
  const errorsOf = errorColumns(table);
  const series = choice.y.flatMap((index): Series[] => {
    const column = table.columns[index];
    if (column?.kind !== "number") return [];
    const place = errorsOf.get(index);
    const errors = place === undefined ? undefined : table.columns[place];
    const withErrors = errors?.kind === "number" && place !== choice.x ? errors.values : undefined;
    const suits = withErrors ? "points" : table.rows > manyRows ? "line" : "both";
    return [
      {
        label: column.name,
        values: column.values,
        errors: withErrors,
        style: style === "auto" ? suits : style,
        colour: choice.y.indexOf(index),
      },
    ];
  });
  return { label: xColumn?.name ?? rowNumber, x, series };
}
