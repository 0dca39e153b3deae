// Synthesises the template where its sources changed: one child process, one at a time on this checkout.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { oneAtATime } from "./data-lock.ts";
import { configurationOf } from "./local-clusters.ts";

const sources = [
  "infra/app.ts",
  "infra/bundle.ts",
  "infra/stacks",
  "shared",
  "functions",
  "web",
  "cdk.json",
  "package-lock.json",
];

function hashOf(root: string): string {
  const hash = createHash("sha256");
  const visit = (relative: string): void => {
    const absolute = path.join(root, relative);
    const stat = statSync(absolute, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of readdirSync(absolute).sort()) visit(path.join(relative, name));
    else hash.update(`${relative}\0`).update(readFileSync(absolute)).update("\0");
  };
  for (const source of sources) visit(source);
  return hash.digest("hex");
}

/**
 * Makes an assembly and build/ agree with the sources: cdk.out is as cdk.json has it; more clusters have one of their own.
 * Returns the assembly's folder and the seconds spent (0: nothing was to do).
 */
export async function synthesise(root: string, clusters = 1): Promise<{ assembly: string; seconds: number }> {
  const build = path.join(root, "build");
  const assembly = clusters === 1 ? path.join(root, "cdk.out") : path.join(build, `cdk.out-${clusters}`);
  // as the CDK's command line hands them over: --output and --context
  const ours = {
    CDK_OUTDIR: assembly,
    CDK_CONTEXT_JSON: JSON.stringify({ headgate: configurationOf(root, clusters) }),
  };
  mkdirSync(build, { recursive: true });
  return await oneAtATime(path.join(build, "synthesis.lock"), async () => {
    const stamp = path.join(assembly, ".sources");
    const wanted = clusters === 1 ? hashOf(root) : `${hashOf(root)} ${ours.CDK_CONTEXT_JSON}`;
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return { assembly, seconds: 0 };
    const started = Date.now();
    rmSync(stamp, { force: true });
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "infra/app.ts"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: clusters === 1 ? process.env : { ...process.env, ...ours },
    });
    const endChild = () => child.kill();
    process.once("exit", endChild);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? 1));
    });
    process.off("exit", endChild);
    if (code !== 0) throw new Error(`the template could not be synthesised:\n${output}`);
    writeFileSync(stamp, wanted);
    return { assembly, seconds: (Date.now() - started) / 1000 };
  });
}
