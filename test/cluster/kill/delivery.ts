// One delivery of a batch, as SSM's agent makes it: `headnode run` in a process group of its own, which may be killed whole.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Cut } from "./rounds.ts";

/** What a delivery needs to know of the head node. */
export type Target = {
  program: string;
  /** The bundle's path: tells our processes from others'. */
  bundle: string;
  env: Record<string, string>;
  intentOf(group: string): string;
};

export type Delivered = {
  /** null: killed */
  code: number | null;
  ms: number;
  stdout: string;
  stderr: string;
  /** The time-out here ended it: it hung. */
  hung: boolean;
};

/** A delivery that hangs longer than this is a fault (milliseconds). */
const patienceMs = 200_000;

/** Runs the batch once; `cut` kills the process group, `usualMs` is how long a whole run takes now. Never rejects. */
export async function deliver(
  target: Target,
  batch: string,
  o: { group?: string; cut?: Cut | undefined; usualMs: number },
): Promise<Delivered> {
  const begun = performance.now();
  const child = spawn(target.program, ["run"], {
    cwd: "/",
    env: { ...target.env, SSM_batch: batch },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let ended = false;
  let hung = false;
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes.toString("utf8");
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString("utf8");
  });
  const done = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      stderr += error.message;
      resolve(-1);
    });
    child.once("exit", (code) => {
      ended = true;
      setImmediate(() => resolve(code));
    });
  });
  const killAll = () => {
    if (child.pid === undefined || ended) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // the whole group has gone
    }
  };
  const timer = setTimeout(() => {
    hung = true;
    killAll();
  }, patienceMs);
  if (o.cut !== undefined) void cutAt(o.cut, target, o.group, o.usualMs, () => ended).then(killAll);
  const code = await done;
  clearTimeout(timer);
  child.stdout.destroy();
  child.stderr.destroy();
  return { code, ms: performance.now() - begun, stdout, stderr: stderr.slice(0, 2_000), hung };
}

/** Resolves at the instant of the kill, or when the run has ended before. */
async function cutAt(
  cut: Cut,
  target: Target,
  group: string | undefined,
  usualMs: number,
  ended: () => boolean,
): Promise<void> {
  if (cut.kind === "share" || group === undefined) {
    await delay((cut.kind === "share" ? cut.at : 1) * usualMs);
    return;
  }
  const intent = target.intentOf(group);
  while (!ended() && !existsSync(intent)) await delay(1);
  await delay(cut.afterMs);
}
