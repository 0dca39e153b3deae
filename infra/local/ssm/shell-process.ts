// One script run as the agent runs it: by /bin/sh, in a session and process group of its own, with bounded output.
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const stdoutLimit = 24_000;
const stderrLimit = 8_000;
const cutMark = "\n---Output truncated---";

export type Outcome = {
  /** The exit code; -1 where the script was killed or could not be started. */
  code: number;
  end: "exited" | "timed-out" | "killed";
  stdout: string;
  stderr: string;
};
export type ShellProcess = { pid: number | undefined; done: Promise<Outcome>; kill(): void };

/** The first `limit` characters, the mark of the cut included. */
export function cut(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : `${text.slice(0, Math.max(0, limit - cutMark.length))}${cutMark}`.slice(0, limit);
}

/** Reads to the end whatever the size, so that the writer is never blocked, and keeps what fits. */
function keep(stream: Readable, limit: number): () => string {
  const decoder = new StringDecoder("utf8");
  let text = "";
  stream.on("data", (chunk: Buffer) => {
    if (text.length <= limit) text = (text + decoder.write(chunk)).slice(0, limit + 1);
  });
  stream.on("error", () => undefined);
  return () => cut(text, limit);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group has gone already.
  }
}

/** How long after the script's exit its pipes may stay open; what still holds them then is a daemon of its own. */
const lingerMs = 1000;

/** Starts `/bin/sh file` with exactly this environment. `done` never rejects. */
export function startShell(o: {
  file: string;
  cwd: string;
  environment: Record<string, string>;
  timeoutMs: number;
}): ShellProcess {
  const child = spawn("/bin/sh", [o.file], {
    cwd: o.cwd,
    env: o.environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout = keep(child.stdout, stdoutLimit);
  const stderr = keep(child.stderr, stderrLimit);
  let end: Outcome["end"] = "exited";
  let ended = false;

  const done = new Promise<Outcome>((resolve) => {
    const timer = setTimeout(() => {
      end = "timed-out";
      killGroup(child);
    }, o.timeoutMs);
    let linger: NodeJS.Timeout | undefined;
    const finish = (code: number, more = "") => {
      if (linger) clearTimeout(linger);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, end, stdout: stdout(), stderr: cut(stderr() + more, stderrLimit) });
    };
    child.once("error", (cause) => {
      if (child.pid !== undefined) return;
      clearTimeout(timer);
      finish(-1, `the script could not be started in ${o.cwd}: ${cause.message}\n`);
    });
    child.once("exit", (code) => {
      ended = true;
      clearTimeout(timer);
      linger = setTimeout(() => finish(code ?? -1), lingerMs);
    });
    child.once("close", (code) => {
      if (ended) finish(code ?? -1);
    });
  });

  return {
    pid: child.pid,
    done,
    kill: () => {
      if (ended) return;
      end = "killed";
      killGroup(child);
    },
  };
}
