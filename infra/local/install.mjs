// Installs what package-lock.json names, once, and hands over to the Node of node_modules. Plain JavaScript: it runs on any Node from 20 on.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const stamp = path.join(root, "node_modules", ".headgate-installed");

/** Runs `npm ci` where node_modules is absent or older than the lock file. Returns seconds spent, 0 where nothing was to do. */
export function install() {
  const lock = createHash("sha256")
    .update(readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return 0;
  const started = Date.now();
  console.log("Installing what package-lock.json names (once; one or two minutes) ...");
  const npm = process.env.npm_execpath;
  const argv = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const ran = npm?.endsWith(".js")
    ? spawnSync(process.execPath, [npm, ...argv], { cwd: root, stdio: "inherit" })
    : spawnSync("npm", argv, { cwd: root, stdio: "inherit" });
  if (ran.status !== 0) {
    console.error("npm ci failed (see above). Is the npm registry reachable, and is there 1 GB of disk?");
    process.exit(ran.status ?? 1);
  }
  writeFileSync(stamp, lock);
  return (Date.now() - started) / 1000;
}

/** The Node that this project pins, or the one that runs now where npm has none for this machine and it is 24 or later. */
export function pinnedNode() {
  const own = path.join(root, "node_modules", ".bin", "node");
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  console.error(
    `There is no Node 24 for ${process.platform}-${process.arch} in node_modules; install Node 24 and try again.`,
  );
  process.exit(1);
}

/** Runs a TypeScript program with the pinned Node and ends as it ends; signals reach it, however they are sent, and it has the last word. */
export function handOver(script, argv, env = {}) {
  const node = pinnedNode();
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", path.join(root, script), ...argv], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ""}` },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}
