// What is built before the template, from small sources of our own.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildPage, bundleFunctions, bundleHeadnode } from "../../../infra/bundle.ts";
import { functions } from "../../../shared/functions.ts";

let source: string;
let build: string;
beforeEach(() => {
  source = mkdtempSync(join(tmpdir(), "headgate-bundle-"));
  build = join(source, "build");
});
afterEach(() => rmSync(source, { recursive: true, force: true }));

const names = Object.keys(functions);
function write(path: string, text: string): void {
  mkdirSync(dirname(join(source, path)), { recursive: true });
  writeFileSync(join(source, path), text);
}
const writeHandlers = (text: (name: string) => string): void => {
  for (const name of names) write(`functions/${name}/${name}.ts`, text(name));
};
const page = (): string => readFileSync(join(build, "page/index.html"), "utf8");

it("names every function that has no source", async () => {
  write("functions/api/api.ts", "export const handler = async (): Promise<string> => 'api';\n");
  await expect(bundleFunctions({ source, build })).rejects.toThrow(
    /no file functions\/dispatch\/dispatch\.ts, functions\/observe\/observe\.ts, functions\/reconcile\/reconcile\.ts/,
  );
  await expect(bundleHeadnode({ source, build })).rejects.toThrow(
    "no file functions/headnode/account.ts, functions/headnode/headnode.ts",
  );
});

it("bundles each function into a module that runs, with CommonJS in it too", async () => {
  write("node_modules/old/index.js", `const { basename } = require("node:path"); module.exports = { basename };\n`);
  write("node_modules/old/package.json", `{ "name": "old", "main": "index.js" }\n`);
  writeHandlers((name) => `import old from "old";\nexport const handler = async () => old.basename("/a/${name}");\n`);
  write("build/functions/gone/index.mjs", "");

  await bundleFunctions({ source, build });

  for (const name of names) {
    const { handler } = await import(join(build, "functions", name, "index.mjs"));
    expect(await handler()).toBe(name);
    expect(existsSync(join(build, "functions", name, "index.mjs.map"))).toBe(true);
  }
  expect(existsSync(join(build, "functions/gone"))).toBe(false);
});

it("puts what a function imports later into a file of its own, and takes away what an earlier build left", async () => {
  write("shared/later.ts", "export const word = 'read when it was asked for';\n");
  writeHandlers(() => "export const handler = async () => (await import('../../shared/later.ts')).word;\n");
  write("build/functions/api/later-OLD.mjs", "");

  await bundleFunctions({ source, build });

  const folder = join(build, "functions/api");
  const names = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  expect(names).toHaveLength(2);
  expect(readFileSync(join(folder, "index.mjs"), "utf8")).not.toContain("read when");
  const { handler } = await import(join(folder, "index.mjs"));
  expect(await handler()).toBe("read when it was asked for");
});

it("bundles the head node's program as one file, which holds the account's part as text", async () => {
  write("functions/headnode/account.ts", "const part: string = 'of the account'; console.log(part);\n");
  write("functions/headnode/headnode.ts", "declare const ACCOUNT_PROGRAM: string; console.log(ACCOUNT_PROGRAM);\n");
  await bundleHeadnode({ source, build });
  const unpacked = join(source, "account.mjs");
  writeFileSync(unpacked, execFileSync(process.execPath, [join(build, "headnode/headnode.mjs")]));
  expect(execFileSync(process.execPath, [unpacked], { encoding: "utf8" })).toBe("of the account\n");
});

it("builds the page again only where its sources changed", async () => {
  await expect(buildPage({ source, build })).rejects.toThrow("no file web/page/index.html");
  write("web/page/index.html", "<!doctype html><p>first</p>\n");

  expect(await buildPage({ source, build })).toBe(true);
  expect(page()).toContain("first");
  expect(await buildPage({ source, build })).toBe(false);

  write("web/page/index.html", "<!doctype html><p>second</p>\n");
  expect(await buildPage({ source, build })).toBe(true);
  expect(page()).toContain("second");

  rmSync(join(build, "page/index.html"));
  expect(await buildPage({ source, build })).toBe(true);
});
