// The watches of a head node, found by their command line, and their death.
import { readdirSync, readFileSync } from "node:fs";

/** The pids of our watches. */
function watchPids(bundle: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return words.includes(bundle) && words.includes("watch");
      } catch {
        return false; // ended meanwhile
      }
    });
}

/** SIGKILL to the watches and their process groups; returns how many there were. */
export function killWatches(bundle: string): number {
  const pids = watchPids(bundle);
  for (const pid of pids) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // it has ended by itself
    }
  }
  return pids.length;
}
