// Where a campaign takes place: the whole cloud of the template in this process, over a private Slurm, with people who submit.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { call, signIn } from "../../infra/local/api-client.ts";
import { type Cloud, startCloud } from "../../infra/local/cloud.ts";
import { installHeadnodeHome } from "../../infra/local/headnode-home.ts";
import { demoUsers, seedPeople } from "../../infra/local/seed.ts";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import { run } from "../../infra/local/slurm/programs.ts";
import { synthesise } from "../../infra/local/synthesis.ts";
import { GatewayClient } from "../../web/client/gateway-client.ts";
import { nodes } from "./plan.ts";
import { killWatches } from "./watches.ts";
import { inputText } from "./work.ts";

const root = resolve(import.meta.dirname, "../..");
const people = ["alice", "bob"] as const;
type Person = (typeof people)[number];
export const cluster = "local";

export type Arena = {
  dir: string;
  cloud: Cloud;
  slurm: PrivateSlurm;
  ledger: string;
  spool: string;
  /** The bundle that the head node runs. */
  bundle: string;
  clients: Record<Person, GatewayClient>;
  tokens: Record<Person, string>;
  /** The upload that some jobs have as their input. */
  uploads: Record<Person, string>;
  /** Fills the spool's disk, or makes room again; undefined where the spool has no disk of its own. */
  fillSpool: ((full: boolean) => void) | undefined;
  slurmProgram(name: string, ...words: string[]): Promise<{ code: number | null; stdout: string }>;
  stop(keep: boolean): Promise<void>;
};

/** Starts everything in a new temporary folder. Throws where this is not root on a machine with Slurm. */
export async function openArena(say: (line: string) => void): Promise<Arena> {
  const made = ensureAccounts([...people]);
  if (made.length > 0) say(`created the Unix accounts ${made.join(", ")}`);
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "hgfaults-")));
  chmodSync(dir, 0o755);
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await one();
  };
  try {
    const { assembly } = await synthesise(root);
    const slurm = await startPrivateSlurm({ dir: join(dir, "slurm"), nodes, cpus: 16, memoryMb: 16_000, clean: true });
    closing.push(() => slurm.stop());
    const home = join(dir, "home");
    const bundle = join(home, "headnode.mjs");
    const logFile = openSync(join(dir, "cloud.log"), "a");
    let open = true;
    const cloud = await startCloud({
      data: join(dir, "cloud"),
      port: 0,
      assembly,
      // waiting times of minutes are seconds; a message that a killed function held comes back after 6 s, not 90
      scale: 30,
      visibilityScale: 15,
      headgateHome: () => home,
      log: (line) => {
        if (open) writeSync(logFile, `${new Date().toISOString()} ${line}\n`);
      },
    });
    closing.push(async () => {
      await cloud.stop();
      open = false;
      closeSync(logFile);
    });
    const spool = join(dir, "spool");
    const fillSpool = mountSpool(spool, say);
    if (fillSpool !== undefined) closing.push(() => execFileSync("umount", ["-l", spool]));
    for (const account of people) {
      const folder = join(dir, "jobs", account);
      mkdirSync(folder, { recursive: true });
      execFileSync("chown", [`${account}:`, folder]);
    }
    installHeadnodeHome({
      home,
      bundle: join(root, "build", "headnode", "headnode.mjs"),
      cluster,
      slurm,
      region: cloud.region,
      buckets: { batches: cloud.outputs.BatchesBucket ?? "", results: cloud.outputs.ResultsBucket ?? "" },
      spool,
      allow: people,
      folders: join(dir, "jobs", "{account}"),
      watchSeconds: 1,
      patience: { completedGraceSeconds: 5, retrySeconds: 1, sbatchSeconds: 20, stallSeconds: 10 },
    });
    closing.push(() => killWatches(bundle));
    const ledger = join(dir, "ledger");
    writeFileSync(ledger, "");
    chmodSync(ledger, 0o666); // the folder is root's: accounts append to it and cannot replace it
    const clientId = cloud.outputs.CliClientId ?? "";
    const { api, cognito } = cloud.urls;
    await seedPeople({
      api,
      cognito,
      clientId,
      seedUser: cloud.seedUser,
      account: (handle) => (handle === "admin" ? undefined : handle),
      clusters: [cluster],
    });
    const tokens = { alice: await tokenOf(cloud, "alice"), bob: await tokenOf(cloud, "bob") };
    const clientOf = (person: Person) => new GatewayClient({ origin: api, token: () => tokens[person] });
    const clients = { alice: clientOf("alice"), bob: clientOf("bob") };
    const input = (person: Person) => clients[person].upload({ name: "input.txt", body: new Blob([inputText]) });
    const uploads = { alice: await input("alice"), bob: await input("bob") };
    const conf = slurm.conf ?? "";
    return {
      dir,
      cloud,
      slurm,
      ledger,
      spool,
      bundle,
      clients,
      tokens,
      uploads,
      fillSpool,
      slurmProgram: (name, ...words) => run([join(slurm.bin, name), ...words], { SLURM_CONF: conf }, 35_000),
      async stop(keep) {
        killWatches(bundle);
        if (keep && fillSpool !== undefined) {
          fillSpool(false);
          execFileSync("cp", ["-a", spool, join(dir, "spool.kept")]);
        }
        await close();
        await sleep(200); // the accounts' processes end when their watch has
        if (!keep) rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      },
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** A personal token, as a script has it: it outlives the hour of a sign-in. */
async function tokenOf(cloud: Cloud, person: Person): Promise<string> {
  const user = demoUsers.find((one) => one.handle === person);
  const { api, cognito } = cloud.urls;
  const access = await signIn(cognito, cloud.outputs.CliClientId ?? "", user?.email ?? "", user?.password ?? "");
  return (await call<{ token: string }>(api, access, "POST", "/v1/tokens", { name: "campaign" })).token;
}

const spoolBytes = 48 * 1024 * 1024;

/** A small disk for the spool, and what fills it; undefined, with words, where none can be mounted. */
function mountSpool(spool: string, say: (line: string) => void): Arena["fillSpool"] {
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${spoolBytes},mode=0700`, "headgate-spool", spool], {
      stdio: "pipe",
    });
  } catch (cause) {
    say(`no small disk can be mounted for the spool, so it is never full: ${String(cause).split("\n").pop()}`);
    return undefined;
  }
  const ballast = join(spool, "ballast");
  return (full) => {
    if (!full) return rmSync(ballast, { force: true });
    const file = openSync(ballast, "w");
    const block = Buffer.alloc(64 * 1024);
    try {
      for (let size = 0; size <= spoolBytes; size += block.length) writeSync(file, block);
    } catch {
      // the disk is full
    } finally {
      closeSync(file);
    }
  };
}

/** Whether this machine can hold a campaign; words why not. */
export function missingHere(): string | undefined {
  if (process.getuid?.() !== 0) return "a campaign needs root: jobs run as two accounts of their own";
  if (!existsSync("/usr/sbin/slurmctld")) return "a campaign needs the packages slurm-wlm and munge";
  return undefined;
}

/** The lines of the ledger so far. */
export const ledgerLines = (ledger: string): string[] => readFileSync(ledger, "utf8").split("\n").slice(0, -1);
