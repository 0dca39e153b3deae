// The application "bumps" against the real fitter, where it is installed.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { renderJob } from "../../../shared/application/applications.ts";
import { bumpsProgressFile, readBumpsProgress } from "../../../shared/application/bumps-progress.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { runRendered } from "./run-rendered.ts";

const folder = path.join(import.meta.dirname, "../../../infra/local/welcome/bumps");
const line = readFileSync(path.join(folder, "line.py"), "utf8");
const points = readFileSync(path.join(folder, "points.dat"), "utf8");
const installed = spawnSync("bumps", ["-?"]).status === 0;

describe("bumps, as a request", () => {
  it("passes on what was given and what that fitter heeds, and nothing else", () => {
    expect(wordsOf({ model: "line.py" })).toBe("set -- line.py '--fit=amoeba'\n");
    expect(wordsOf({ model: "line.py", fitter: "newton", steps: 50, burn: 10, pop: 5, seed: 0 })).toBe(
      "set -- line.py '--fit=newton' '--steps=50' '--seed=0'\n",
    );
    expect(
      wordsOf({ model: "line.py", fitter: "dream", steps: 5, burn: 0, samples: 100, pop: 4, thin: 2, seed: 1 }),
    ).toBe("set -- line.py '--fit=dream' '--steps=5' '--burn=0' '--samples=100' '--pop=4' '--thin=2' '--seed=1'\n");
    expect(wordsOf({ model: "line.py", steps: 1e6 })).toContain("'--steps=1000000'");
  });

  it("refuses what bumps would not take, with what it does", () => {
    expect(issuesOf({ model: "line.py", fitter: "lm" })).toEqual([
      { field: "parameters.fitter", value: '"lm"', accepted: "one of amoeba, newton, de, dream, pt, scipy.leastsq" },
    ]);
    expect(issuesOf({ model: "line.py", steps: 0, burn: -1, seed: 1.5 })).toEqual([
      { field: "parameters.steps", value: "0", accepted: "a whole number from 1 to 100000000 steps" },
      { field: "parameters.burn", value: "-1", accepted: "a whole number from 0 to 100000000 steps" },
      { field: "parameters.seed", value: "1.5", accepted: "a whole number from 0 to 4294967295" },
    ]);
    expect(issuesOf({ model: "line.py", fiter: "de" })).toEqual([
      {
        field: "parameters.fiter",
        value: '"de"',
        accepted: "no such field; there are model, fitter, steps, burn, samples, pop, thin, seed",
      },
    ]);
    expect(issuesOf({})).toEqual([
      { field: "parameters.model", accepted: "the name of an input that ends in .py; it is required" },
    ]);
    expect(issuesOf({ model: "points.dat" })[0]?.accepted).toBe("the name of an input that ends in .py");
    expect(issuesOf({ model: "other.py" })[0]?.accepted).toBe('the name of an input: "line.py", "points.dat"');
    expect(issuesOf({ model: "line.py" }, ["line.py", "fit/line.par"])).toEqual([
      {
        field: "inputs.1.name",
        value: '"fit/line.par"',
        accepted: "a name outside the folder fit, where the results go",
      },
    ]);
    expect(issuesOf({ model: "line.py", steps: "10" })[0]?.field).toBe("parameters.steps");
  });

  it("says in one sentence that bumps is not installed, and exits 127", async () => {
    const empty = mkdtempSync(path.join(tmpdir(), "headgate-no-bumps-"));
    using ran = await runRendered({
      application: "bumps",
      parameters: { model: "line.py" },
      inputs: { "line.py": line },
      path: empty,
    });
    rmSync(empty, { recursive: true });

    expect(ran.code).toBe(127);
    expect(ran.stderr).toBe(`bumps is not installed on this cluster: no such program on the PATH (${empty}).\n`);
  });
});

describe.skipIf(!installed)("bumps, run for real", () => {
  it.each([
    ["amoeba", { steps: 200 }],
    ["newton", { steps: 100, burn: 7 }],
    ["de", { steps: 100, pop: 8 }],
    ["dream", { samples: 2000, burn: 20, pop: 8, thin: 2 }],
    ["pt", { steps: 20, burn: 10 }],
    ["scipy.leastsq", { steps: 100 }],
  ])("%s gives the very .par and .err that bumps gives directly", async (fitter, extra) => {
    const inputs = { "line.py": line, "points.dat": points };
    using ran = await runRendered({
      application: "bumps",
      parameters: { model: "line.py", fitter, seed: 12, ...extra },
      inputs,
    });
    const direct = mkdtempSync(path.join(tmpdir(), "headgate-bumps-"));
    for (const [name, body] of Object.entries(inputs)) writeFileSync(path.join(direct, name), body);
    const options = Object.entries(extra).map(([name, value]) => `--${name}=${value}`);
    execFileSync("bumps", ["line.py", "--batch", "--store=T", `--fit=${fitter}`, ...options, "--seed=12"], {
      cwd: direct,
      env: { ...process.env, MPLBACKEND: "Agg", MPLCONFIGDIR: path.join(direct, "mpl") },
      stdio: "ignore",
    });

    expect(ran.code, ran.stderr).toBe(0);
    for (const end of ["par", "err"])
      expect(readFileSync(path.join(ran.work, `fit/line.${end}`))).toEqual(
        readFileSync(path.join(direct, `T/line.${end}`)),
      );
    expect(
      ran.made.every((name) => name === "fit" || name.startsWith("fit/line") || name in inputs),
      ran.made.join(),
    ).toBe(true);
    rmSync(direct, { recursive: true });
  });

  it.each(["it's $(x) y.py", "sub/line.py", "--a=b.py"])("fits a model named %j", async (name) => {
    const inputs = { [name]: line, [path.join(path.dirname(name), "points.dat")]: points };
    using ran = await runRendered({ application: "bumps", parameters: { model: name, steps: 50, seed: 1 }, inputs });

    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.made).toContain(`fit/${path.basename(name, ".py")}.par`);
    const progress = bumpsProgressFile({ model: name }) ?? "";
    expect(readBumpsProgress(readFileSync(path.join(ran.work, progress), "utf8"), { fitter: "amoeba" })).toMatchObject({
      ...{ done: 1, words: "fitted; its results are being written" },
      measure: { name: "chisq", value: expect.any(Number) },
    });
  });

  it.each([
    ["raises", "raise RuntimeError('the beam was off')", "RuntimeError: the beam was off"],
    ["is not Python", "this is a shopping list", "SyntaxError: invalid syntax"],
    ["defines no problem", "x = 1", "problem"],
  ])("fails with bumps' own words where the model %s", async (_what, model, words) => {
    using ran = await runRendered({
      application: "bumps",
      parameters: { model: "m.py", seed: 1 },
      inputs: { "m.py": model },
    });

    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(words);
  });
});

function request(parameters: Record<string, unknown>, inputs: string[]) {
  return renderJob({ application: "bumps", parameters, resources: {}, inputs });
}

function wordsOf(parameters: Record<string, unknown>) {
  return request(parameters, ["line.py"]).files["words.sh"];
}

function issuesOf(parameters: Record<string, unknown>, inputs = ["line.py", "points.dat"]) {
  try {
    request(parameters, inputs);
  } catch (error) {
    if (error instanceof GatewayError && error.code === "invalid-request") return error.issues;
    throw error;
  }
  return [];
}
