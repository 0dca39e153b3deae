// Telling the process that runs the jobs that there is something to do, or starting it.
import { spawn } from "node:child_process";
import { closeSync, openSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { livingHolder } from "../sole-holder.ts";
import { folders, type Settings } from "./settings.ts";

/** Rings the bell of a living runner; where none lives, starts one that outlives us. */
export function wakeRunner(dir: string, settings: Settings): void {
  if (livingHolder(folders.runner(dir)) !== undefined) {
    const now = new Date();
    utimesSync(folders.bell(dir), now, now);
    return;
  }
  const out = openSync(join(dir, "runner.log"), "a");
  const child = spawn(settings.nodePath, [settings.entry, "runner", dir], {
    cwd: dir,
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", NODE_COMPILE_CACHE: folders.cache(dir) },
    stdio: ["ignore", out, out],
    detached: true,
  });
  child.on("error", () => {}); // the next command tries again
  child.unref();
  closeSync(out);
}
