// What is done with a plot: look closer, go sideways, logarithmic axes, take it away.
import Button from "@cloudscape-design/components/button";
import type { IconProps } from "@cloudscape-design/components/icon";
import ToggleButton from "@cloudscape-design/components/toggle-button";
import { changed } from "./chart-data.ts";
import type { PlotLimits, Zoom } from "./make-plot.ts";

type PlotControlsProps = {
  /** What is plotted, for the buttons' names. */
  what: string;
  limits: PlotLimits | undefined;
  logX: boolean;
  logY: boolean;
  onLog: (axis: "x" | "y", log: boolean) => void;
  /** No value is above 0. */
  noLogX?: boolean;
  noLogY?: boolean;
  zoomed: boolean;
  onZoom: (zoom: Zoom) => void;
  onPng: () => void;
  onCsv: () => void;
};

const step = 0.2;

export function PlotControls(props: PlotControlsProps) {
  const { what, limits, logX, logY, onLog, zoomed, onZoom, onPng, onCsv } = props;
  const zoom = (by: number) =>
    limits && onZoom({ x: changed(limits.x, logX, { by }), y: changed(limits.y, logY, { by }) });
  const move = (x: number, y: number) =>
    limits &&
    onZoom({
      x: changed(limits.x, logX, { move: x * step }),
      y: changed(limits.y, logY, { move: y * step }),
    });
  const buttons: [IconProps.Name, string, () => void][] = [
    ["zoom-in", "Zoom in", () => zoom(0.5)],
    ["zoom-out", "Zoom out", () => zoom(2)],
    ["angle-left", "Go left", () => move(-1, 0)],
    ["angle-right", "Go right", () => move(1, 0)],
    ["angle-up", "Go up", () => move(0, 1)],
    ["angle-down", "Go down", () => move(0, -1)],
  ];
  return (
    <fieldset className="plot-controls">
      <legend className="viewer-hidden">Plot of {what}</legend>
      <ToggleButton
        pressed={logX}
        disabled={props.noLogX ?? false}
        disabledReason="No value of x is above 0"
        onChange={({ detail }) => onLog("x", detail.pressed)}
      >
        log x
      </ToggleButton>
      <ToggleButton
        pressed={logY}
        disabled={props.noLogY ?? false}
        disabledReason="No value of y is above 0"
        onChange={({ detail }) => onLog("y", detail.pressed)}
      >
        log y
      </ToggleButton>
      <span className="plot-moves">
        {buttons.map(([iconName, label, act]) => (
          <Button
            key={label}
            variant="icon"
            iconName={iconName}
            ariaLabel={label}
            disabled={!limits}
            onClick={() => act()}
          />
        ))}
        <Button variant="icon" iconName="undo" ariaLabel="Show all" disabled={!zoomed} onClick={() => onZoom({})} />
      </span>
      <span className="plot-exports">
        <Button iconName="download" onClick={onPng} ariaLabel={`Save ${what} as PNG`}>
          PNG
        </Button>
        <Button iconName="download" onClick={onCsv} ariaLabel={`Save ${what} as CSV`}>
          CSV
        </Button>
      </span>
    </fieldset>
  );
}
