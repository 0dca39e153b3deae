// A head node for tests: the real program in a home of its own, on a given Slurm, against a small S3 of its own.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { ulid } from "ulid";
import { bundleHeadnode, installHeadnodeHome } from "../../infra/local/headnode-home.ts";
import { startS3 } from "../../infra/local/s3/server.ts";
import type { LocalSlurm } from "../../infra/local/slurm/local-slurm.ts";
import {
  Batch,
  batchKey,
  type Group,
  type GroupCancel,
  type GroupPeek,
  type Member,
  type StagedInput,
} from "../../shared/headnode/batch.ts";
import { ManifestHead, ManifestLine, manifestKey } from "../../shared/headnode/manifest.ts";
import {
  Heartbeat,
  heartbeatKey,
  type MemberState,
  Receipt,
  type ResultsReceipt,
} from "../../shared/headnode/receipt.ts";

const region = "eu-west-1";
const cluster = "local";
const buckets = { batches: "batches", results: "results", inputs: "inputs" };

/** The programs' end: exit code or signal, and what was said. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };
export type Running = { pid: number; ended: Promise<Ended> };
export type TestHeadnode = Awaited<ReturnType<typeof startTestHeadnode>>;

/**
 * Installs the program below a fresh folder in /tmp. Its S3 allows the head node's role exactly what the stack's role has:
 * read batches/local/*, write results/local/* and receipts/local/*.
 */
export async function startTestHeadnode(
  slurm: LocalSlurm,
  o: {
    allow?: string[];
    watchSeconds?: number;
    patience?: Record<string, number>;
    folders?: string;
    keep?: { keepDays?: number; keepUncollectedDays?: number };
  } = {},
) {
  const dir = mkdtempSync("/tmp/hg-headnode-");
  chmodSync(dir, 0o755); // accounts must reach the bundle
  const bundle = await bundleHeadnode(join(dir, "build", "headnode.mjs"));
  const s3 = await startS3({
    dir: join(dir, "s3"),
    port: 0,
    region,
    credentials: (id) => secrets[id],
    judge: (call) => {
      if (call.accessKeyId === "TESTCLOUD") return { allowed: true };
      const key = call.resource.replace(/^arn:aws:s3:::/, "");
      const allowed =
        (call.action === "s3:GetObject" && key.startsWith(`${buckets.batches}/batches/${cluster}/`)) ||
        (/^s3:(PutObject|AbortMultipartUpload)$/.test(call.action) &&
          (key.startsWith(`${buckets.results}/results/${cluster}/`) ||
            key.startsWith(`${buckets.results}/receipts/${cluster}/`)));
      return allowed ? { allowed: true } : { allowed: false, message: `${call.action} on ${call.resource}` };
    },
    onEvent: () => {},
  });
  for (const bucket of Object.values(buckets)) s3.createBucket(bucket);
  const client = new S3Client({
    region,
    endpoint: s3.url,
    forcePathStyle: true,
    credentials: { accessKeyId: "TESTCLOUD", secretAccessKey: "cloud-secret" },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  const spool = join(dir, "spool");
  const { home } = installHeadnodeHome({
    home: join(dir, "home"),
    bundle,
    cluster,
    region,
    buckets: { batches: buckets.batches, results: buckets.results },
    slurm,
    spool,
    allow: o.allow ?? ["alice", "bob"],
    watchSeconds: o.watchSeconds ?? 1,
    ...(o.patience === undefined ? {} : { patience: o.patience }),
    ...(o.folders === undefined ? {} : { folders: o.folders }),
    ...(o.keep === undefined ? {} : { keep: o.keep }),
  });

  const environment = (extra: Record<string, string> = {}): Record<string, string> => ({
    PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    HEADGATE_HOME: home,
    AWS_ACCESS_KEY_ID: "TESTHEADNODE",
    AWS_SECRET_ACCESS_KEY: "headnode-secret",
    AWS_SESSION_TOKEN: "headnode-token",
    AWS_REGION: region,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_EC2_METADATA_DISABLED: "true",
    ...extra,
  });

  /** Starts the program as the SSM agent does: the document's line, its environment, a process group of its own. */
  function start(verb: string, extra: Record<string, string> = {}): Running {
    const line = `exec "\${HEADGATE_HOME:-/opt/headgate}/bin/headnode" ${verb}`;
    const child = spawn("/bin/sh", ["-c", line], {
      cwd: "/",
      env: environment(extra),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (bytes: Buffer) => (said.stdout += bytes));
    child.stderr.on("data", (bytes: Buffer) => (said.stderr += bytes));
    const ended = new Promise<Ended>((resolve) => {
      child.on("close", (code, signal) => resolve({ code, signal, ...said }));
    });
    return { pid: child.pid ?? -1, ended };
  }

  /** Writes a batch; returns its id. */
  async function putBatch(
    batch:
      | { verb: "submit"; groups: Group[] }
      | { verb: "report"; groups: string[] }
      | { verb: "cancel"; groups: GroupCancel[] }
      | { verb: "peek"; groups: GroupPeek[] }
      | { verb: "forget"; groups: GroupCancel[] },
    o: { notAfter?: Date; cluster?: string } = {},
  ) {
    const id = ulid();
    const whole = Batch.parse({
      version: 1,
      batch: id,
      cluster: o.cluster ?? cluster,
      notAfter: (o.notAfter ?? new Date(Date.now() + 600_000)).toISOString(),
      ...batch,
    });
    await s3.put(buckets.batches, batchKey(cluster, id), Buffer.from(JSON.stringify(whole)), "application/json");
    return id;
  }

  /** Runs a batch as SSM would, to its end. */
  const run = async (batch: string): Promise<Ended> => await start("run", { SSM_batch: batch }).ended;

  async function receipts(): Promise<Receipt[]> {
    const keys = s3.list(buckets.results, `receipts/${cluster}/`).filter((key) => key.endsWith(".json"));
    const bodies = await Promise.all(keys.map((key) => s3.get(buckets.results, key)));
    return bodies
      .map((found) => Receipt.parse(JSON.parse(found?.body.toString("utf8") ?? "")))
      .sort((a, b) => a.receipt.localeCompare(b.receipt));
  }

  /** All that was told of a group, oldest first. */
  async function told(group: string): Promise<{ states: MemberState[]; results: ResultsReceipt[] }> {
    const all = await receipts();
    const results = all.filter((receipt) => receipt.kind === "results" && receipt.group === group) as ResultsReceipt[];
    const states = all.flatMap((receipt) =>
      receipt.kind === "results"
        ? receipt.group === group
          ? receipt.states
          : []
        : receipt.groups.filter((one) => one.group === group).flatMap((one) => one.members),
    );
    return { states, results };
  }

  /** Waits until every member of the group has a final state in a receipt; returns all that was told. */
  async function settled(group: Group, withinMs = 60_000) {
    const finals = new Set(["succeeded", "failed", "cancelled"]);
    const until = Date.now() + withinMs;
    for (;;) {
      const all = await told(group.group);
      const done = new Set(all.states.filter((state) => finals.has(state.state)).map((state) => state.index));
      if (group.members.every((member) => done.has(member.index))) return all;
      if (Date.now() > until)
        throw new Error(`group ${group.group} is not settled: ${JSON.stringify(all).slice(0, 3_000)}`);
      await sleep(50);
    }
  }

  /** The manifest of a slice: its head, and its lines with the bytes of every file that it names. */
  async function manifest(group: string, slice = 0) {
    const found = await s3.get(buckets.results, manifestKey(cluster, group, slice));
    if (found === undefined) throw new Error(`no manifest of group ${group}, slice ${slice}`);
    const [first = "", ...rest] = found.body.toString("utf8").trimEnd().split("\n");
    const head = ManifestHead.parse(JSON.parse(first));
    const lines = rest.map((line) => ManifestLine.parse(JSON.parse(line)));
    const prefix = `results/${cluster}/${group}/${slice}/${head.collection}/`;
    const bytes = async (line: (typeof lines)[number]): Promise<Buffer> => {
      if (!("role" in line)) throw new Error(`${line.path} was skipped: ${line.skipped}`);
      const object = await s3.get(buckets.results, `${prefix}${line.object ?? line.pack}`);
      if (object === undefined) throw new Error(`${line.object ?? line.pack} is not there`);
      return line.object !== undefined
        ? object.body
        : object.body.subarray(line.offset, (line.offset ?? 0) + line.size);
    };
    return { head, lines, raw: found.body, bytes };
  }

  /** Uploads an input and signs its GET, bound to its ETag, as dispatch does. */
  async function input(name: string, body: string | Uint8Array, expiresIn = 900): Promise<StagedInput> {
    const key = `uploads/${ulid()}/${ulid()}`;
    const bytes = Buffer.from(body);
    const put = await client.send(new PutObjectCommand({ Bucket: buckets.inputs, Key: key, Body: bytes }));
    const command = new GetObjectCommand({ Bucket: buckets.inputs, Key: key, IfMatch: put.ETag });
    const url = await getSignedUrl(client, command, {
      expiresIn,
      signableHeaders: new Set(["if-match"]),
      unhoistableHeaders: new Set(["if-match"]),
    });
    return { name, url, headers: { "if-match": put.ETag ?? "" }, size: bytes.length };
  }

  const heartbeat = async () => {
    const found = await s3.get(buckets.results, heartbeatKey(cluster));
    return found === undefined ? undefined : Heartbeat.parse(JSON.parse(found.body.toString("utf8")));
  };

  return {
    dir,
    home,
    spool,
    s3,
    client,
    buckets,
    cluster,
    environment,
    start,
    putBatch,
    run,
    receipts,
    told,
    settled,
    manifest,
    input,
    heartbeat,
    /** Ends S3 and removes everything; the watch of a test that failed ends by itself, its S3 being gone. */
    async stop() {
      client.destroy();
      await s3.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const secrets: Record<string, { secretAccessKey: string; sessionToken?: string }> = {
  TESTCLOUD: { secretAccessKey: "cloud-secret" },
  TESTHEADNODE: { secretAccessKey: "headnode-secret", sessionToken: "headnode-token" },
};

/** A group of alike members for tests; the script runs in members/<index>/work. */
export function testGroup(script: string, o: Partial<Group> & { count?: number } = {}): Group {
  const { count = 1, ...rest } = o;
  const members: Member[] = Array.from({ length: count }, (_, index) => ({
    index,
    job: ulid(),
    attempt: 1,
    inputs: [],
    files: {},
  }));
  return {
    group: ulid(),
    account: "alice",
    application: { id: "script", version: "1" },
    resources: {},
    script,
    members,
    limits: { bytes: 50_000_000_000, files: 100_000 },
    ...rest,
  };
}

/** A folder for the private Slurm of a test file, reachable by accounts. */
export function slurmFolder(name: string): string {
  const dir = `/tmp/hg-slurm-${name}`;
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  return dir;
}
