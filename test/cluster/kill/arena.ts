// Where the kill test takes place: a private Slurm, an S3 of its own that grants a head node's rights and no more, a head node.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bundleHeadnode, installHeadnodeHome } from "../../../infra/local/headnode-home.ts";
import { type S3Server, startS3 } from "../../../infra/local/s3/server.ts";
import { accountUid, ensureAccounts } from "../../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../../infra/local/slurm/private-slurm.ts";
import { run } from "../../../infra/local/slurm/programs.ts";
import { type Batch, batchKey } from "../../../shared/headnode/batch.ts";
import { killWatches } from "../../faults/watches.ts";
import type { Target } from "./delivery.ts";
import { followLedger, type Ledger } from "./ledger.ts";
import { listen, type Words } from "./word.ts";

export const cluster = "kill";
const accounts = ["alice", "bob"] as const;

export type Arena = {
  dir: string;
  slurm: PrivateSlurm;
  s3: S3Server;
  resultsBucket: string;
  target: Target;
  ledgerFile: string;
  ledger: Ledger;
  words: Words;
  /** Where an account's group folders lie. */
  folderOf(account: string, group: string): string;
  put(batch: Batch): Promise<void>;
  /** Lets no job start (true) or lets them start again. */
  drain(on: boolean): Promise<void>;
  /** The id that slurmctld gives out next. */
  nextId(): Promise<number>;
  /** Uses up the ids below `next`, by jobs that never run: slurmd refuses an id that it has run before. */
  burnIds(next: number): Promise<void>;
  /** When slurmctld last saved its jobs (milliseconds). */
  savedAt(): number;
  stop(keep: boolean): Promise<void>;
};

const buckets = { batches: "kill-batches", results: "kill-results" };
const key = { accessKeyId: "LOCALKILLTESTHEADNODE", secretAccessKey: "kill/secret", sessionToken: "kill/token" };
const nodes = 2;

/** Starts everything in a new temporary folder. Throws where this is not root on a machine with Slurm. */
export async function openArena(log: (line: string) => void): Promise<Arena> {
  const made = ensureAccounts([...accounts]);
  if (made.length > 0) log(`created the Unix accounts ${made.join(", ")}`);
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "hgkill-")));
  chmodSync(dir, 0o755);
  const slurm = await startPrivateSlurm({ dir: join(dir, "slurm"), nodes, cpus: 16, clean: true, log });
  let words: Words | undefined;
  const s3 = await startS3({
    dir: join(dir, "s3"),
    port: 0,
    region: "eu-west-1",
    credentials: (id) => (id === key.accessKeyId ? key : undefined),
    judge: ({ action, resource }) => judgeCall(action, resource),
    onEvent: (event) => {
      if (event.bucket === buckets.results && /^receipts\/.*\.json$/.test(event.key)) words?.heard(event.key);
    },
  });
  for (const bucket of Object.values(buckets)) s3.createBucket(bucket);
  words = listen(() => s3, buckets.results);

  const ledgerFile = join(dir, "ledger");
  writeFileSync(ledgerFile, "");
  chmodSync(ledgerFile, 0o666); // the folder is root's: accounts append to it and cannot replace it
  for (const account of accounts) {
    const folder = join(dir, "jobs", account);
    mkdirSync(folder, { recursive: true });
    const uid = accountUid(account) ?? 0;
    chownSync(folder, uid, uid);
  }
  const spool = join(dir, "spool");
  const { home, launcher } = installHeadnodeHome({
    home: join(dir, "home"),
    bundle: await bundleHeadnode(join(dir, "build", "headnode.mjs")),
    cluster,
    region: "eu-west-1",
    buckets,
    slurm,
    spool,
    allow: accounts,
    folders: join(dir, "jobs", "{account}"),
    watchSeconds: 1,
    // results lie on a local disk here: nothing of them is late
    patience: { completedGraceSeconds: 5, retrySeconds: 1 },
  });
  const target: Target = {
    program: launcher,
    bundle: join(home, "headnode.mjs"),
    intentOf: (group) => join(spool, "groups", group, "intent"),
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C.UTF-8",
      HEADGATE_HOME: home,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      AWS_SESSION_TOKEN: key.sessionToken,
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  };
  const conf = slurm.conf ?? "";
  const slurmProgram = (name: string, ...words: string[]) =>
    run([join(slurm.bin, name), ...words], { SLURM_CONF: conf }, 35_000);
  const scontrol = (...words: string[]) => slurmProgram("scontrol", ...words);
  const nextId = async () =>
    Number(/^NEXT_JOB_ID\s*=\s*(\d+)/m.exec((await scontrol("show", "config")).stdout)?.[1] ?? 0);
  return {
    dir,
    slurm,
    s3,
    resultsBucket: buckets.results,
    target,
    ledgerFile,
    ledger: followLedger(ledgerFile),
    words,
    folderOf: (account, group) => join(dir, "jobs", account, group),
    put: (batch) => s3.put(buckets.batches, batchKey(cluster, batch.batch), Buffer.from(JSON.stringify(batch))),
    async drain(on) {
      const state = on ? ["state=drain", "reason=kill-test"] : ["state=resume"];
      // each by itself: one that is not drained refuses to be resumed
      for (let n = 1; n <= nodes; n++) await scontrol("update", `nodename=n${n}`, ...state);
    },
    nextId,
    async burnIds(next) {
      const ids: string[] = [];
      for (let left = next - (await nextId()); left > 0; left--) {
        const burnt = await slurmProgram("sbatch", "--parsable", "--hold", "--job-name=burnt", "--wrap=true");
        ids.push(burnt.stdout.trim());
      }
      for (let at = 0; at < ids.length; at += 200) await slurmProgram("scancel", ...ids.slice(at, at + 200));
    },
    savedAt: () => statSync(join(dirname(conf), "..", "state", "job_state"), { throwIfNoEntry: false })?.mtimeMs ?? 0,
    async stop(keep) {
      killWatches(target.bundle);
      await slurm.stop();
      await delay(100); // the accounts' processes end when their watch has
      await s3.close();
      if (keep) log(`everything is kept in ${dir}`);
      else rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** The rights of a head node's role: read its batches, write its results and receipts. */
function judgeCall(action: string, resource: string): { allowed: true } | { allowed: false; message: string } {
  const object = resource.replace(/^arn:[^:]*:s3:::/, "");
  const reads = action === "s3:GetObject" && object.startsWith(`${buckets.batches}/batches/${cluster}/`);
  const places = ["results", "receipts"].map((place) => `${buckets.results}/${place}/${cluster}/`);
  const writes =
    ["s3:PutObject", "s3:AbortMultipartUpload"].includes(action) && places.some((p) => object.startsWith(p));
  return reads || writes
    ? { allowed: true }
    : { allowed: false, message: `no statement allows ${action} on ${resource}` };
}
