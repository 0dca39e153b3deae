// Keeps a template as a release: node infra/release.ts 1 writes infra/releases/1.template.json, from which upgrades are tested.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { buildAll } from "./bundle.ts";
import { stackName, synthesise } from "./synthesise.ts";

const [version] = process.argv.slice(2);
if (version === undefined || !/^[0-9a-z][0-9a-z.-]{0,63}$/.test(version)) {
  throw new Error(`a release's name is 1 to 64 of 0-9, a-z, . and -; got ${JSON.stringify(version)}`);
}
const target = join(import.meta.dirname, "releases", `${version}.template.json`);
if (existsSync(target)) {
  throw new Error(`infra/releases/${version}.template.json exists; a release does not change: choose another name`);
}

const build = await buildAll();
const out = mkdtempSync(join(tmpdir(), "headgate-release-"));
try {
  synthesise({ build, out });
  const template = readFileSync(join(out, `${stackName}.template.json`), "utf8");
  for (const path of [process.cwd(), homedir(), out].filter((one) => one.length > 1)) {
    if (template.includes(`${path}/`)) throw new Error(`the template names a path of this machine: ${path}`);
  }
  mkdirSync(join(import.meta.dirname, "releases"), { recursive: true });
  writeFileSync(target, template);
} finally {
  rmSync(out, { recursive: true, force: true });
}
console.log(`infra/releases/${version}.template.json`);
