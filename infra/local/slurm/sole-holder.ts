// At most one living process holds a role in a folder; a dead holder blocks nobody.
import { execFileSync } from "node:child_process";
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Holding = { generation: number; release(): void };

/**
 * Takes the role for this process, or returns undefined while another living process has it.
 * Each holder links a file named by the next number; the highest number holds. A stale file is never replaced, only
 * surpassed, so two claimants who both saw a dead holder cannot both succeed.
 */
export function takeRole(folder: string): Holding | undefined {
  if (livingHolder(folder) !== undefined) return undefined;
  const generation = (generations(folder).at(-1) ?? 0) + 1;
  const draft = join(folder, `draft-${process.pid}`);
  const own = join(folder, String(generation));
  writeFileSync(draft, processIdentity(process.pid) ?? "");
  try {
    linkSync(draft, own);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  // a slow claimant may link a number that others have used and swept meanwhile: then a higher one exists
  if (generations(folder).at(-1) !== generation) {
    rmSync(own, { force: true });
    return undefined;
  }
  for (const older of generations(folder)) if (older < generation) rmSync(join(folder, String(older)), { force: true });
  return { generation, release: () => writeFileSync(own, "released") };
}

/** The number and pid of the living holder, or undefined. */
export function livingHolder(folder: string): { generation: number; pid: number } | undefined {
  const generation = generations(folder).at(-1);
  if (generation === undefined) return undefined;
  const identity = readText(join(folder, String(generation)));
  const pid = Number(identity.split(" ")[0]);
  return identity !== "" && isAlive(identity) ? { generation, pid } : undefined;
}

/** A text that names one process of this boot: pid and when it began; undefined where there is no such process. */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = /^\d+ \(.*\) (.*)$/s.exec(readText(`/proc/${pid}/stat`).trimEnd())?.[1]?.split(" ");
    if (fields === undefined || fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${pid} ${fields[19]} ${readText("/proc/sys/kernel/random/boot_id").trim()}`;
  }
  try {
    const began = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { LC_ALL: "C", PATH: "/bin:/usr/bin" },
    });
    return /^\s*Z/.test(began) ? undefined : `${pid} ${began.trim().replace(/^\S+\s+/, "")}`;
  } catch {
    return undefined;
  }
}

/** Whether the very process that an identity names still lives. */
export function isAlive(identity: string): boolean {
  const pid = Number(identity.split(" ")[0]);
  return Number.isInteger(pid) && pid > 0 && processIdentity(pid) === identity;
}

function generations(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
