// What is built before the template: the functions' bundles, the head node's program, the page.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build as esbuild, type ImportKind, type Plugin } from "esbuild";
import { functions } from "../shared/functions.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where everything is built by default. */
const buildFolder = join(root, "build");

/** Some dependencies are CommonJS and require Node's own modules; ESM has no require of its own. */
const requireBanner = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

const options = {
  bundle: true,
  platform: "node",
  minify: true,
  sourcemap: "external",
  legalComments: "none",
  mainFields: ["module", "main"],
  outExtension: { ".js": ".mjs" },
  logLevel: "silent",
} as const satisfies BuildOptions;

/**
 * Has Node's own modules required one by one as they are asked for, where an ES module first links them all. Where one is
 * import()ed, Node would make an ES module of it by asking for everything in it: of http, that is WebSocket and 0.05 s.
 */
const requireBuiltins = (kinds: readonly ImportKind[]): Plugin => ({
  name: "require-builtins",
  setup(build) {
    build.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, namespace, kind }) =>
      isBuiltin(path) && namespace !== "builtin" && kinds.includes(kind)
        ? { path: path.replace(/^node:/, ""), namespace: "builtin" }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = __require("node:${path}");`,
    }));
  },
});

/** Inside, the head node's program is CommonJS, whatever it looks like from outside: it starts in 0.04 s instead of 0.17 s. */
const programOptions = {
  ...options,
  format: "cjs",
  target: "node20",
  plugins: [requireBuiltins(["dynamic-import"])],
  banner: { js: `${requireBanner} const __require = require, module = { exports: {} };` },
} as const satisfies BuildOptions;

/**
 * A function is split where its sources import(): a cold start compiles only what every request needs, so that api is
 * imported in three quarters of the time.
 */
const functionOptions = {
  ...options,
  format: "esm",
  target: "node24",
  splitting: true,
  plugins: [requireBuiltins(["import-statement", "require-call", "dynamic-import"])],
  banner: { js: `${requireBanner} const __require = require;` },
} as const satisfies BuildOptions;

/**
 * Ways to credentials that a Lambda function never takes: its own come by the environment, which the SDK's chain asks first.
 * The chain imports the others only when it comes to them. Without them api is smaller by 108 KB.
 */
const neverOnLambda = [
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-login",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@smithy/credential-provider-imds",
  // reads a browser's user agent
  "bowser",
];

type BuildFolders = {
  /** Where the sources are: the checkout. */
  source?: string;
  /** Where the outcome goes. */
  build?: string;
};

/** @throws Error naming those of the entry points that do not exist */
function insist(source: string, entries: readonly string[]): void {
  const absent = entries.filter((entry) => !existsSync(join(source, entry)));
  if (absent.length > 0) {
    throw new Error(`cannot bundle: no file ${absent.join(", ")} (every function of shared/functions.ts has one)`);
  }
}

/**
 * Bundles every function of shared/functions.ts into <build>/functions/<name>: index.mjs, and what it imports later.
 * @throws Error naming the entries that do not exist, or esbuild's own
 */
export async function bundleFunctions({ source = root, build = buildFolder }: BuildFolders = {}): Promise<void> {
  const outdir = join(build, "functions");
  const names = Object.keys(functions);
  const entryOf = (name: string) => `functions/${name}/${name}.ts`;
  insist(source, names.map(entryOf));
  // What is there from another time must not be deployed or measured.
  await rm(outdir, { recursive: true, force: true });
  const one = (name: string) =>
    esbuild({
      ...functionOptions,
      external: neverOnLambda,
      absWorkingDir: source,
      entryPoints: { index: entryOf(name) },
      outdir: join(outdir, name),
    });
  await Promise.all(names.map(one));
}

/** Bundles the head node's program, which runs on Node 20 too, into <build>/headnode/headnode.mjs; its account's part lies in it as text. */
export async function bundleHeadnode({ source = root, build = buildFolder }: BuildFolders = {}): Promise<void> {
  const entries = { account: "functions/headnode/account.ts", headnode: "functions/headnode/headnode.ts" };
  insist(source, Object.values(entries));
  const outdir = join(build, "headnode");
  const common = { ...programOptions, absWorkingDir: source, outdir };
  const { account, headnode } = entries;
  const { outputFiles } = await esbuild({ ...common, sourcemap: false, write: false, entryPoints: { account } });
  const define = { ACCOUNT_PROGRAM: JSON.stringify(outputFiles[0]?.text) };
  await esbuild({ ...common, define, entryPoints: { headnode } });
}

/**
 * Bundles the command line into <build>/cli/headgate.mjs: one file that runs on Node 20 without anything beside it.
 * @throws Error where there is no command line, or esbuild's own
 */
export async function bundleCli({ source = root, build = buildFolder }: BuildFolders = {}): Promise<void> {
  const entry = "web/cli/headgate.ts";
  insist(source, [entry]);
  const { version } = JSON.parse(await readFile(join(source, "package.json"), "utf8")) as { version: string };
  const outfile = join(build, "cli/headgate.mjs");
  await esbuild({
    ...options,
    outExtension: {},
    sourcemap: false,
    absWorkingDir: source,
    entryPoints: [entry],
    outfile,
    format: "esm",
    target: "node20",
    define: { HEADGATE_VERSION: JSON.stringify(version) },
    banner: { js: requireBanner },
  });
  await chmod(outfile, 0o755);
}

/** What the page is made from. */
const pageSources = ["web/page", "web/client", "web/vite.config.ts", "shared", "package-lock.json"];

/**
 * Builds the page with vite into <build>/page, where its sources changed since the last time.
 * @returns whether it was built
 * @throws Error where there is no page, or vite's own
 */
export async function buildPage({ source = root, build = buildFolder }: BuildFolders = {}): Promise<boolean> {
  const page = join(source, "web/page");
  if (!existsSync(join(page, "index.html"))) throw new Error("cannot build the page: no file web/page/index.html");
  const out = join(build, "page");
  const mark = join(build, "page.sha256");
  const hash = await hashOf(source, pageSources);
  const built = existsSync(join(out, "index.html")) ? await readFile(mark, "utf8").catch(() => "") : "";
  if (built === hash) return false;

  // Removed first: a build that was interrupted is not believed.
  await rm(mark, { force: true });
  const config = ["web/page/vite.config.ts", "web/vite.config.ts"].find((path) => existsSync(join(source, path)));
  const vite = await import("vite");
  await vite.build({
    root: page,
    configFile: config === undefined ? false : join(source, config),
    logLevel: "warn",
    build: { outDir: out, emptyOutDir: true },
  });
  await mkdir(build, { recursive: true });
  await writeFile(mark, hash);
  return true;
}

/**
 * Builds all that is deployed, unless HEADGATE_BUILD names a folder where it lies ready.
 * @returns the folder with functions/<name>/index.mjs and page/index.html
 */
export async function buildAll(): Promise<string> {
  const ready = process.env.HEADGATE_BUILD;
  if (ready !== undefined) return resolve(ready);
  await Promise.all([bundleFunctions(), bundleHeadnode(), bundleCli(), buildPage()]);
  return buildFolder;
}

/** One SHA-256 over names and contents of files and folders below one folder; those that do not exist count as nothing. */
async function hashOf(folder: string, paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of await filesBelow(join(folder, path))) {
      hash
        .update(`${relative(folder, file)}\0`)
        .update(await readFile(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

async function filesBelow(path: string): Promise<string[]> {
  if (!existsSync(path)) return [];
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTDIR") return undefined;
      throw error;
    },
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
