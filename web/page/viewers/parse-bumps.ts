// The texts that bumps writes: parameters (.par), the state of the fit (.err) and its progress (.mon).
import { parseNumber } from "./parse-number.ts";

export type ParLine = { label: string; value: number };

/** The fitted parameters of a .par file, in their order; labels may have blanks and may repeat. A line cut off is left out. */
export function parsePar(text: string): ParLine[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const at = line.trimEnd().lastIndexOf(" ");
    const value = at > 0 ? parseNumber(line.slice(at + 1).trim()) : undefined;
    return value === undefined || line.startsWith("#") ? [] : [{ label: line.slice(0, at).trim(), value }];
  });
}

/** A parameter as bumps' tree of a model shows it. */
export type TreeLine = { model: number; label: string; value: number; range: [number, number] | undefined };

export type BumpsState = {
  /** Models by name, in order; one without a name where there is a single one. */
  models: { name: string; chisq: string | undefined }[];
  /** Chi square over the degrees of freedom, with its uncertainty: "0.68(57)". Of all models together. */
  chisq: string | undefined;
  nllf: number | undefined;
  parameters: TreeLine[];
  /** dream's table, in the order of the .par file. */
  samples: SampleLine[];
  /** dream's remark on how many samples there are. */
  sampled: string | undefined;
};

export type SampleLine = {
  /** Counted from 1, as in the .par file. */
  place: number;
  label: string;
  /** Mean with its uncertainty in the last digits: "1.04(18)". */
  mean: string;
  median: number;
  best: number;
  interval68: [number, number];
  interval95: [number, number];
};

const number = String.raw`[+-]?(?:\d[\d.]*(?:[eE][+-]?\d+)?|inf|nan)`;
const tree = new RegExp(String.raw`^\s*\.?([^=]+?)\s*=\s*(${number})(?:\s+in\s+\[(.+?),(.+?)\])?\s*$`);
const chisqLine = new RegExp(String.raw`^\s*\[(overall )?chisq=([^,\]]+), nllf=(${number})\]`);
const sample = new RegExp(
  String.raw`^\s*(\d+)\s+(.+?)\s+(\S*\d\S*)\s+(${number})\s+(${number})\s+\[\s*(${number})\s+(${number})\s*\]\s+\[\s*(${number})\s+(${number})\s*\]\s*$`,
);

/** Reads what bumps shows of a problem: the .err file, or the end of the .mon file. What it does not know it passes over. */
export function parseState(text: string): BumpsState {
  const state: BumpsState = {
    models: [],
    chisq: undefined,
    nllf: undefined,
    parameters: [],
    samples: [],
    sampled: undefined,
  };
  for (const line of text.split(/\r?\n/)) takeStateLine(state, line);
  return state;
}

function takeStateLine(state: BumpsState, line: string): void {
  const model = /^-- Model (\d+) ?(.*)$/.exec(line);
  if (model) {
    state.models.push({ name: (model[2] ?? "").trim(), chisq: undefined });
    return;
  }
  const chisq = chisqLine.exec(line);
  if (chisq) {
    const last = state.models.at(-1);
    if (!chisq[1] && last) last.chisq = chisq[2];
    // that of a single model is that of all; otherwise "overall" comes last
    state.chisq = chisq[2];
    state.nllf = parseNumber(chisq[3] ?? "");
    return;
  }
  const sampled = sample.exec(line);
  if (sampled) {
    const value = (place: number): number => parseNumber(sampled[place] ?? "") ?? Number.NaN;
    state.samples.push({
      place: value(1),
      label: sampled[2] ?? "",
      mean: sampled[3] ?? "",
      median: value(4),
      best: value(5),
      interval68: [value(6), value(7)],
      interval95: [value(8), value(9)],
    });
    return;
  }
  if (line.startsWith("Statistics and plots based on")) state.sampled = line.trim();
  const set = tree.exec(line);
  if (!set) return;
  const low = parseNumber(set[3] ?? "");
  const high = parseNumber(set[4] ?? "");
  state.parameters.push({
    model: Math.max(0, state.models.length - 1),
    label: (set[1] ?? "").trim(),
    value: parseNumber(set[2] ?? "") ?? Number.NaN,
    range: low === undefined || high === undefined ? undefined : [low, high],
  });
}

export type Progress = {
  steps: { step: number; cost: number }[];
  /** Remarks between the steps: "Did not converge!". */
  remarks: string[];
  /** What dream set out to do. */
  plan: { steps: number; draws: number } | undefined;
};

/** Reads how the fit went on: a step and its cost wherever bumps told them. */
export function parseProgress(text: string): Progress {
  const progress: Progress = { steps: [], remarks: [], plan: undefined };
  for (const line of text.split(/\r?\n/)) {
    const step = /^step (\d+) cost ([^\s(]+)/.exec(line);
    const cost = parseNumber(step?.[2] ?? "");
    const plan = /^# steps: (\d+), # draws: (\d+)/.exec(line);
    if (step && cost !== undefined) progress.steps.push({ step: Number(step[1]), cost });
    else if (plan) progress.plan = { steps: Number(plan[1]), draws: Number(plan[2]) };
    else if (/converge|abort|interrupt|fail|error|warning/i.test(line) && progress.remarks.length < 5)
      progress.remarks.push(line.trim());
  }
  return progress;
}

export type Statistics = {
  label: string;
  mean: number;
  std: number;
  median: number;
  best: number;
  p68: [number, number];
  p95: [number, number];
};

/** dream's statistics (-err.json) by the parameter's place in the .par file, counted from 1. What is not as expected is left out. */
export function readStatistics(json: unknown): Map<number, Statistics> {
  const found = new Map<number, Statistics>();
  if (typeof json !== "object" || json === null) return found;
  for (const [key, value] of Object.entries(json as Record<string, unknown>)) {
    if (typeof value !== "object" || value === null) continue;
    const one = value as Record<string, unknown>;
    const real = (name: string): number => (typeof one[name] === "number" ? (one[name] as number) : Number.NaN);
    const pair = (name: string): [number, number] => {
      const both = one[name];
      const [low, high] = Array.isArray(both) ? (both as unknown[]) : [];
      return [typeof low === "number" ? low : Number.NaN, typeof high === "number" ? high : Number.NaN];
    };
    if (typeof one.index !== "number") continue;
    found.set(one.index, {
      label: typeof one.label === "string" ? one.label : key,
      mean: real("mean"),
      std: real("std"),
      median: real("median"),
      best: real("best"),
      p68: pair("p68"),
      p95: pair("p95"),
    });
  }
  return found;
}
