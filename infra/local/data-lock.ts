// Locks that die with their process: one local cloud per data folder, one synthesis per checkout.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "./start-error.ts";

/** A process's start time as the kernel counts it, so that a number given out again is not taken for the old process; "" where it is gone. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    if (process.platform === "linux") return "";
  }
  try {
    process.kill(pid, 0);
    return "alive";
  } catch {
    return "";
  }
}

/** Takes the lock file for this process, from one that was killed too. Answers how to release it, or who holds it. */
function take(file: string): { release: () => void } | { holder: string } {
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(file, mine, { flag: "wx" });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    let words: string;
    try {
      words = readFileSync(file, "utf8");
    } catch {
      continue;
    }
    const [pid = "0", start = ""] = words.split(" ");
    const now = startOf(Number(pid));
    if (words === "" || (now !== "" && now === start)) return { holder: pid };
    rmSync(file, { force: true });
  }
  return { holder: "that is just starting" };
}

/** Takes the data folder for this process. Throws where a living process holds it; the lock of one that was killed is taken over. */
export function holdData(data: string): () => void {
  // it holds other people's inputs and results, and the credentials of every function
  mkdirSync(data, { recursive: true, mode: 0o700 });
  chmodSync(data, 0o700);
  const taken = take(path.join(data, "pid"));
  if ("release" in taken) return taken.release;
  throw new StartError(
    `${data} is in use by process ${taken.holder}; stop that one, or give another folder with --data=FOLDER`,
  );
}

/** Does the work while no other process does it under the same lock file; waits for the others, at most five minutes. */
export async function oneAtATime<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; waited < 300_000; waited += 100) {
    const taken = take(file);
    if ("release" in taken) {
      try {
        return await work();
      } finally {
        taken.release();
      }
    }
    await sleep(100);
  }
  throw new Error(`${file} has been held for five minutes by another process; remove it if there is none`);
}
