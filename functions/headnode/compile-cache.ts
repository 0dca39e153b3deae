// Compiled code kept between starts, where Node can: in a folder that only we may write.
import { mkdirSync, statSync } from "node:fs";
import * as module from "node:module";
import { dirname, join } from "node:path";

/** Turns the cache on (Node 22.8 or later). Without it everything works, a little later. */
export function enableCompileCache(bundle: string): void {
  const enable = "enableCompileCache" in module ? (module.enableCompileCache as (path: string) => unknown) : undefined;
  if (enable === undefined) return;
  const folder = join(dirname(bundle), "cache");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = statSync(folder);
    // code that another account could write would run as us
    if (found.uid === process.getuid?.() && (found.mode & 0o022) === 0) enable(folder);
  } catch {
    // a read-only home: no cache
  }
}
