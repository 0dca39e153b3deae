// What the tests of the local Slurms share: folders that vanish, and calls of Slurm's programs.
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { until } from "../../../../infra/local/slurm/daemon.ts";
import type { LocalSlurm } from "../../../../infra/local/slurm/local-slurm.ts";
import { type Answer, findProgram, run } from "../../../../infra/local/slurm/programs.ts";

export const isRoot = process.getuid?.() === 0;
export const hasSlurm = ["slurmctld", "slurmd", "munged"].every((name) => findProgram(name) !== undefined);
/** Said in the name of what is skipped. */
export const needsSlurm = hasSlurm ? "" : " (skipped: the packages slurm-wlm and munge are not installed)";
export const needsRoot = isRoot && hasSlurm ? "" : " (skipped: needs root and the packages slurm-wlm and munge)";

/** A new folder that every account may enter. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "hg-")));
  chmodSync(folder, 0o755);
  return folder;
}

export function temporaryFolderOfTest(): string {
  const folder = temporaryFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs one of the programs of a Slurm, where an account is given as that account. */
export function ask(slurm: LocalSlurm, program: string, args: string[], account?: string): Promise<Answer> {
  const as: string[] = account === undefined ? [] : ["/usr/sbin/runuser", "-u", account, "--"];
  const [file = "", ...rest] = [...as, join(slurm.bin, program), ...args];
  return run([file, ...rest], slurm.conf === undefined ? {} : { SLURM_CONF: slurm.conf }, 20_000);
}

/** Submits and returns the id; throws what sbatch says. */
export async function submit(slurm: LocalSlurm, args: string[], account?: string): Promise<string> {
  const answer = await ask(slurm, "sbatch", ["--parsable", "--no-requeue", ...args], account);
  if (answer.code !== 0) throw new Error(answer.stderr);
  return answer.stdout.trim();
}

/** The states of a job's members by index ("N/A" for a plain job), once none of them waits or runs. */
export async function statesAtEnd(slurm: LocalSlurm, id: string): Promise<Record<string, string>> {
  let lines: string[] = [];
  const ended = await until(
    async () => {
      const answer = await ask(slurm, "squeue", ["-h", "-r", "-t", "all", "-j", id, "-o", "%K|%T"]);
      lines = answer.stdout.split("\n").filter((line) => line !== "");
      return lines.length > 0 && lines.every((line) => !/PENDING|RUNNING|COMPLETING/.test(line));
    },
    20_000,
    100,
  );
  if (!ended) throw new Error(`job ${id} has not ended:\n${lines.join("\n")}`);
  return Object.fromEntries(lines.map((line) => line.split("|")));
}
