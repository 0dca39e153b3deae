// A small Slurm for machines that have none: the usual programs, jobs as local processes of our own account.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, realpathSync } from "node:fs";
import { availableParallelism, totalmem, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAtomically } from "./cluster-files.ts";
import { until } from "./daemon.ts";
import type { LocalSlurm } from "./local-slurm.ts";
import { run } from "./programs.ts";
import { killStrays } from "./slurm-steps.ts";
import { isAlive, livingHolder } from "./sole-holder.ts";
import { hasUnfinished, listMembers } from "./stand-in/job-store.ts";
import { signalGroup } from "./stand-in/launch.ts";
import { folders, type Settings } from "./stand-in/settings.ts";
import { wakeRunner } from "./stand-in/wake-runner.ts";

const programs = ["sbatch", "squeue", "scancel", "scontrol", "sinfo", "sacct"];

/**
 * Prepares the programs in `dir`/bin and takes up what an earlier process left there. Jobs, at most `cpus` of them at
 * once (default: the machine's), run under our own account and live on when this process ends; stop() cancels them.
 */
export async function startStandIn(o: { dir: string; cpus?: number }): Promise<LocalSlurm> {
  mkdirSync(o.dir, { recursive: true });
  const dir = realpathSync(o.dir);
  const bin = join(dir, "bin");
  for (const folder of [bin, folders.jobs(dir), folders.runner(dir)])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of [folders.bell(dir), folders.ids(dir), folders.jobcomp(dir)]) closeSync(openSync(file, "a"));
  const settings = describeMachine(dir, o.cpus ?? availableParallelism());
  writeAtomically(join(dir, "settings.json"), JSON.stringify(settings));
  // with its compiled code at hand Node need not load what strips types: 0.1 s less for each command
  const prelude = `#!/bin/sh\nunset NODE_OPTIONS\nNODE_COMPILE_CACHE=${shellWord(folders.cache(dir))} exec`;
  for (const program of programs) {
    const words = [settings.nodePath, settings.entry, program, dir].map(shellWord).join(" ");
    writeAtomically(join(bin, program), `${prelude} ${words} "$@"\n`, 0o755);
  }
  if (hasUnfinished(dir)) wakeRunner(dir, settings);
  return {
    kind: "stand-in",
    bin,
    jobcomp: folders.jobcomp(dir),
    sacct: false,
    accounts: "starter",
    description: `no real Slurm: a stand-in that runs jobs as processes of ${settings.user} on this machine, ${settings.cpus} at once`,
    stop: () => stop(dir, bin, settings),
  };
}

async function stop(dir: string, bin: string, settings: Settings): Promise<void> {
  if (hasUnfinished(dir)) await run([join(bin, "scancel"), `--user=${settings.uid}`], {}, 5000);
  await until(() => !hasUnfinished(dir), 4000, 50);
  const holder = livingHolder(folders.runner(dir));
  if (holder !== undefined) process.kill(holder.pid, "SIGKILL");
  for (const member of listMembers(dir, Date.now())) {
    if (member.endMs === undefined && member.process !== undefined && isAlive(member.process))
      signalGroup(Number(member.process.split(" ")[0]), "SIGKILL");
  }
  killStrays(settings.clusterName);
}

function describeMachine(dir: string, cpus: number): Settings {
  const { uid, gid, username } = userInfo();
  return {
    clusterName: `hg${createHash("sha256").update(dir).digest("hex").slice(0, 8)}`,
    node: "localhost",
    cpus,
    memoryMb: Math.floor(totalmem() / 1024 / 1024),
    uid,
    user: username,
    gid,
    group: execFileSync("id", ["-gn"], { encoding: "utf8" }).trim(),
    nodePath: process.execPath,
    entry: fileURLToPath(new URL("./stand-in/entry.ts", import.meta.url)),
  };
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
