// Every test that this machine can run: installs the real parts where it may, says plainly what it skips, ends with `N passed, N failed`.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { packages } from "./packages.ts";

const root = path.resolve(import.meta.dirname, "..");
const artefacts = path.join(root, "test", "artefacts");
const usage = path.join(artefacts, "iam");
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
const details: string[] = [];

const heading = (text: string) => console.log(`\n== ${text}`);

/** Installs Debian packages that are absent, as root or by sudo without a password; says what stays absent and what that skips. */
function installPackages(): void {
  const absent = packages.filter((one) => !existsSync(one.provides));
  if (absent.length === 0) return;
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const may = existsSync("/usr/bin/apt-get") && (sudo.length === 0 || spawnSync("sudo", ["-n", "true"]).status === 0);
  if (may) {
    console.log(`installing ${absent.map((one) => one.name).join(" ")}`);
    const apt = (...argv: string[]) => {
      const [program, ...rest] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...argv];
      return spawnSync(program ?? "env", rest, { stdio: ["ignore", "ignore", "inherit"] });
    };
    const names = absent.map((one) => one.name);
    if (apt("install", "-y", "-q", "--no-install-recommends", ...names).status !== 0) {
      apt("update", "-q");
      apt("install", "-y", "-q", "--no-install-recommends", ...names);
    }
  }
  for (const one of packages) if (!existsSync(one.provides)) console.log(`SKIPPED without ${one.name}: ${one.skips}`);
}

async function step(name: string, argv: string[], env: Record<string, string> = {}): Promise<void> {
  heading(name);
  const started = Date.now();
  const child = spawn(process.execPath, argv, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, FORCE_COLOR: "0", ...env },
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 1)));
  console.log(`-- ${name}: ${code === 0 ? "ok" : "FAILED"} in ${((Date.now() - started) / 1000).toFixed(0)} s`);
  if (code !== 0) failures.push(name);
}

/** A step that is one test by itself. */
async function single(name: string, argv: string[], env: Record<string, string> = {}): Promise<void> {
  await step(name, argv, env);
  if (failures.includes(name)) counts.failed += 1;
  else counts.passed += 1;
}

type Test = { fullName: string; status: string; failureMessages: string[]; duration?: number };
type File = { name: string; status: string; message: string; assertionResults: Test[] };
type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number; testResults: File[] };

/** What failed, as it is told once more at the end, where a log that was cut still has it. */
function told(report: Report): string[] {
  const lines = (text: string) => text.split("\n").filter((line) => !line.includes("/node_modules/"));
  const brief = (text: string) => lines(text).slice(0, 40).join("\n    ").slice(0, 4000);
  return report.testResults.flatMap((file) => {
    const where = path.relative(root, file.name);
    const failed = file.assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && file.status === "failed") return [`${where}\n    ${brief(file.message)}`];
    return failed.map(
      (test) =>
        `${where}: ${test.fullName} (${((test.duration ?? 0) / 1000).toFixed(0)} s)\n    ${test.failureMessages.map(brief).join("\n    ")}`,
    );
  });
}

async function vitest(
  name: string,
  project: string,
  files: string[] = [],
  env: Record<string, string> = {},
): Promise<void> {
  const file = path.join(artefacts, `${name.replaceAll(/\W+/g, "-")}.json`);
  const argv = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    project,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...files,
  ];
  await step(name, argv, env);
  if (!existsSync(file)) {
    counts.failed += 1;
    return;
  }
  const report = JSON.parse(readFileSync(file, "utf8")) as Report;
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  counts.skipped += report.numPendingTests;
  details.push(...told(report));
  if (failures.includes(name) && report.numFailedTests === 0) counts.failed += 1;
}

rmSync(artefacts, { recursive: true, force: true });
mkdirSync(usage, { recursive: true });
const only = process.argv.slice(2);

heading("parts");
installPackages();
if (only.length > 0) await vitest("the tests asked for", "*", only);
else {
  await single("checks without the unit tests", ["test/check.ts", "--no-unit"]);
  await vitest("unit tests", "unit");
  await vitest("each part by itself", "parts");
  await vitest("tables on DynamoDB Local", "unit", ["test/shared/aws"], { HEADGATE_TEST_DYNAMO: "dynamodb-local" });
  await vitest("journeys and clusters", "cluster", [], { HEADGATE_IAM: usage });
  await single("what each role may do, and did", ["test/iam/report.ts"], { HEADGATE_IAM: usage });
}
for (const detail of details) console.log(`\nFAILED ${detail}`);
if (failures.length > 0) console.log(`\nfailed: ${failures.join("; ")}`);
console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;
