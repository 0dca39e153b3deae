// One starter at a time in a folder, also among processes, and never blocked by a dead one.
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { processStat, until } from "./daemon.ts";

/** Runs the action while holding the lock file. Waits up to 60 s for a living holder, then throws naming it. */
export async function withFolderLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${processStat(process.pid)?.start ?? ""}`;
  if (!(await until(() => take(path, mine), 60_000, 50)))
    throw new Error(`process ${readFileSync(path, "utf8")} holds ${path} since over 60 s`);
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string, mine: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, mine);
  try {
    linkSync(own, path); // the file appears with its content or not at all
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    removeIfDead(path);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function removeIfDead(path: string): void {
  try {
    const [pid, start] = readFileSync(path, "utf8").split(" ");
    if (processStat(Number(pid))?.start !== start) rmSync(path, { force: true });
  } catch {
    // released meanwhile
  }
}
