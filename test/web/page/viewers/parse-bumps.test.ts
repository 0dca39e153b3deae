import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JobFile } from "../../../../shared/contract/job.ts";
import { bumpsCurve } from "../../../../web/page/viewers/bumps-curve.ts";
import { bumpsFiles } from "../../../../web/page/viewers/bumps-files.ts";
import { errorOf, fittedParameters, withError } from "../../../../web/page/viewers/fitted-parameters.ts";
import { parsePar, parseProgress, parseState, readStatistics } from "../../../../web/page/viewers/parse-bumps.ts";
import { TableParser } from "../../../../web/page/viewers/table-parser.ts";

const fixtures = path.resolve(import.meta.dirname, "../../../fixtures/bumps");
const real = (name: string): string => readFileSync(path.join(fixtures, name), "utf8");
const curve = (name: string) => {
  const parser = new TableParser("dat");
  parser.push(real(name));
  return bumpsCurve(parser.finish());
};
const file = (name: string, role: JobFile["role"] = "result"): JobFile => ({
  path: name,
  role,
  size: 1,
  sha256: "0".repeat(64),
  href: `/${name}`,
});

describe("what bumps leaves", () => {
  it("has parameters by name, names with blanks and twice the same among them", () => {
    expect(parsePar(real("line-dream/line.par"))).toEqual([
      { label: "b", value: 1.01208767109456 },
      { label: "m", value: 2.0023467372731 },
    ]);
    expect(parsePar("thickness of the film (Å) 1.5e2\nrho nan\nrho 2\ncut of")).toEqual([
      { label: "thickness of the film (Å)", value: 150 },
      { label: "rho", value: Number.NaN },
      { label: "rho", value: 2 },
    ]);
  });

  it("has chi square, bounds and dream's statistics in its .err file", () => {
    const one = parseState(real("line-dream/line.err"));
    expect([one.chisq, one.nllf, one.models]).toEqual(["0.68(57)", 1.35343, []]);
    expect(one.parameters[0]).toEqual({ model: 0, label: "b", value: 1.01209, range: [-5, 5] });
    expect(one.samples[1]).toEqual({
      place: 2,
      label: "m",
      mean: "1.995(46)",
      median: 1.996,
      best: 2.002,
      interval68: [1.95, 2.04],
      interval95: [1.9, 2.09],
    });
    expect(one.sampled).toBe("Statistics and plots based on 1056 samples (50.0% of total samples drawn)");
    const two = parseState(real("two-dream/two.err"));
    expect(two.models).toEqual([
      { name: "decay", chisq: "0.45(14)" },
      { name: "line", chisq: "0.45(21)" },
    ]);
    expect(two.chisq).toBe("0.52(19)");
    expect(two.parameters.map((parameter) => parameter.model)).toEqual([0, 0, 0, 1, 1]);
    expect(two.samples).toHaveLength(5);
    expect(parseState(real("multi-amoeba/multi.err")).parameters[2]).toEqual({
      model: 0,
      label: "c",
      value: 3,
      range: undefined,
    });
  });

  it("has its progress in the .mon file, also where it was cut off", () => {
    const cut = parseProgress(real("line-cut/line.mon"));
    expect(cut.plan).toEqual({ steps: 5_000, draws: 100_000 });
    expect(cut.steps).toHaveLength(29);
    expect(cut.steps[10]).toEqual({ step: 31, cost: 120.79 });
    expect(parseProgress(real("line-dream/line.mon")).remarks).toEqual(["Did not converge!"]);
    expect(parseProgress("")).toEqual({ steps: [], remarks: [], plan: undefined });
  });

  it("gives each parameter its error and its intervals from dream's statistics, else from dream's table", () => {
    const par = parsePar(real("two-dream/two.par"));
    const state = parseState(real("two-dream/two.err"));
    const statistics = readStatistics(JSON.parse(real("two-dream/two-err.json")));
    const exact = fittedParameters(par, state, statistics);
    expect(exact.map((one) => one.label)).toEqual(["a", "floor", "tau", "b", "m"]);
    expect(exact[0]).toMatchObject({ best: 1168.82218379343, error: 65.55966212354897, range: [500, 2000] });
    const short = fittedParameters(par, state, undefined);
    expect(short.map((one) => one.error)).toEqual([66, 2, 0.067, 0.35, 0.054]);
    expect(short[4]).toMatchObject({ interval68: [2.46, 2.57], range: [0, 5] });
  });

  it("has no errors where the fitter leaves none, and parameters with a unit in the name", () => {
    const state = parseState(real("multi-amoeba/multi.err"));
    const found = fittedParameters(parsePar(real("multi-amoeba/multi.par")), state, undefined);
    expect(found.map((one) => [one.label, one.error, one.range])).toEqual([
      ["a", undefined, [0, 10]],
      ["b", undefined, [-2, 4]],
    ]);
    expect(fittedParameters(parsePar("thickness (Å) 150"), undefined, undefined)[0]).toMatchObject({
      label: "thickness",
      unit: "Å",
    });
    // without a .par file the tree of the model has the values
    expect(fittedParameters(undefined, state, undefined).map((one) => one.best)).toEqual([2.0013, 0.500527]);
  });

  it("has curves as data, model and residuals, several in one file too", () => {
    const one = curve("line-dream/line.dat");
    expect(one?.plot.series.map((series) => [series.label, series.style, series.errors?.[0]])).toEqual([
      ["data", "points", 0.2],
      ["model", "line", undefined],
    ]);
    expect(one?.residuals.series[0]?.values[0]).toBeCloseTo((3 - 3.01443440836766) / 0.2, 12);
    expect(curve("multi-amoeba/multi.dat")?.plot.series.map((series) => series.label)).toEqual([
      "data 1",
      "model 1",
      "data 2",
      "model 2",
    ]);
  });

  it("is found among a job's files by the model's name, or by what only bumps leaves", () => {
    const names = [
      "line.err",
      "line.par",
      "line.mon",
      "line.py",
      "line-10.dat",
      "line-2.dat",
      "line-model0.png",
      "line-vars.png",
      "line-err.json",
      "other.par",
    ];
    const found = bumpsFiles({ parameters: { model: "sub/line.py" } }, [
      file("stdout", "stdout"),
      ...names.map((name) => file(`fit/${name}`)),
    ]);
    expect(found).toMatchObject({ name: "line", par: { path: "fit/line.par" }, stats: { path: "fit/line-err.json" } });
    expect(found?.curves.map(({ label }) => label)).toEqual(["Model 2", "Model 10"]);
    expect(found?.images.map(({ label }) => label)).toEqual([
      "Model 1: data and model, by bumps",
      "Distributions of the parameters",
    ]);
    expect(found?.all).toHaveLength(9);
    expect(bumpsFiles({ parameters: {} }, [file("out/x.mon")])?.name).toBe("x");
    expect(
      bumpsFiles({ parameters: { model: "line.py" } }, [file("stdout", "stdout"), file("fit/line.py")]),
    ).toBeUndefined();
  });

  it("reads every real file of every kind without a complaint", () => {
    for (const folder of readdirSync(fixtures))
      for (const name of readdirSync(path.join(fixtures, folder)).filter((one) => one.endsWith(".dat")))
        expect(curve(`${folder}/${name}`), `${folder}/${name}`).toBeDefined();
  });
});

describe("a value with its error", () => {
  it("has two digits of the error", () => {
    expect(withError(1.01208767109456, 0.181916976127515)).toEqual({ value: "1.01", error: "0.18" });
    expect(withError(1168.82, 65.5)).toEqual({ value: "1169", error: "66" });
    expect(withError(123456.789, 4321)).toEqual({ value: "123457", error: "4321" });
    expect(withError(2.00285617546561, undefined)).toEqual({ value: "2.002856", error: "" });
    expect(withError(1.5e-12, 2e-14)).toEqual({ value: "1.50000e-12", error: "2.0e-14" });
  });

  it("is read from bumps' short form", () => {
    expect(["1.04(18)", "1138(66)", "4.3(20)", "12.0(1.5)", "-1.5(2)e-6", "7", undefined].map(errorOf)).toEqual([
      0.18,
      66,
      2,
      1.5,
      2e-7,
      undefined,
      undefined,
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 0, max: 8 }), (digits, decimals) => {
        expect(errorOf(`${(1).toFixed(decimals)}(${digits})`)).toBe(Number(`${digits}e-${decimals}`));
      }),
    );
  });
});
