// The fitted parameters as one list, put together from what bumps left of them.
import type { BumpsState, ParLine, Statistics } from "./parse-bumps.ts";

export type FittedParameter = {
  label: string;
  /** From the label, where it ends in one: "thickness (Å)". */
  unit: string;
  best: number;
  /** One standard deviation; undefined where the fitter leaves none. */
  error: number | undefined;
  interval68: readonly [number, number] | undefined;
  interval95: readonly [number, number] | undefined;
  /** Bounds of the fit. */
  range: readonly [number, number] | undefined;
};

/**
 * One entry per fitted parameter. The .par file says which there are; dream's statistics or its table in the .err file add the
 * uncertainties; the tree of the .err file the bounds, and the values where there is no .par file.
 */
export function fittedParameters(
  par: readonly ParLine[] | undefined,
  state: BumpsState | undefined,
  statistics: ReadonlyMap<number, Statistics> | undefined,
): FittedParameter[] {
  const inTree = (state?.parameters ?? []).filter((one) => one.range !== undefined);
  const base: ParLine[] = par && par.length > 0 ? [...par] : inTree.map(({ label, value }) => ({ label, value }));
  const used = new Set<number>();
  return base.map(({ label, value }, index) => {
    const found = statistics?.get(index + 1);
    const statistic = found && sameLabel(found.label, label) ? found : undefined;
    const sample = state?.samples.find((one) => one.place === index + 1 && sameLabel(one.label, label));
    const place = inTree.findIndex(
      (one, at) => !used.has(at) && close(one.value, value) && endsAlike(label, one.label),
    );
    if (place !== -1) used.add(place);
    const unit = /\s*[([]([^()[\]]+)[)\]]$/.exec(label)?.[1] ?? "";
    return {
      label: unit === "" ? label : label.replace(/\s*[([][^()[\]]+[)\]]$/, ""),
      unit,
      best: value,
      error: statistic && Number.isFinite(statistic.std) ? statistic.std : errorOf(sample?.mean),
      interval68: interval(statistic?.p68) ?? sample?.interval68,
      interval95: interval(statistic?.p95) ?? sample?.interval95,
      range: inTree[place]?.range,
    };
  });
}

const interval = (pair: readonly [number, number] | undefined): readonly [number, number] | undefined =>
  pair && Number.isFinite(pair[0]) && Number.isFinite(pair[1]) ? pair : undefined;

// the table of the .err file cuts long labels
const sameLabel = (one: string, other: string): boolean =>
  one === other || one.startsWith(other) || other.startsWith(one) || other.endsWith(one);
// a label has the model's name before that of the parameter, which is all that stands in the tree
const endsAlike = (label: string, leaf: string): boolean => label === leaf || label.endsWith(leaf);
// the tree has six digits
const close = (one: number, other: number): boolean =>
  Math.abs(one - other) <= 1e-4 * Math.max(Math.abs(one), Math.abs(other)) || one === other;

/** The uncertainty of a short form: 0.18 of "1.04(18)", 66 of "1138(66)". */
export function errorOf(short: string | undefined): number | undefined {
  const read = /^[+-]?(\d+)(?:\.(\d*))?\((\d+)(?:\.(\d+))?\)(?:e([+-]?\d+))?$/i.exec(short ?? "");
  if (!read) return undefined;
  const [, , decimals = "", digits = "", more] = read;
  const power = Number(read[5] ?? 0);
  // "12.0(1.5)" has its own point; "1.04(18)" counts in the last digits
  return more === undefined ? Number(`${digits}e${power - decimals.length}`) : Number(`${digits}.${more}e${power}`);
}

/** A value with its error, both to the error's second digit: "1.01 ± 0.18"; all digits that make sense where there is none. */
export function withError(value: number, error: number | undefined): { value: string; error: string } {
  if (error === undefined || !(error > 0) || !Number.isFinite(error))
    return { value: Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value), error: "" };
  const digits = Math.max(0, 1 - Math.floor(Math.log10(error)));
  if (digits > 12 || Math.abs(value) >= 1e9 || error >= 1e6)
    return { value: value.toExponential(5), error: error.toExponential(1) };
  return { value: value.toFixed(digits), error: error.toFixed(digits) };
}
