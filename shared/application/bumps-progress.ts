// How far a bumps fit is, by the .mon file that it writes each second. Pure; any text may come.
import type { Progress } from "../contract/job.ts";
import type { Parameters } from "./application-spec.ts";

/** Where bumps writes its progress: named for the model, as Python's splitext cuts it. */
export function bumpsProgressFile({ model }: Parameters): string | undefined {
  if (typeof model !== "string") return undefined;
  const file = model.slice(model.lastIndexOf("/") + 1);
  const name = /^\.+[^.]*$/.test(file) ? file : file.replace(/\.[^.]*$/, "");
  return `fit/${name}.mon`;
}

/** Iterations where neither steps nor burn are given (bumps 0.9, its own tables). */
const usualSteps: Readonly<Record<string, number>> = { amoeba: 1_000, newton: 3_000, de: 1_000, pt: 400 };
const usualBurn = 100;

const stepLine = /^step (\d{1,12}) cost (\S{1,400})$/gm;
const announced = /^# steps: (\d{1,12}), # draws: \d/m;
const fitted = /^\[chisq=([^\s,\]]{1,400})[^\n]*\]$/gm;

/** Step, end and chi-square of what is in the file; undefined where that is nothing yet. */
export function readBumpsProgress(text: string, parameters: Parameters): Progress | undefined {
  // the last line may be on its way
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const last = lastOf(whole, stepLine);
  const end = lastOf(whole, fitted);
  if (end !== undefined && (last === undefined || end.index > last.index))
    return { done: 1, words: "fitted; its results are being written", ...measured(end[1]) };
  if (last === undefined) return undefined;
  const step = Number(last[1]);
  const { total, burn, atMost } = extent(whole, parameters);
  const of = total === undefined ? "" : ` of ${atMost ? "at most " : ""}${total}`;
  return {
    ...(total === undefined ? {} : { done: Math.min(1, step / total) }),
    words: `step ${step}${of}${burn !== undefined && step <= burn ? " (burn-in)" : ""}`,
    ...measured(last[2]),
  };
}

type Extent = { total?: number; burn?: number; atMost?: boolean };

/** Samplers go to the end of burn-in and steps; the others end sooner where they converge. */
function extent(text: string, parameters: Parameters): Extent {
  const { fitter } = parameters;
  if (typeof fitter !== "string") return {};
  const given = (name: string) => {
    const value = parameters[name];
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  const usual = Object.hasOwn(usualSteps, fitter) ? usualSteps[fitter] : undefined;
  if (fitter !== "dream" && fitter !== "pt") {
    const total = given("steps") ?? usual;
    return total ? { total, atMost: true } : {};
  }
  const burn = given("burn") ?? usualBurn;
  // dream makes steps of samples by the number of fitted parameters, which only it knows: it says so at first
  const said = announced.exec(text)?.[1];
  const steps = said === undefined ? (given("steps") ?? usual) : Number(said);
  return steps === undefined || steps + burn === 0 ? { burn } : { burn, total: burn + steps };
}

/** The last match of a pattern with the flag g. */
function lastOf(text: string, pattern: RegExp): RegExpExecArray | undefined {
  return [...text.matchAll(pattern)].at(-1);
}

/** "36.94(57)" and "500.00(10)e6": a value with its uncertainty in the last digits. */
function measured(text = ""): Pick<Progress, "measure"> {
  const plain = text.replace(/\(\d{1,9}\)/, "");
  const value = /^-?\d{1,310}(?:\.\d{1,20})?(?:e[+-]?\d{1,3})?$/i.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? { measure: { name: "chisq", value } } : {};
}
