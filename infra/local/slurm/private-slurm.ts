// A real Slurm of our own on this host: slurmctld, munged and some slurmd, apart from any other Slurm.
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { type AccountingDatabase, accountingDatabase } from "./accounting-database.ts";
import { accountUid } from "./accounts.ts";
import { clusterPorts, makeClusterFolders, type Ports, writeAtomically } from "./cluster-files.ts";
import { type ClusterHome, clusterHome, removeShortFolder } from "./cluster-home.ts";
import { type Daemon, daemonPid, signalDaemon, startDaemon, stopDaemons, until } from "./daemon.ts";
import type { LocalSlurm } from "./local-slurm.ts";
import { findProgram, requirePrograms, run } from "./programs.ts";
import { cgroupConf, confValue, type MemoryLimits, slurmConf } from "./slurm-conf.ts";
import { killSteps } from "./slurm-steps.ts";
import { type Holding, livingHolder, takeRole } from "./sole-holder.ts";

type PrivateSlurmOptions = {
  /** folder of the cluster; the same folder later means the same cluster, with its jobs */
  dir: string;
  /** default 2 */
  nodes?: number;
  /** of each node, real or not; default 8 */
  cpus?: number;
  /** of each node, real or not; default 4000 */
  memoryMb?: number;
  /** where ended jobs are recorded; default "filetxt" */
  accounting?: "filetxt" | "none" | "dbd";
  /** how a job is held to its memory: looked at each second, or by cgroup v1 (see hasMemoryCgroup); default "watched" */
  memory?: MemoryLimits;
  /** forget an earlier cluster in this folder, its jobs and job ids */
  clean?: boolean;
  /** further slurm.conf lines, same keys replace ours */
  lines?: string[];
  log?: (line: string) => void;
};

export type PrivateSlurm = LocalSlurm & {
  /** SIGKILL to slurmctld */
  killController(): void;
  /** starts slurmctld if it is dead, recovering its state, and waits until it answers */
  startController(): Promise<void>;
  /** SIGKILL to the slurmd of node n (from 1); its jobs run on */
  killNode(n: number): void;
  startNode(n: number): void;
};

const install = "install the packages slurm-wlm and munge (Debian, Ubuntu: apt-get install slurm-wlm munge)";
const programs = ["sbatch", "squeue", "scancel", "scontrol", "sinfo", "srun", "slurmctld", "slurmd", "munged"] as const;

/**
 * Starts a private cluster below `dir`, or takes over the one that lives there and starts what it lacks. Its daemons
 * live on when this process ends; stop() ends them. As root jobs run as whoever submits them, otherwise as ourselves.
 * Throws where Slurm is not installed and where a daemon does not come up, with the end of its log.
 */
export async function startPrivateSlurm(o: PrivateSlurmOptions): Promise<PrivateSlurm> {
  const found = requirePrograms(programs, install);
  const log = o.log ?? (() => {});
  const place = clusterHome(o.dir);
  if (place.note !== undefined) log(place.note);
  const starting = await onlyStarter(place.home);
  try {
    const cluster = await new Cluster(o, place, found).prepare();
    await cluster.start();
    return cluster.face();
  } finally {
    starting.release();
  }
}

/** Two who start the same cluster at once would each start its daemons: the second waits, then finds them living. */
async function onlyStarter(home: string): Promise<Holding> {
  const folder = join(home, "starter");
  mkdirSync(folder, { recursive: true });
  let holding = takeRole(folder);
  const isTaken = () => {
    holding ??= takeRole(folder);
    return holding !== undefined;
  };
  await until(isTaken, 60_000, 50);
  if (holding !== undefined) return holding;
  throw new Error(`process ${livingHolder(folder)?.pid} has been starting the cluster in ${home} for over 60 s`);
}

class Cluster {
  readonly #options: PrivateSlurmOptions;
  readonly #place: ClusterHome;
  readonly #home: string;
  readonly #sockets: string;
  readonly #programs: Record<(typeof programs)[number], string>;
  readonly #root = process.getuid?.() === 0;
  readonly #conf: string;
  readonly #jobcomp: string;
  readonly #mungeSocket: string;
  readonly #count: number;

  constructor(o: PrivateSlurmOptions, place: ClusterHome, found: Record<(typeof programs)[number], string>) {
    this.#options = o;
    this.#place = place;
    this.#home = place.home;
    this.#sockets = place.sockets;
    this.#programs = found;
    this.#conf = join(place.home, "etc", "slurm.conf");
    this.#jobcomp = join(place.home, "jobcomp", "jobcomp.log");
    this.#mungeSocket = join(place.sockets, "munge", "socket");
    this.#count = o.nodes ?? 2;
  }

  /** Writes the configuration, once what it would contradict has ended. */
  async prepare(): Promise<this> {
    if (this.#options.clean === true) {
      await this.#stop();
      for (const name of ["state", "spool", "jobcomp", "log", "database"])
        rmSync(join(this.#home, name), { recursive: true, force: true });
      rmSync(join(this.#sockets, "spool"), { recursive: true, force: true });
    }
    makeClusterFolders(this.#place, this.#count, this.#jobcomp, this.#root);
    const ports = await this.#ports();
    const text = this.#confText(ports);
    const before = existsSync(this.#conf) ? readFileSync(this.#conf, "utf8") : undefined;
    if (before !== undefined && before !== text) await this.#stopDaemonsOf(before);
    writeAtomically(this.#conf, text);
    writeAtomically(join(this.#home, "etc", "cgroup.conf"), cgroupConf(this.#options.memory ?? "watched"));
    return this;
  }

  async start(): Promise<void> {
    startDaemon(this.#munged());
    await this.#await(() => existsSync(this.#mungeSocket), 10_000, this.#munged(), "munged opened no socket");
    if (this.#options.accounting === "dbd") await this.#database((await this.#ports()).database).start();
    const fresh = await this.#startController();
    for (let n = 1; n <= this.#count; n++) startDaemon(this.#node(n));
    const isUp = async () => (await this.#nodesUp()) === this.#count;
    await this.#await(isUp, 20_000, this.#node(1), `not all of ${this.#count} nodes came up`);
    if (fresh) await this.#settle();
  }

  /** Absorbs what is late once after a controller's start: its first scheduling pass (3 s), its first word to slurmdbd (5 s). */
  async #settle(): Promise<void> {
    const name = `settle-${randomBytes(4).toString("hex")}`;
    await run([this.#programs.srun, "-Q", "-n1", "-J", name, "--immediate=5", "true"], this.#env(), 10_000);
    const sacct = this.#options.accounting === "dbd" ? findProgram("sacct") : undefined;
    if (sacct === undefined) return;
    const known = async () => run([sacct, "-aXnP", `--name=${name}`, "-o", "State"], this.#env(), 5000);
    await until(async () => (await known()).stdout.includes("COMPLETED"), 10_000, 200);
  }

  description(): string {
    const who = this.#root ? "jobs run as the person's own Unix account" : `jobs run as ${userInfo().username}`;
    return `a private Slurm of ${this.#count} nodes on this machine; ${who}`;
  }

  face(): PrivateSlurm {
    const text = readFileSync(this.#conf, "utf8");
    const jobcomp = confValue(text, "JobCompType") === "jobcomp/filetxt" ? confValue(text, "JobCompLoc") : undefined;
    return {
      kind: "private",
      bin: dirname(this.#programs.sbatch),
      conf: this.#conf,
      ...(jobcomp === undefined ? {} : { jobcomp }),
      sacct: confValue(text, "AccountingStorageType") === "accounting_storage/slurmdbd",
      accounts: this.#root ? "mapped" : "starter",
      description: this.description(),
      stop: async () => {
        await this.#stop();
        removeShortFolder(this.#place);
      },
      killController: () => signalDaemon(this.#controller(), "SIGKILL"),
      startController: async () => {
        await this.#startController();
      },
      killNode: (n) => signalDaemon(this.#node(this.#known(n)), "SIGKILL"),
      startNode: (n) => {
        startDaemon(this.#node(this.#known(n)));
      },
    };
  }

  #known(n: number): number {
    if (Number.isInteger(n) && n >= 1 && n <= this.#count) return n;
    throw new Error(`no node ${n}: this cluster has the nodes 1 to ${this.#count}`);
  }

  #env(): Record<string, string> {
    return { SLURM_CONF: this.#conf };
  }

  #slurmUser(): string {
    if (!this.#root) return userInfo().username;
    return accountUid("slurm") === undefined ? "root" : "slurm";
  }

  #clusterName(): string {
    return `hg${createHash("sha256").update(this.#home).digest("hex").slice(0, 8)}`;
  }

  #confText(ports: Ports): string {
    const { dir: _dir, nodes: _nodes, clean: _clean, log: _log, ...wanted } = this.#options;
    return slurmConf({
      cpus: 8,
      memoryMb: 4000,
      accounting: "filetxt",
      memory: "watched",
      lines: [],
      ...wanted,
      clusterName: this.#clusterName(),
      host: shortHost(),
      home: this.#home,
      sockets: this.#sockets,
      mungeSocket: this.#mungeSocket,
      slurmUser: this.#slurmUser(),
      slurmdUser: this.#root ? "root" : userInfo().username,
      controllerPort: ports.controller,
      nodePorts: ports.nodes,
      databasePort: ports.database,
      jobcomp: this.#jobcomp,
    });
  }

  #ports(): Promise<Ports> {
    const lives = (nodes: number) => this.#daemons(nodes).some((daemon) => daemonPid(daemon) !== undefined);
    return clusterPorts(this.#home, this.#count, lives);
  }

  #daemon(name: string, argv: [string, ...string[]]): Daemon {
    const run = join(this.#home, "run");
    return {
      argv,
      pidFile: join(run, `${name}.pid`),
      outFile: join(run, `${name}.out`),
      cwd: this.#home,
      env: this.#env(),
    };
  }

  #database(port: number): AccountingDatabase {
    return accountingDatabase({
      home: this.#home,
      sockets: this.#sockets,
      conf: this.#conf,
      port,
      mungeSocket: this.#mungeSocket,
      slurmUser: this.#slurmUser(),
      host: shortHost(),
      clusterName: this.#clusterName(),
    });
  }

  #munged(): Daemon {
    const own = (name: string) => join(this.#home, "munge", name);
    const files = [`--key-file=${own("key")}`, `--seed-file=${own("seed")}`, `--log-file=${own("log")}`];
    // --force: the folders above may belong to the person who keeps the checkout, which munged would only refuse
    const how = ["--foreground", "--force", "--origin=127.0.0.1", "--num-threads=2", `--pid-file=${own("own-pid")}`];
    const uid = this.#root ? accountUid("munge") : undefined;
    const daemon = this.#daemon("munged", [this.#programs.munged, ...how, `--socket=${this.#mungeSocket}`, ...files]);
    return uid === undefined ? daemon : { ...daemon, pidFile: own("pid"), uid };
  }

  #controller(): Daemon {
    return this.#daemon("slurmctld", [this.#programs.slurmctld, "-D", "-f", this.#conf]);
  }

  #node(n: number): Daemon {
    return this.#daemon(`slurmd.n${n}`, [this.#programs.slurmd, "-D", "-f", this.#conf, "-N", `n${n}`]);
  }

  #daemons(count: number): Daemon[] {
    const nodes = Array.from({ length: count }, (_, i) => this.#node(i + 1));
    return [...nodes, this.#controller()];
  }

  /** Never with -c: a killed controller is to find its jobs again. */
  async #startController(): Promise<boolean> {
    const fresh = startDaemon(this.#controller());
    const answers = async () =>
      (await run([this.#programs.scontrol, "ping"], this.#env(), 5000)).stdout.includes(" UP");
    await this.#await(answers, 20_000, this.#controller(), "slurmctld does not answer");
    return fresh;
  }

  async #nodesUp(): Promise<number> {
    const list = await run(
      [this.#programs.sinfo, "-h", "-N", "-t", "idle,mixed,alloc,completing", "-o", "%N"],
      this.#env(),
      5000,
    );
    return new Set(list.stdout.split("\n").filter((name) => name !== "")).size;
  }

  async #await(
    isSo: () => boolean | Promise<boolean>,
    withinMs: number,
    daemon: Daemon,
    complaint: string,
  ): Promise<void> {
    if (await until(isSo, withinMs, 50)) return;
    const tail = existsSync(daemon.outFile) ? readFileSync(daemon.outFile, "utf8").trimEnd().split("\n").slice(-8) : [];
    throw new Error(
      `${complaint} within ${withinMs / 1000} s; see ${this.#home}/log and ${daemon.outFile}:\n${tail.join("\n")}`,
    );
  }

  async #stop(): Promise<void> {
    if (daemonPid(this.#controller()) !== undefined) await this.#cancelJobs();
    killSteps(join(this.#sockets, "spool"), this.#clusterName());
    await this.#stopDaemonsOf(existsSync(this.#conf) ? readFileSync(this.#conf, "utf8") : "");
    killSteps(join(this.#sockets, "spool"), this.#clusterName());
  }

  async #cancelJobs(): Promise<void> {
    const everything = ["PENDING", "RUNNING", "SUSPENDED"].map((state) =>
      run([this.#programs.scancel, `--state=${state}`], this.#env(), 2000),
    );
    await Promise.all(everything);
    const none = async () =>
      (await run([this.#programs.squeue, "-h", "-o", "%i"], this.#env(), 1000)).stdout.trim() === "";
    await until(none, 2500, 100);
  }

  async #stopDaemonsOf(conf: string): Promise<void> {
    const nodes = Number(/^NodeName=n\[1-(\d+)\]/m.exec(conf)?.[1] ?? this.#count);
    await stopDaemons(this.#daemons(Math.max(nodes, this.#count)), 1500);
    await this.#database(0).stop();
    await stopDaemons([this.#munged()], 500);
  }
}

function shortHost(): string {
  return hostname().split(".")[0] ?? "localhost";
}
