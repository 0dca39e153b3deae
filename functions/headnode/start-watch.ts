// Starting the watch: a process of its own session, so that the end of SSM's command does not end it.
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Settings } from "./config.ts";
import { takeLock } from "./lock.ts";
import type { Spool } from "./spool.ts";

/** Written to by every command: the watch looks at the spool when it changes. */
export const bellOf = (spool: Spool): string => join(spool.root, "bell");

/** Whether a group is in Slurm, or may be, and has not been told to its end. */
export const isLive = (folder: string): boolean => existsSync(`${folder}/intent`) && !existsSync(`${folder}/refused`);

/** Starts the watch unless one is at work, which is told to look. */
export async function startWatch(settings: Settings, spool: Spool): Promise<void> {
  writeFileSync(bellOf(spool), `${Date.now()}\n`, { mode: 0o600 });
  await wakeWatch(settings, spool);
}

/** Starts the watch unless one is at work, which is not told: it finds out by itself. */
export async function wakeWatch(settings: Settings, spool: Spool): Promise<void> {
  const lock = await takeLock(spool.lock("watch"), 0);
  if (lock === undefined) return;
  await lock.release();
  spawnWatch(settings);
}

/** Starts a watch; it takes the lock itself, and of two the later one ends at once. */
export function spawnWatch(settings: Settings): void {
  const env = { ...process.env, HOME: process.env.HOME ?? homedir() };
  delete (env as Record<string, string | undefined>).SSM_batch;
  const child = spawn(process.execPath, [settings.bundle, "watch"], { detached: true, stdio: "ignore", cwd: "/", env });
  child.on("error", () => {}); // the next command starts it
  child.unref();
}
