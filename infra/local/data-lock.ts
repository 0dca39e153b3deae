// One local cloud per data folder: a lock that dies with its process.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A process's start time as the kernel counts it, so that a number given out again is not taken for the old process; "" where it is gone. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "" : (fields[19] ?? "");
  } catch {
    try {
      process.kill(pid, 0);
      return process.platform === "linux" ? "" : "alive";
    } catch {
      return "";
    }
  }
}

/** Takes the data folder for this process. Throws where a living process holds it; the lock of one that was killed is taken over. */
export function holdData(data: string): () => void {
  mkdirSync(data, { recursive: true });
  const file = path.join(data, "pid");
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      writeFileSync(file, mine, { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid = "0", start = ""] = readFileSync(file, "utf8").split(" ");
    const now = startOf(Number(pid));
    if (now !== "" && now === start)
      throw new Error(`${data} is in use by process ${pid}; stop that one, or give another folder with --data=FOLDER`);
    rmSync(file, { force: true });
  }
  throw new Error(`${file} could not be taken`);
}
