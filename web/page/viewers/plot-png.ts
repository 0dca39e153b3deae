// A plot as a PNG for a paper: light colours, twice the pixels of a screen's, with its legend.
import uPlot from "uplot";
import type { ChartData, Prepared } from "./chart-data.ts";
import { makePlot, type PlotLimits, plotFont } from "./make-plot.ts";
import { lightColours, seriesColour } from "./plot-colours.ts";
import { shape } from "./plot-points.ts";

export type PngOf = {
  data: ChartData;
  prepared: Prepared;
  logX: boolean;
  logY: boolean;
  yLabel: string;
  limits: PlotLimits;
  shown: (index: number) => boolean;
  title: string;
  zeroLine?: boolean | undefined;
};

const width = 1_600;
const height = 1_000;

/** The picture's bytes. Rejects where the browser makes none. */
export async function plotPng(of: PngOf): Promise<Blob> {
  const ratio = uPlot.pxRatio;
  const place = document.createElement("div");
  let drawn: uPlot | undefined;
  try {
    await new Promise<void>((resolve) => {
      drawn = makePlot(place, {
        ...of,
        colours: lightColours,
        width: width / ratio,
        height: height / ratio,
        magnify: 2 / ratio,
        limits: () => of.limits,
      });
      // it draws in a microtask of its own
      setTimeout(resolve, 0);
    });
    const plot = (drawn as unknown as uPlot).ctx.canvas;
    const head = 2 * headHeight(of);
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height + head;
    const ctx = canvas.getContext("2d");
    if (!ctx) throw new Error("the browser gives no canvas to draw on");
    ctx.fillStyle = lightColours.ground;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.drawImage(plot, 0, head);
    ctx.scale(2, 2);
    drawHead(ctx, of);
    return await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png"),
    );
  } finally {
    (drawn as uPlot | undefined)?.destroy();
  }
}

const line = 20;
const perLine = 3;
const shownSeries = (of: PngOf) => of.data.series.flatMap((one, index) => (of.shown(index) ? [one] : []));
const headHeight = (of: PngOf): number => 34 + line * Math.ceil(shownSeries(of).length / perLine);

function drawHead(ctx: CanvasRenderingContext2D, of: PngOf): void {
  ctx.fillStyle = lightColours.text;
  ctx.font = `600 14px ${plotFont}`;
  ctx.fillText(of.title, 16, 24, width / 2 - 32);
  ctx.font = `12px ${plotFont}`;
  for (const [index, one] of shownSeries(of).entries()) {
    const x = 16 + (index % perLine) * ((width / 2 - 32) / perLine);
    const y = 44 + Math.floor(index / perLine) * line;
    const colour = seriesColour(lightColours, one.colour);
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = 2;
    ctx.beginPath();
    if (one.style === "points") shape(ctx, one.colour, x + 9, y - 4, 3.5);
    else ctx.rect(x, y - 5, 18, 2);
    ctx.fill();
    ctx.fillStyle = lightColours.text;
    ctx.fillText(one.label, x + 24, y, (width / 2 - 32) / perLine - 32);
  }
}
