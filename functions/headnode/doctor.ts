// `doctor`: looks at everything the head node needs and says in words what is wrong and what to do.
import "../../shared/contract/no-eval.ts";
import { accessSync, constants, lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import { judgeAccounts, readAllowList } from "./account-rule.ts";
import { asAccount } from "./as-account.ts";
import { runChild } from "./child.ts";
import { readSettings, type Settings } from "./config.ts";
import { heartbeatOf } from "./describe.ts";
import { takeLock } from "./lock.ts";
import { openObjects } from "./objects.ts";
import { putHeartbeat } from "./receipts.ts";
import { slurmOf } from "./slurm.ts";
import { openSpool } from "./spool.ts";

type Finding = { good: boolean; what: string; todo?: string };

/** Prints each finding; the exit code is 0 where all is well. */
export async function doctor(bundle: string): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings(bundle);
  } catch (error) {
    process.stdout.write(`BAD  ${error instanceof Error ? error.message : error}\n`);
    return 1;
  }
  const findings = [
    { good: true, what: `configuration of cluster "${settings.cluster}" (${settings.kind})` },
    ...(await aboutUs(settings)),
    ...(await aboutSlurm(settings)),
    ...(await aboutAccounts(settings)),
    ...(await aboutS3(settings)),
  ];
  for (const { good, what, todo } of findings)
    process.stdout.write(`${good ? "good" : "BAD "} ${what}${todo === undefined ? "" : `\n     -> ${todo}`}\n`);
  return findings.every(({ good }) => good) ? 0 : 1;
}

async function aboutUs(settings: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  const root = process.getuid?.() === 0;
  if (settings.accounts === "mapped" && !root)
    findings.push({
      good: false,
      what: "this does not run as root",
      todo: 'start it as root, or set "accounts": "starter"',
    });
  if (settings.accounts === "mapped")
    for (const path of [
      settings.home,
      settings.bundle,
      join(settings.home, "etc"),
      join(settings.home, "etc/headnode.json"),
    ])
      findings.push(ownedByRoot(path));
  for (const path of [settings.bundle, settings.node ?? process.execPath]) {
    const good = settings.accounts === "starter" || (statSync(path).mode & 0o004) !== 0;
    findings.push({ good, what: `${path} can be read by accounts`, ...(good ? {} : { todo: `chmod o+r ${path}` }) });
  }
  try {
    const spool = openSpool(settings.spool);
    findings.push({ good: true, what: `spool ${settings.spool}` });
    const lock = await takeLock(spool.lock("doctor"), 5);
    await lock?.release();
    findings.push({ good: lock !== undefined, what: "locks work in the spool" });
  } catch (error) {
    const todo =
      "the spool must be a local folder that belongs to whoever runs this, with flock (util-linux) installed";
    findings.push({ good: false, what: error instanceof Error ? error.message : String(error), todo });
  }
  return findings;
}

function ownedByRoot(path: string): Finding {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { good: false, what: `${path} is missing` };
  const good = found.uid === 0 && (found.mode & 0o022) === 0;
  const todo = { todo: `chown root ${path} && chmod go-w ${path}` };
  return { good, what: `${path} belongs to root and only root can write it`, ...(good ? {} : todo) };
}

async function aboutSlurm(settings: Settings): Promise<Finding[]> {
  const slurm = slurmOf(settings);
  const findings: Finding[] = [];
  const programs = ["sbatch", "squeue", "scancel", "scontrol", "sinfo", ...(settings.slurm.sacct ? ["sacct"] : [])];
  for (const program of programs) {
    const path = join(settings.slurm.bin, program);
    if (!canRun(path)) findings.push({ good: false, what: `${path} is missing`, todo: 'set "slurm": { "bin": … }' });
  }
  const [config, partitions] = await Promise.all([slurm.config(), slurm.partitions()]);
  if (!config.ok)
    findings.push({ good: false, what: `Slurm does not answer: ${config.words}`, todo: "is slurmctld up?" });
  else {
    findings.push({ good: true, what: `Slurm ${config.value.version ?? ""} answers` });
    const enforced = config.value.enforcePartLimits === "ALL" || settings.kind === "stand-in";
    if (!enforced)
      findings.push({
        good: true,
        what: "note: without EnforcePartLimits=ALL Slurm lets jobs wait that can never run",
      });
    const { jobcomp } = settings.slurm;
    if (jobcomp === undefined && config.value.jobCompType === "jobcomp/filetxt")
      findings.push({
        good: false,
        what: "Slurm writes a job completion file that is not made use of",
        todo: `set "slurm": { "jobcomp": "${config.value.jobCompLoc ?? "…"}" }`,
      });
    if (jobcomp === undefined && !settings.slurm.sacct)
      findings.push({ good: true, what: "note: neither sacct nor jobcomp: ends are known for MinJobAge only" });
  }
  if (partitions.ok)
    findings.push({ good: true, what: `partitions ${partitions.value.map(({ name }) => name).join(", ")}` });
  else findings.push({ good: false, what: `partitions are not told: ${partitions.words}` });
  return findings;
}

async function aboutAccounts(settings: Settings): Promise<Finding[]> {
  if (settings.accounts === "starter") return [{ good: true, what: "jobs run as whoever starts this" }];
  const list = readAllowList(settings.allow);
  if (!list.ok)
    return [{ good: false, what: list.words, todo: `make it: install -o root -m 644 /dev/null ${settings.allow}` }];
  if (list.names.size === 0)
    return [
      { good: false, what: `${settings.allow} is empty: nobody can run a job`, todo: "write one account a line" },
    ];
  const findings: Finding[] = [];
  for (const [name, answer] of await judgeAccounts([...list.names], settings)) {
    if (!answer.ok) findings.push({ good: false, what: answer.words, todo: `take ${name} off ${settings.allow}` });
    else {
      const { argv, env, cwd } = asAccount(answer.identity, [settings.node ?? process.execPath, "--version"], settings);
      const tried = await runChild(argv, { env, cwd, timeoutMs: 20_000 });
      const good = tried.code === 0;
      findings.push({
        good,
        what: good ? `account ${name}` : `account ${name} cannot start Node: ${tried.stderr.trim().slice(0, 200)}`,
        ...(good ? {} : { todo: "Node must lie where every account may execute it (not below /root)" }),
      });
    }
  }
  return findings;
}

async function aboutS3(settings: Settings): Promise<Finding[]> {
  const objects = openObjects(settings);
  try {
    await putHeartbeat(settings, objects, await heartbeatOf(settings, slurmOf(settings), 0, objects.now()));
    return [{ good: true, what: `S3 takes receipts of cluster "${settings.cluster}"` }];
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const todo = "the head node's role must allow s3:PutObject on receipts/<cluster>/* and results/<cluster>/*";
    return [{ good: false, what: `S3 refuses the heartbeat: ${words}`, todo }];
  } finally {
    objects.close();
  }
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
