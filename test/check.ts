// The checks that go before each commit, side by side where they do not disturb each other.
import { spawn } from "node:child_process";
import path from "node:path";

const bin = path.resolve(import.meta.dirname, "../node_modules/.bin");
const steps: { name: string; argv: string[] }[] = [
  { name: "formatting and lint", argv: ["biome", "ci", "--error-on-warnings", "."] },
  { name: "types", argv: ["tsc", "-p", "tsconfig.json"] },
  { name: "types of the page", argv: ["tsc", "-p", "web/tsconfig.json"] },
  {
    name: "walls",
    argv: ["depcruise", "--config", ".dependency-cruiser.cjs", "shared", "functions", "infra", "web", "test"],
  },
  { name: "dead code", argv: ["knip"] },
  { name: "unit tests", argv: ["vitest", "run", "--project", "unit"] },
];

let failed = 0;
let ran = 0;
const started = Date.now();

async function run(step: { name: string; argv: string[] }): Promise<void> {
  const begun = Date.now();
  ran += 1;
  const [program = "", ...argv] = step.argv;
  const child = spawn(path.join(bin, program), argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORCE_COLOR: "0" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 1)));
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  if (code === 0) {
    const last =
      step.name === "unit tests"
        ? output
            .split("\n")
            .filter((line) => /^\s*(Tests|Test Files)\s/.test(line))
            .join(";")
        : "";
    console.log(`ok    ${step.name} (${seconds} s)${last}`);
  } else {
    failed += 1;
    console.log(`FAIL  ${step.name} (${seconds} s)\n${output}`);
  }
}

const unit = !process.argv.includes("--no-unit");
const lanes = [
  unit ? steps.filter((step) => step.name === "unit tests") : [],
  steps.filter((step) => step.name !== "unit tests"),
];
await Promise.all(
  lanes.map(async (lane) => {
    for (const step of lane) await run(step);
  }),
);
console.log(`${ran - failed} of ${ran} checks passed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
process.exitCode = failed ? 1 : 0;
