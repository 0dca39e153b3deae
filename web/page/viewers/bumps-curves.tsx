// Data, model and residuals of a fit; of several models, the one that is chosen.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import { useMemo, useState } from "react";
import type { JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { bumpsCurve } from "./bumps-curve.ts";
import type { BumpsState } from "./parse-bumps.ts";
import { Plot } from "./plot.tsx";
import { PlotView } from "./plot-view.tsx";
import { readTable } from "./read-table.ts";
import { Faults, Reading } from "./reading.tsx";
import type { Table } from "./table.ts";
import { useRead } from "./use-read.ts";

type BumpsCurvesProps = { curves: readonly { label: string; file: JobFile }[]; state: BumpsState };

export function BumpsCurves({ curves, state }: BumpsCurvesProps) {
  const [place, setPlace] = useState(0);
  const curve = curves[place] ?? curves[0];
  const label = (index: number): string => {
    const name = state.models[index]?.name;
    return [curves[index]?.label ?? "", ...(name ? [name] : [])].join(": ");
  };
  const chisq = (curves.length > 1 ? state.models[place]?.chisq : undefined) ?? state.chisq;
  if (!curve) return null;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            chisq && `Reduced χ² ${chisq}${curves.length > 1 && state.chisq ? `; of all models ${state.chisq}` : ""}`
          }
          actions={
            curves.length > 1 && (
              <Select
                ariaLabel="Model"
                options={curves.map((_, index) => ({ value: String(index), label: label(index) }))}
                selectedOption={{ value: String(place), label: label(place) }}
                onChange={({ detail }) => setPlace(Number(detail.selectedOption.value))}
              />
            )
          }
        >
          Data, model and residuals
        </Header>
      }
    >
      <Curve key={curve.file.href} file={curve.file} />
    </Container>
  );
}

function Curve({ file }: { file: JobFile }) {
  const { client } = useGateway();
  const read = useRead(`${file.href} ${file.sha256}`, (signal) => readTable(client.options, file, "utf-8", signal));
  return (
    <Reading read={read} what={file.path}>
      {({ table }) => <CurvePlot table={table} name={file.path} />}
    </Reading>
  );
}

function CurvePlot({ table, name }: { table: Table; name: string }) {
  const curve = useMemo(() => bumpsCurve(table), [table]);
  const below = useMemo(
    () =>
      curve && {
        data: curve.residuals,
        yLabel: curve.plot.series[0]?.errors ? "(data − model) / error" : "data − model",
      },
    [curve],
  );
  return (
    <>
      <Faults faults={table.faults} count={table.faultCount} />
      {!curve && table.rows === 0 && <Alert type="warning">{name} holds no rows.</Alert>}
      {curve ? (
        <Plot data={curve.plot} name={name} yLabel={curve.yLabel} below={below} />
      ) : (
        table.rows > 0 && <PlotView table={table} name={name} />
      )}
    </>
  );
}
