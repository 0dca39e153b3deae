// Installs the head node's program into a home of its own, as an administrator would: launcher, bundle, configuration, allow list.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleHeadnode as bundle } from "../bundle.ts";
import type { LocalSlurm } from "./slurm/local-slurm.ts";

export type HeadnodeHomeOptions = {
  /** HEADGATE_HOME; made where missing. Other accounts must be able to reach it. */
  home: string;
  /** The program's bundle (build/headnode/headnode.mjs). */
  bundle: string;
  cluster: string;
  region: string;
  buckets: { batches: string; results: string };
  slurm: LocalSlurm;
  /** Root's memory of the groups; outlives the home. */
  spool: string;
  /** Accounts on the allow list. */
  allow: readonly string[];
  /** Default "{home}/headgate". */
  folders?: string;
  /** Days that folders stay; default: the program's own. */
  keep?: { keepDays?: number; keepUncollectedDays?: number };
  /** Default 1: the watch looks each second. */
  watchSeconds?: number;
  /** Waiting times of the program that are to be otherwise. */
  patience?: Record<string, number>;
  /** Default: the Node that runs this, if other accounts can reach it. */
  node?: string;
};

/** Writes the home and returns it; what is there already is replaced. Throws where another account could not use it. */
export function installHeadnodeHome(o: HeadnodeHomeOptions): { home: string; launcher: string } {
  for (const folder of ["", "bin", "etc"]) {
    mkdirSync(join(o.home, folder), { recursive: true });
    chmodSync(join(o.home, folder), 0o755);
  }
  mkdirSync(o.spool, { recursive: true, mode: 0o700 });
  const node = o.node ?? realpathSync(process.execPath);
  if (o.slurm.accounts === "mapped") {
    const closed = closedOnTheWay(node) ?? closedOnTheWay(o.home);
    if (closed !== undefined)
      throw new Error(`other accounts cannot pass ${closed}: Node and the head node's home must lie where they can`);
  }
  const config = {
    cluster: o.cluster,
    kind: o.slurm.kind === "stand-in" ? "stand-in" : "slurm",
    region: o.region,
    buckets: o.buckets,
    spool: o.spool,
    folders: o.folders ?? "{home}/headgate",
    ...o.keep,
    slurm: {
      bin: o.slurm.bin,
      ...(o.slurm.conf === undefined ? {} : { conf: o.slurm.conf }),
      ...(o.slurm.jobcomp === undefined ? {} : { jobcomp: o.slurm.jobcomp }),
      sacct: o.slurm.sacct,
    },
    accounts: o.slurm.accounts,
    watchSeconds: o.watchSeconds ?? 1,
    node,
    ...(o.patience === undefined ? {} : { patience: o.patience }),
  };
  const bundle = join(o.home, "headnode.mjs");
  copyFileSync(o.bundle, `${bundle}.new`);
  chmodSync(`${bundle}.new`, 0o644);
  renameSync(`${bundle}.new`, bundle);
  write(join(o.home, "etc", "headnode.json"), `${JSON.stringify(config, null, 2)}\n`, 0o644);
  const list = ["# Accounts that Headgate may run jobs as, one a line.", ...o.allow];
  write(join(o.home, "etc", "allow"), `${list.join("\n")}\n`, 0o644);
  const launcher = join(o.home, "bin", "headnode");
  const quoted = `'${node.replaceAll("'", "'\\''")}'`;
  // compiled code is kept (Node 22 and later) where only whoever runs this may write
  const cache = join(o.home, "cache");
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const lines = [
    `home=\${0%/bin/*}`,
    'export NODE_COMPILE_CACHE="$home/cache"',
    `exec ${quoted} "$home/headnode.mjs" "$@"`,
  ];
  write(launcher, `#!/bin/sh\n${lines.join("\n")}\n`, 0o755);
  return { home: o.home, launcher };
}

export type InstallOptions = Omit<HeadnodeHomeOptions, "home" | "spool"> & {
  /** The data folder; the home and the spool lie in it, or beside it where accounts cannot reach it. */
  data: string;
};

/** Where a cluster's head node lies on this machine: in the data folder, or where accounts can reach it. */
export function headnodePlace(o: Pick<InstallOptions, "data" | "cluster"> & { slurm: Pick<LocalSlurm, "accounts"> }): {
  home: string;
  spool: string;
  sheltered: boolean;
} {
  const data = resolve(o.data, "headnode");
  mkdirSync(data, { recursive: true });
  const sheltered = o.slurm.accounts === "mapped" && closedOnTheWay(data) !== undefined;
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 12);
  const place = sheltered ? join("/var/lib/headgate-local", `${hash}-headnode`) : data;
  return { home: join(place, o.cluster), spool: join(data, `${o.cluster}-spool`), sheltered };
}

/** Installs a cluster's head node for the local cloud. stop() ends its watch; jobs live on, and the next start takes them up. */
export async function installHeadnode(
  o: InstallOptions,
): Promise<{ home: string; launcher: string; spool: string; stop(): Promise<void> }> {
  const { home, spool, sheltered } = headnodePlace(o);
  const mapped = o.slurm.accounts === "mapped";
  mkdirSync(home, { recursive: true });
  const own = realpathSync(process.execPath);
  const node = o.node ?? (mapped && closedOnTheWay(own) !== undefined ? reachableNode(own, home) : own);
  if (sheltered) for (const folder of [dirname(dirname(home)), dirname(home)]) chmodSync(folder, 0o755);
  const { launcher } = installHeadnodeHome({ ...o, home, spool, node });
  const stop = async () => {
    await stopWatch(spool, join(home, "headnode.mjs"));
    // outside the data folder nothing is left behind: the next start installs it again
    if (sheltered) rmSync(dirname(home), { recursive: true, force: true });
  };
  return { home, launcher, spool, stop };
}

/** A copy of Node where accounts can execute it. */
function reachableNode(own: string, home: string): string {
  const copy = join(home, "node");
  if (statSync(copy, { throwIfNoEntry: false })?.size !== statSync(own).size) copyFileSync(own, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** Ends the watch of a spool, known by its pid file and its command line. */
export async function stopWatch(spool: string, bundle: string): Promise<void> {
  const pid = Number(readText(join(spool, "watch.pid")));
  if (!Number.isInteger(pid) || pid <= 1) return;
  const lives = () =>
    readText(`/proc/${pid}/cmdline`).split("\0").includes(bundle) || (!existsSync("/proc/self") && isAlive(pid));
  if (!lives()) return;
  process.kill(pid, "SIGTERM");
  for (let waited = 0; waited < 2_000 && lives(); waited += 20) await sleep(20);
  if (lives()) process.kill(pid, "SIGKILL");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Bundles the program from the tree into a file of this name. */
export async function bundleHeadnode(outfile: string): Promise<string> {
  const build = mkdtempSync(join(tmpdir(), "hg-bundle-"));
  try {
    await bundle({ build });
    mkdirSync(dirname(outfile), { recursive: true });
    copyFileSync(join(build, "headnode", "headnode.mjs"), outfile);
    return outfile;
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

/** The first folder or file on the way to a path that other accounts cannot pass. */
function closedOnTheWay(path: string): string | undefined {
  const above = dirname(path) === path ? undefined : closedOnTheWay(dirname(path));
  if (above !== undefined || !existsSync(path)) return above;
  return (statSync(path).mode & 0o001) === 0 ? path : undefined;
}

function write(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  chmodSync(`${path}.new`, mode);
  renameSync(`${path}.new`, path);
}
