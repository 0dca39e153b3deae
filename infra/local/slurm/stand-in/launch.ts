// Starting one member as a local process, as slurmstepd would: files, folder, environment, process group.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync, statSync, writeSync } from "node:fs";
import { homedir, hostname, constants as os } from "node:os";
import { isAbsolute, join } from "node:path";
import { indicesOf, jobFolder, type Member } from "./job-store.ts";
import type { Settings } from "./settings.ts";

/**
 * Starts the member. `ended` is called once, with exit code and signal, or with Slurm's own codes for an output file that
 * cannot be opened (0:53) and a script that cannot be executed (2:0); the process is its
 * own group and session and outlives us.
 */
export function launch(
  dir: string,
  settings: Settings,
  member: Member,
  ended: (end: { exit: number; signal: number; reason?: string }) => void,
): ChildProcess | undefined {
  const { job } = member;
  const umask = process.umask(job.umask);
  const open: number[] = [];
  try {
    const files = openFiles(member, settings, open);
    const stderr = files[2] ?? 2;
    const home = isFolder(job.chdir) ? job.chdir : "/tmp";
    if (home !== job.chdir)
      writeSync(
        stderr,
        `slurmstepd: error: couldn't chdir to \`${job.chdir}': No such file or directory: going to /tmp instead\n`,
      );
    const script = join(jobFolder(dir, job.id), "slurm_script");
    const env = environment(settings, member);
    const child = spawn(script, job.arguments, { cwd: home, env, stdio: files, detached: true });
    child.once("spawn", () => close(open));
    child.once("error", (error: NodeJS.ErrnoException) => {
      writeSync(stderr, `slurmstepd: error: execve(): bad interpreter or script: ${error.code}\n`);
      close(open);
      ended({ exit: 2, signal: 0, reason: "NonZeroExitCode" });
    });
    child.once("exit", (code, signal) =>
      ended({ exit: code ?? 0, signal: signal === null ? 0 : signalNumber(signal) }),
    );
    return child;
  } catch {
    close(open);
    queueMicrotask(() => ended({ exit: 0, signal: 53, reason: "JobLaunchFailure" }));
    return undefined;
  } finally {
    process.umask(umask);
  }
}

/** Sends a signal to the whole group; one that has ended is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ended, or never became a group
  }
}

/** %j job id, %A array job id, %a array index, %x job name, %u user, %N node, %% itself. */
export function expandName(pattern: string, member: Member, settings: Settings): string {
  const values: Record<string, string> = {
    j: String(member.rawId),
    J: String(member.rawId),
    A: String(member.job.id),
    a: member.index === undefined ? "4294967294" : String(member.index),
    x: member.job.name,
    u: settings.user,
    N: settings.node,
    "%": "%",
  };
  const expanded = pattern.replaceAll(/%(.)/g, (whole, letter: string) =>
    Object.hasOwn(values, letter) ? (values[letter] ?? whole) : whole,
  );
  return isAbsolute(expanded) ? expanded : join(member.job.chdir, expanded);
}

function openFiles(member: Member, settings: Settings, open: number[]): number[] {
  const { job } = member;
  const path = (pattern: string) => expandName(pattern, member, settings);
  const begin = constants.O_CREAT | constants.O_WRONLY | (job.append ? constants.O_APPEND : constants.O_TRUNC);
  const opened = (name: string, flags: number) => {
    const fd = openSync(name, flags, 0o666);
    open.push(fd);
    return fd;
  };
  const input = opened(path(job.input), constants.O_RDONLY);
  const output = opened(path(job.output), begin);
  return [input, output, path(job.error) === path(job.output) ? output : opened(path(job.error), begin)];
}

function environment(settings: Settings, member: Member): Record<string, string> {
  const { job } = member;
  const indices = indicesOf(job);
  const array: Record<string, string> =
    indices === undefined
      ? {}
      : {
          SLURM_ARRAY_JOB_ID: String(job.id),
          SLURM_ARRAY_TASK_ID: String(member.index),
          SLURM_ARRAY_TASK_COUNT: String(indices.length),
          SLURM_ARRAY_TASK_MIN: String(indices[0]),
          SLURM_ARRAY_TASK_MAX: String(indices.at(-1)),
          SLURM_ARRAY_TASK_STEP: "1",
        };
  return {
    HOME: homedir(),
    ...job.env,
    ...array,
    ENVIRONMENT: "BATCH",
    SLURMD_NODENAME: settings.node,
    SLURM_CLUSTER_NAME: settings.clusterName,
    SLURM_CPUS_ON_NODE: String(job.cpus),
    ...(job.cpusPerTask === undefined ? {} : { SLURM_CPUS_PER_TASK: String(job.cpusPerTask) }),
    SLURM_JOBID: String(member.rawId),
    SLURM_JOB_CPUS_PER_NODE: String(job.cpus),
    SLURM_JOB_GID: String(settings.gid),
    SLURM_JOB_ID: String(member.rawId),
    SLURM_JOB_NAME: job.name,
    SLURM_JOB_NODELIST: settings.node,
    SLURM_JOB_NUM_NODES: "1",
    SLURM_JOB_PARTITION: job.partition,
    SLURM_JOB_UID: String(settings.uid),
    SLURM_JOB_USER: settings.user,
    SLURM_LOCALID: "0",
    SLURM_MEM_PER_NODE: String(job.memoryMb),
    SLURM_NNODES: "1",
    SLURM_NODEID: "0",
    SLURM_NODELIST: settings.node,
    SLURM_NTASKS: String(job.tasks),
    SLURM_NPROCS: String(job.tasks),
    SLURM_PROCID: "0",
    SLURM_SUBMIT_DIR: job.submitDir,
    SLURM_SUBMIT_HOST: hostname(),
    SLURM_TASKS_PER_NODE: String(job.tasks),
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function close(open: number[]): void {
  for (const fd of open.splice(0)) closeSync(fd);
}

function signalNumber(signal: NodeJS.Signals): number {
  return os.signals[signal] ?? 0;
}
