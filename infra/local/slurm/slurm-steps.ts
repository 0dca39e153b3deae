// What jobs leave running on the nodes of a private Slurm: slurmstepd processes and their children.
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { processStat } from "./daemon.ts";

/**
 * Kills every slurmstepd that listens below the spool folder, with its job's processes. The socket decides whose step it
 * is: job ids of several clusters on one host coincide.
 */
export function killSteps(spool: string): void {
  const inodes = socketInodes(spool);
  if (inodes.size === 0) return;
  const pids = processIds();
  const steps = pids.filter(
    (pid) => processStat(pid)?.comm === "slurmstepd" && socketsOf(pid).some((inode) => inodes.has(inode)),
  );
  const doomed = descendants(steps, pids);
  for (const pid of [...steps, ...doomed]) kill(pid);
  for (const path of inodes.values()) rmSync(path, { force: true });
}

/** Inode to path, of the listening sockets below a folder. */
function socketInodes(folder: string): Map<string, string> {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  // Num RefCount Protocol Flags Type St Inode Path
  const named = lines.map((line) => /^\S+ \S+ \S+ \S+ \S+ \S+ +(\d+) (.+)$/.exec(line));
  return new Map(named.flatMap((m) => (m?.[1] && m[2]?.startsWith(`${folder}/`) ? [[m[1], m[2]] as const] : [])));
}

function processIds(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
    );
  } catch {
    return []; // ended meanwhile, or another account's
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function descendants(ancestors: number[], pids: number[]): number[] {
  const family = new Set(ancestors);
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]));
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const [pid, parent] of parents) if (parent !== undefined && family.has(parent)) family.add(pid);
  }
  return [...family].filter((pid) => !ancestors.includes(pid));
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/\) \S (\d+) /.exec(readFileSync(join("/proc", String(pid), "stat"), "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended by itself
  }
}
