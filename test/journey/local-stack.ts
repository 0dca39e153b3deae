// Starts the whole local cloud as `npm start` does, in a process of its own, for tests that see it from outside.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type LocalJson = {
  page: string;
  api: string;
  s3: string;
  cognito: string;
  issuer: string;
  region: string;
  clientId: string;
  cliClientId: string;
  users: { email: string; handle: string; password: string; groups: string[] }[];
  clusters: { id: string; kind: string }[];
};

export type LocalStack = {
  data: string;
  local: LocalJson;
  /** What it printed so far. */
  output: () => string;
  /** SIGKILL of the local process alone: what it started lives on. */
  kill: () => Promise<void>;
  /** Ctrl-C, and waits until it ended. Answers its exit code. */
  stop: () => Promise<number>;
};

const root = path.resolve(import.meta.dirname, "../..");

/** Starts `infra/local/main.ts` with flags and waits (at most `seconds`) until it wrote local.json. Throws with what it printed. */
export async function startStack(
  o: { data?: string; flags?: string[]; seconds?: number; iam?: string } = {},
): Promise<LocalStack> {
  const data = o.data ?? mkdtempSync(path.join(tmpdir(), "headgate-"));
  const file = path.join(data, "local.json");
  rmSync(file, { force: true });
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "infra/local/main.ts", `--data=${data}`, "--port=0", ...(o.flags ?? [])],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(o.iam ? { HEADGATE_IAM: o.iam } : {}) },
    },
  );
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  for (let waited = 0; !existsSync(file); waited += 50) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the local cloud ended:\n${output}`);
    if (waited > (o.seconds ?? 120) * 1_000) {
      child.kill("SIGKILL");
      throw new Error(`the local cloud did not become ready:\n${output}`);
    }
    await sleep(50);
  }
  return {
    data,
    local: JSON.parse(readFileSync(file, "utf8")) as LocalJson,
    output: () => output,
    kill: () => ended(child, "SIGKILL").then(() => {}),
    stop: () => ended(child, "SIGINT"),
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? 1;
  const gone = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const code = await gone;
  clearTimeout(timer);
  return code;
}
