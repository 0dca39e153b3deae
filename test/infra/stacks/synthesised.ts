// The template as the tests see it: synthesised once, from placeholder bundles, into a folder of its own.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesise } from "../../../infra/synthesise.ts";
import { functions } from "../../../shared/functions.ts";

type Resource = { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string };
export type Template = { Resources: Record<string, Resource>; Outputs: Record<string, { Value: unknown }> };
export type Assembly = { text: string; template: Template; report: { pluginReports: unknown[] } };

/** Runs something with placeholder bundles and a folder to synthesise into; leaves nothing behind. */
export function withPlaceholders<T>(run: (folders: { build: string; out: string }) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "headgate-synth-"));
  try {
    const build = join(folder, "build");
    for (const name of Object.keys(functions)) {
      mkdirSync(join(build, "functions", name), { recursive: true });
      writeFileSync(join(build, "functions", name, "index.mjs"), `export const handler = async () => "${name}";\n`);
    }
    mkdirSync(join(build, "page"));
    writeFileSync(join(build, "page", "index.html"), "<!doctype html>\n");
    return run({ build, out: join(folder, "cdk.out") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Synthesises as an operator would. */
export function synthesised(context: Record<string, unknown> = {}): Assembly {
  return withPlaceholders(({ build, out }) => {
    synthesise({ build, out, context });
    const text = readFileSync(join(out, "Headgate.template.json"), "utf8");
    const report = JSON.parse(readFileSync(join(out, "validation-report.json"), "utf8"));
    return { text, template: JSON.parse(text), report };
  });
}

/** The resources of a type: [logical id, properties]. */
export function ofType(template: Template, type: string): [string, Record<string, unknown>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties]);
}

/** A logical id without the hash at its end. */
export const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, "");

/** A value with its intrinsic functions written out: <DataTable.Arn>, <AWS::Region>. */
export function written(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("Ref" in value) return `<${plain(String(value.Ref))}>`;
  if ("Fn::GetAtt" in value && Array.isArray(value["Fn::GetAtt"])) {
    const [id, attribute] = value["Fn::GetAtt"];
    return `<${plain(String(id))}.${attribute}>`;
  }
  if ("Fn::Join" in value && Array.isArray(value["Fn::Join"])) {
    const [separator, parts] = value["Fn::Join"];
    return parts.map(written).join(separator);
  }
  if ("Fn::Sub" in value) return String(value["Fn::Sub"]).replace(/\$\{([^}]+)\}/g, "<$1>");
  return JSON.stringify(value);
}
