// The whole local cloud on a real Slurm of its own, in this process, so that a test can reach Slurm, its nodes and every fault.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Cloud, startCloud } from "../../../infra/local/cloud.ts";
import { headnodePlace, installHeadnode } from "../../../infra/local/headnode-home.ts";
import { demoUsers, seedPeople } from "../../../infra/local/seed.ts";
import { ensureAccounts } from "../../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../../infra/local/slurm/private-slurm.ts";
import type { MemoryLimits } from "../../../infra/local/slurm/slurm-conf.ts";
import { synthesise } from "../../../infra/local/synthesis.ts";
import type { LocalStack } from "../../journey/local-stack.ts";

const root = path.resolve(import.meta.dirname, "../../..");

export type OutcomeStack = {
  /** As other tests know a local stack: its addresses and people. */
  stack: LocalStack;
  cloud: Cloud;
  slurm: PrivateSlurm;
  /** A command of Slurm's as root; answers what it printed. */
  slurmCommand(program: "scontrol" | "squeue" | "sdiag", ...words: string[]): string;
  stop(): Promise<void>;
};

type OutcomeStackOptions = {
  memory?: MemoryLimits;
  nodes: number;
  cpus?: number;
  /** Further lines of slurm.conf. */
  lines: string[];
  /** Accounts on the head node's allow list. */
  allow: string[];
  /** Divides the cloud's waiting times. */
  scale: number;
};

/** Starts everything. Alice and bob work as the Unix accounts of their names. */
export async function startOutcomeStack(o: OutcomeStackOptions): Promise<OutcomeStack> {
  const data = mkdtempSync(path.join(tmpdir(), "headgate-outcomes-"));
  const said: string[] = [];
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close().catch((error) => console.error(error));
    rmSync(data, { recursive: true, force: true });
  };
  try {
    ensureAccounts(["alice", "bob"]);
    const { assembly } = await synthesise(root);
    const dir = path.join("/tmp", `${path.basename(data)}-slurm`);
    mkdirSync(dir, { mode: 0o755 });
    const slurm = await startPrivateSlurm({
      dir,
      nodes: o.nodes,
      lines: o.lines,
      ...(o.cpus === undefined ? {} : { cpus: o.cpus }),
      ...(o.memory === undefined ? {} : { memory: o.memory }),
    });
    closing.push(async () => {
      await slurm.stop();
      rmSync(dir, { recursive: true, force: true });
    });
    const cloud = await startCloud({
      data,
      port: 0,
      assembly,
      scale: o.scale,
      // a function that a busy machine was too slow for holds its queue up no longer than its own time
      visibilityScale: 5,
      headgateHome: (cluster) => headnodePlace({ data, cluster, slurm }).home,
      log: (line) => said.push(line),
    });
    closing.push(() => cloud.stop());
    const [cluster = "local"] = cloud.clusters;
    const headnode = await installHeadnode({
      data,
      bundle: path.join(root, "build", "headnode", "headnode.mjs"),
      cluster,
      slurm,
      region: cloud.region,
      buckets: { batches: cloud.outputs.BatchesBucket ?? "", results: cloud.outputs.ResultsBucket ?? "" },
      allow: o.allow,
      watchSeconds: 1,
    });
    closing.push(() => headnode.stop());
    const cliClientId = cloud.outputs.CliClientId ?? "";
    await seedPeople({
      api: cloud.urls.api,
      cognito: cloud.urls.cognito,
      clientId: cliClientId,
      seedUser: (user) => cloud.seedUser({ email: user.email, password: user.password, groups: user.groups }),
      account: (handle) => (handle === "admin" ? undefined : handle),
      clusters: cloud.clusters,
    });
    const { page, api, s3, cognito } = cloud.urls;
    const { region, issuer } = cloud;
    const clientId = cloud.outputs.PageClientId ?? "";
    const clusters = [{ id: cluster, kind: "slurm" }];
    const stack: LocalStack = {
      data,
      local: { page, api, s3, cognito, issuer, region, clientId, cliClientId, users: [...demoUsers], clusters },
      output: () => said.join("\n"),
      kill: stop,
      stop: async () => {
        await stop();
        return 0;
      },
    };
    const env = { PATH: "/usr/sbin:/usr/bin:/bin", SLURM_CONF: slurm.conf ?? "", TZ: "UTC" };
    return {
      stack,
      cloud,
      slurm,
      slurmCommand: (program, ...words) =>
        execFileSync(path.join(slurm.bin, program), words, { env, encoding: "utf8", timeout: 30_000 }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
