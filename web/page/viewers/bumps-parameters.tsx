// The fitted parameters with their errors, intervals and bounds.

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { Job } from "../../../shared/contract/job.ts";
import { shortNumber } from "./axis-ticks.ts";
import { csvPieces } from "./csv.ts";
import { type FittedParameter, withError } from "./fitted-parameters.ts";
import type { BumpsState } from "./parse-bumps.ts";
import { saveBlob } from "./save-blob.ts";
import { textTable } from "./table.ts";

type BumpsParametersProps = { name: string; parameters: readonly FittedParameter[]; state: BumpsState; job: Job };

export function BumpsParameters({ name, parameters, state, job }: BumpsParametersProps) {
  const errors = parameters.some((one) => one.error !== undefined);
  const intervals = parameters.some((one) => one.interval95 !== undefined);
  const ranges = parameters.some((one) => one.range !== undefined);
  const units = parameters.some((one) => one.unit !== "");
  const { fitter = "amoeba" } = job.parameters;
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={parameters.length > 0 ? `(${parameters.length})` : ""}
          description={
            state.chisq &&
            `Reduced χ² ${state.chisq}${state.nllf === undefined ? "" : `, negative log likelihood ${shortNumber(state.nllf, 6)}`}`
          }
          actions={
            parameters.length > 0 && (
              <Button
                iconName="download"
                ariaLabel="Save the parameters as CSV"
                onClick={() => saveCsv(name, parameters)}
              >
                CSV
              </Button>
            )
          }
        >
          Fitted parameters
        </Header>
      }
    >
      {parameters.length === 0 ? (
        <p className="viewer-aside">bumps left no fitted parameters.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
        <section className="results-scroll" tabIndex={0} aria-label="Fitted parameters">
          <table className="results-table">
            <thead>
              <tr>
                <th scope="col">Parameter</th>
                <th scope="col" className="table-number">
                  Best
                </th>
                {errors && (
                  <th scope="col" className="table-number">
                    ± 1σ
                  </th>
                )}
                {units && <th scope="col">Unit</th>}
                {intervals && (
                  <>
                    <th scope="col" className="table-number">
                      68 % interval
                    </th>
                    <th scope="col" className="table-number">
                      95 % interval
                    </th>
                  </>
                )}
                {ranges && (
                  <th scope="col" className="table-number">
                    Bounds
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {parameters.map((one, index) => (
                <Row
                  // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat, and the order is the file's
                  key={index}
                  parameter={one}
                  columns={{ errors, units, intervals, ranges }}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {parameters.length > 0 && !errors && (
        <p className="viewer-aside">
          The fitter {String(fitter)} leaves no uncertainties; run again with dream to have them.
        </p>
      )}
      {state.sampled && <p className="viewer-aside">{state.sampled}.</p>}
    </Container>
  );
}

type RowProps = {
  parameter: FittedParameter;
  columns: { errors: boolean; units: boolean; intervals: boolean; ranges: boolean };
};

function Row({ parameter: one, columns }: RowProps) {
  const { value, error } = withError(one.best, one.error);
  const between = (pair: readonly [number, number] | undefined): string => {
    if (!pair) return "";
    const [low, high] = pair.map((end) => withError(end, one.error).value);
    return `${low} to ${high}`;
  };
  return (
    <tr>
      <th scope="row">
        <bdi>{one.label}</bdi>
      </th>
      <td className="table-number" title={String(one.best)}>
        {value}
      </td>
      {columns.errors && (
        <td className="table-number" title={one.error === undefined ? undefined : String(one.error)}>
          {error}
        </td>
      )}
      {columns.units && <td>{one.unit}</td>}
      {columns.intervals && (
        <>
          <td className="table-number">{between(one.interval68)}</td>
          <td className="table-number">{between(one.interval95)}</td>
        </>
      )}
      {columns.ranges && (
        <td className="table-number">
          {one.range && `${shortNumber(one.range[0], 6)} to ${shortNumber(one.range[1], 6)}`}
        </td>
      )}
    </tr>
  );
}

function saveCsv(name: string, parameters: readonly FittedParameter[]): void {
  const text = (value: number | undefined): string => (value === undefined ? "" : String(value));
  const table = textTable(
    ["parameter", "unit", "best", "error", "low 68", "high 68", "low 95", "high 95", "lower bound", "upper bound"],
    parameters.map((one) => [
      one.label,
      one.unit,
      text(one.best),
      text(one.error),
      ...[one.interval68, one.interval95, one.range].flatMap((pair) => [text(pair?.[0]), text(pair?.[1])]),
    ]),
  );
  saveBlob(new Blob([...csvPieces(table)], { type: "text/csv" }), `${name}-parameters.csv`);
}
