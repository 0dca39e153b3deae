// The folders, key and ports of a private Slurm.
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountUid } from "./accounts.ts";
import type { ClusterHome } from "./cluster-home.ts";
import { freePorts, isPortFree } from "./free-ports.ts";

export type Ports = { controller: number; nodes: number[]; database: number };

/** Creates what is missing; each folder is open to every account but the controller's state and the munge key. */
export function makeClusterFolders(place: ClusterHome, nodes: number, jobcomp: string, root: boolean): void {
  const { home, sockets } = place;
  for (const name of ["etc", "run", "log", "state", "spool", "jobcomp", "munge"]) {
    mkdirSync(join(home, name), { recursive: true });
    chmodSync(join(home, name), name === "state" ? 0o700 : 0o755);
  }
  for (const name of ["munge", "spool"]) {
    mkdirSync(join(sockets, name), { recursive: true });
    chmodSync(join(sockets, name), 0o755);
  }
  for (let n = 1; n <= nodes; n++) mkdirSync(join(sockets, "spool", `n${n}`), { recursive: true });
  // slurmctld writes it as the Slurm user, everybody may read it
  if (!existsSync(jobcomp)) writeFileSync(jobcomp, "");
  chmodSync(jobcomp, 0o644);
  const key = join(home, "munge", "key");
  if (!existsSync(key)) writeAtomically(key, randomBytes(1024), 0o400);
  if (!root) return;
  const slurm = accountUid("slurm") ?? 0;
  const munge = accountUid("munge") ?? 0;
  for (const path of ["state", "log", "jobcomp"]) chownSync(join(home, path), slurm, -1);
  chownSync(jobcomp, slurm, -1);
  for (const path of [join(home, "munge"), key, join(sockets, "munge")]) chownSync(path, munge, -1);
}

/** The ports of last time while any daemon of then lives or nobody else has taken them, otherwise fresh ones. */
export async function clusterPorts(home: string, nodes: number, lives: (nodes: number) => boolean): Promise<Ports> {
  const file = join(home, "etc", "ports.json");
  if (existsSync(file)) {
    const known = JSON.parse(readFileSync(file, "utf8")) as Ports;
    const all = [known.controller, known.database, ...known.nodes];
    const usable = lives(known.nodes.length) || (await Promise.all(all.map(isPortFree))).every(Boolean);
    if (known.nodes.length === nodes && usable) return known;
  }
  const [controller = 0, database = 0, ...others] = await freePorts(nodes + 2);
  const ports = { controller, nodes: others, database };
  writeAtomically(file, JSON.stringify(ports));
  return ports;
}

/** Replaces a file in one step. */
export function writeAtomically(path: string, content: string | Uint8Array, mode = 0o644): void {
  writeFileSync(`${path}.new`, content, { mode });
  renameSync(`${path}.new`, path);
}
