// npm run iam [-- FILE...]: each role's statements with the calls of the last test run that used them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Template } from "../../infra/local/iam/template-roles.ts";
import type { UsageLine } from "../../infra/local/iam/usage.ts";
import { usageReport } from "./usage-report.ts";

function templateOf(folder: string): Template {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".template.json")) : [];
  if (names.length === 0) throw new Error(`no *.template.json in ${folder}: run npm run synth first`);
  const templates = names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Template);
  return { Resources: Object.assign({}, ...templates.map(({ Resources }) => Resources)) };
}

function usageFiles(given: string[]): string[] {
  if (given.length > 0) return given;
  const folder = process.env.HEADGATE_IAM ?? join(".headgate", "iam");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ndjson")) : [];
  if (names.length === 0) throw new Error(`no *.ndjson in ${folder}: run npm test first`);
  return names.sort().map((name) => join(folder, name));
}

/** The lines of a usage file; a last line that kill -9 cut short is left out. */
function linesOf(file: string): UsageLine[] {
  const whole = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return whole.map((line, n) => {
    try {
      return JSON.parse(line) as UsageLine;
    } catch (cause) {
      throw new Error(`line ${n + 1} of ${file} is not JSON: "${line.slice(0, 80)}"`, { cause });
    }
  });
}

try {
  const template = templateOf(process.env.HEADGATE_ASSEMBLY ?? "cdk.out");
  const { text, clean } = usageReport(template, usageFiles(process.argv.slice(2)).flatMap(linesOf));
  process.stdout.write(text);
  process.exitCode = clean ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
