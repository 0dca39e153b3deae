// How the fit went on: its cost by step.
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMemo } from "react";
import { shortNumber } from "./axis-ticks.ts";
import type { ChartData } from "./chart-data.ts";
import type { Progress } from "./parse-bumps.ts";
import { Plot } from "./plot.tsx";

export function BumpsProgress({ progress, name }: { progress: Progress; name: string }) {
  const { steps, remarks, plan } = progress;
  const data = useMemo<ChartData>(
    () => ({
      label: "step",
      x: steps.map((one) => one.step),
      series: [{ label: "cost", values: steps.map((one) => one.cost), style: "both", colour: 0 }],
    }),
    [steps],
  );
  const [only] = steps;
  return (
    <Container header={<Header variant="h2">Progress</Header>}>
      {steps.length > 1 && <Plot data={data} name={name} height={200} yLabel="cost" />}
      {steps.length === 1 && only && (
        <p className="viewer-aside">
          bumps told of one step only: step {only.step}, cost {shortNumber(only.cost, 6)}. A fit of seconds tells no
          more.
        </p>
      )}
      {steps.length === 0 && <p className="viewer-aside">bumps told of no step.</p>}
      {plan && (
        <p className="viewer-aside">
          Planned: {plan.steps.toLocaleString("en")} steps, {plan.draws.toLocaleString("en")} draws.
        </p>
      )}
      {remarks.map((remark) => (
        <StatusIndicator type="warning" key={remark}>
          bumps says: {remark}
        </StatusIndicator>
      ))}
    </Container>
  );
}
