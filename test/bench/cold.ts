// What a cold start loads: each bundle's size and the time to import it, beside an empty module.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { synthesise } from "../../infra/local/synthesis.ts";
import { functions } from "../../shared/functions.ts";
import { median } from "./median.ts";

const rounds = 15;
const root = path.resolve(import.meta.dirname, "../..");
const probe =
  "const t = performance.now(); await import(process.argv[1]); console.log(performance.now() - t); process.exit(0)";

/** Values that a function accepts at its start, where a placeholder will not do. */
const values: Readonly<Record<string, string>> = {
  CLUSTERS: '[{"id":"local","name":"This machine","target":"mi-00000000000000001"}]',
  SCALE: "1",
  USER_POOL_ID: "eu-west-1_Placehold",
};

function importMs(file: string, names: readonly string[]): number {
  const environment = Object.fromEntries(names.map((name) => [name, values[name] ?? "placeholder"]));
  const env = { PATH: process.env.PATH, AWS_REGION: "eu-west-1", ...environment };
  const argv = ["--input-type=module", "-e", probe, file];
  const ran = spawnSync(process.execPath, argv, { env, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`${file} cannot be imported: ${ran.stderr.trim().split("\n").at(-1)}`);
  return Number(ran.stdout.trim().split("\n").at(-1));
}

/** Bytes of all that is deployed of a function, with what it imports later. */
const bytesOf = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".mjs"))
    .reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);

/** Prints, per bundle, bytes and milliseconds to import (medians, one process each), against an empty module in the same run. */
export async function cold(): Promise<void> {
  await synthesise(root);
  const folder = mkdtempSync(path.join(tmpdir(), "bench-cold-"));
  const empty = path.join(folder, "empty.mjs");
  writeFileSync(empty, "export {};\n");
  const bundles = readdirSync(path.join(root, "build", "functions")).map((name) => ({
    name,
    file: path.join(root, "build", "functions", name, "index.mjs"),
    names: Object.entries(functions).find(([one]) => one === name)?.[1].environment ?? [],
  }));
  const all = [{ name: "(empty)", file: empty, names: [] as readonly string[] }, ...bundles];
  const times = new Map(all.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const one of all) times.get(one.name)?.push(importMs(one.file, one.names));
  const base = median(times.get("(empty)") ?? []);
  console.log(`medians of ${rounds}; baseline: an empty module, ${base.toFixed(1)} ms`);
  for (const { name, file } of bundles) {
    const kb = bytesOf(path.dirname(file)) / 1000;
    const ms = median(times.get(name) ?? []);
    console.log(
      `${name.padEnd(10)} ${kb.toFixed(0).padStart(5)} KB  import ${ms.toFixed(0).padStart(4)} ms  (${(ms - base).toFixed(0)} ms over the baseline)`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}
