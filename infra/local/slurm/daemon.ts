// A daemon that outlives the process which started it, known by a pid file that cannot name a stranger.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export type Daemon = {
  /** program and arguments, the program by absolute path; it must stay in the foreground */
  argv: [string, ...string[]];
  pidFile: string;
  /** everything that it prints; begun anew at each start */
  outFile: string;
  cwd: string;
  env: Record<string, string>;
  uid?: number;
  gid?: number;
};

type Stat = { pid: number; comm: string; state: string; start: string };

// The shell writes its own line of /proc before it becomes the daemon, so no instant exists at which the daemon runs
// unrecorded. exec keeps pid and start time; the two together name one process of this boot.
const recordAndExec = 'cat /proc/$$/stat > "$0.new" && mv "$0.new" "$0" && exec "$@"';

/** Starts the daemon in a session of its own, detached from us, unless it lives already. Returns whether it had to. */
export function startDaemon(daemon: Daemon): boolean {
  if (daemonPid(daemon) !== undefined) return false;
  rmSync(daemon.pidFile, { force: true });
  const out = openSync(daemon.outFile, "w");
  const identity = daemon.uid === undefined ? {} : { uid: daemon.uid, gid: daemon.gid ?? daemon.uid };
  const child = spawn("/bin/sh", ["-c", recordAndExec, daemon.pidFile, ...daemon.argv], {
    cwd: daemon.cwd,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8", ...daemon.env },
    stdio: ["ignore", out, out],
    detached: true,
    ...identity,
  });
  closeSync(out);
  child.on("error", () => {}); // a missing sh: the waiting caller sees that no daemon appears
  child.unref();
  return true;
}

/** The pid of the living daemon; a zombie, another process with the same pid, or no pid file are all undefined. */
export function daemonPid(daemon: Pick<Daemon, "argv" | "pidFile">): number | undefined {
  const now = recordedProcess(daemon.pidFile);
  // the kernel keeps 15 bytes of a name; "sh" is the instant before exec
  const name = basename(daemon.argv[0]).slice(0, 15);
  return now?.comm === name || now?.comm === "sh" ? now.pid : undefined;
}

/** Whether the process that a pid file of ours names still lives. */
export function isRecordAlive(pidFile: string): boolean {
  return recordedProcess(pidFile) !== undefined;
}

function recordedProcess(pidFile: string): Stat | undefined {
  const recorded = parseStat(readText(pidFile));
  const now = recorded === undefined ? undefined : processStat(recorded.pid);
  return now?.start === recorded?.start && now?.state !== "Z" && now?.state !== "X" ? now : undefined;
}

/** Sends the signal if the daemon lives. */
export function signalDaemon(daemon: Pick<Daemon, "argv" | "pidFile">, signal: NodeJS.Signals): void {
  const pid = daemonPid(daemon);
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Asks the daemons to end, kills those that live after the grace (milliseconds), and removes their pid files. */
export async function stopDaemons(daemons: Pick<Daemon, "argv" | "pidFile">[], graceMs: number): Promise<void> {
  const living = () => daemons.some((daemon) => daemonPid(daemon) !== undefined);
  for (const daemon of daemons) signalDaemon(daemon, "SIGTERM");
  await until(() => !living(), graceMs, 20);
  for (const daemon of daemons) signalDaemon(daemon, "SIGKILL");
  await until(() => !living(), 1000, 10);
  for (const daemon of daemons) rmSync(daemon.pidFile, { force: true });
}

/** Looks each `everyMs` until the answer is true or the time is over; returns the last answer. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs: number,
): Promise<boolean> {
  const end = Date.now() + withinMs;
  for (;;) {
    if (await isSo()) return true;
    if (Date.now() >= end) return false;
    await delay(everyMs);
  }
}

/** What /proc says of a process, or undefined where there is none. */
export function processStat(pid: number): Stat | undefined {
  return parseStat(readText(`/proc/${pid}/stat`));
}

function parseStat(line: string | undefined): Stat | undefined {
  // pid (comm) state ppid ...: comm may hold blanks and parentheses, so the last ")" ends it; start time is field 22
  const parts = /^(\d+) \((.*)\) (.*)$/s.exec(line?.trimEnd() ?? "");
  const fields = parts?.[3]?.split(" ") ?? [];
  const [state, start] = [fields[0], fields[19]];
  if (parts === null || state === undefined || start === undefined) return undefined;
  return { pid: Number(parts[1]), comm: parts[2] ?? "", state, start };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
