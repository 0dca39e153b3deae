// The colours of plots on light and on dark ground, each at least 3 to 1 against it, and whether the page is dark.
import { useSyncExternalStore } from "react";

export type PlotColours = { ground: string; text: string; grid: string; series: readonly string[] };

export const lightColours: PlotColours = {
  ground: "#ffffff",
  text: "#16191f",
  grid: "#e3e5e9",
  series: ["#0972d3", "#c33d00", "#037f0c", "#7a3fc9", "#00708a", "#a8286e", "#7d5b00", "#5f6b7a"],
};

export const darkColours: PlotColours = {
  ground: "#161d26",
  text: "#d5dbdb",
  grid: "#333c47",
  series: ["#5fa8ee", "#ff8a5c", "#3fc04a", "#b79bff", "#45c8d0", "#f08bb8", "#e0b84c", "#b6bec9"],
};

/** The colour of the series of that place, again from the first after the last. */
export const seriesColour = (colours: PlotColours, index: number): string =>
  colours.series[index % colours.series.length] ?? colours.text;

const darkClass = "awsui-dark-mode";

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  return () => observer.disconnect();
}

/** The colours that suit the page as it is, kept up to date. */
export function usePlotColours(): PlotColours {
  const dark = useSyncExternalStore(watch, () => document.body.classList.contains(darkClass));
  return dark ? darkColours : lightColours;
}
