// What jobs leave running on the nodes of a private Slurm: slurmstepd processes and their children.
import { readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";
import { processStat } from "./daemon.ts";

/**
 * Kills every slurmstepd that listens below the spool folder and whatever belongs to a job of the cluster. The socket
 * decides whose step it is, as job ids of several clusters on one host coincide; a process whose parents are gone is known
 * by the cluster's name in its environment.
 */
export function killSteps(spool: string, clusterName: string): void {
  const inodes = socketInodes(spool);
  const pids = processIds();
  const isStep = (pid: number) =>
    processStat(pid)?.comm === "slurmstepd" && socketsOf(pid).some((inode) => inodes.has(inode));
  const steps = inodes.size === 0 ? [] : pids.filter(isStep);
  for (const pid of new Set([...steps, ...descendants(steps, pids)])) kill(pid);
  killStrays(clusterName);
  for (const path of inodes.values()) rmSync(path, { force: true });
}

/** Kills what the jobs of a cluster have left and no longer belongs to any step. Does nothing where there is no /proc. */
export function killStrays(clusterName: string): void {
  if (process.platform !== "linux") return;
  for (const pid of processIds()) if (isOfJob(pid, clusterName)) kill(pid);
}

/** Only slurmd and the stand-in's runner give a process both variables, and the cluster's name is a hash of its folder. */
function isOfJob(pid: number, clusterName: string): boolean {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
    return (
      variables.includes(`SLURM_CLUSTER_NAME=${clusterName}`) && variables.some((v) => v.startsWith("SLURM_JOB_ID="))
    );
  } catch {
    return false; // ended meanwhile, or another account's
  }
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
