// Running another program to its end: clean environment, bounded output, and never longer than it is given.
import { spawn } from "node:child_process";
import type { Answer } from "../../shared/slurm/command.ts";

export type ChildOptions = {
  /** The whole environment: nothing of ours is inherited, so no credential is either. */
  env: Record<string, string>;
  timeoutMs: number;
  stdin?: string;
  cwd?: string;
  maxBytes?: number;
};

/** Runs it. A time-out, too much output or a failure to start read as code null with words on stderr. */
export function runChild(argv: readonly string[], o: ChildOptions): Promise<Answer> {
  const [file = "", ...args] = argv;
  const most = o.maxBytes ?? 64 * 1024 * 1024;
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: o.env, cwd: o.cwd ?? "/", stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let fault: string | undefined;
    const stop = (words: string) => {
      fault ??= words;
      // runuser hands SIGTERM on to its child and kills it 2 s later; SIGKILL would leave the child behind
      child.kill("SIGTERM");
      setTimeout(() => {
        child.kill("SIGKILL");
        // a grandchild may hold the pipes: what it says no longer counts
        finish(null);
      }, 4_000).unref();
    };
    const timer = setTimeout(() => stop(`no answer within ${o.timeoutMs / 1000} s`), o.timeoutMs);
    let done = false;
    const finish = (code: number | null) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      const stderr = Buffer.concat(err).toString("utf8");
      const words = fault === undefined ? stderr : `${stderr}\n${fault}`;
      resolve({ code: fault === undefined ? code : null, stdout: Buffer.concat(out).toString("utf8"), stderr: words });
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const keep = (list: Buffer[]) => (bytes: Buffer) => {
      size += bytes.length;
      if (size > most) stop(`more than ${most} bytes of output`);
      else list.push(bytes);
    };
    child.stdout.on("data", keep(out));
    child.stderr.on("data", keep(err));
    child.on("error", (error) => {
      fault ??= error.message;
      finish(null);
    });
    child.on("close", (code) => finish(code));
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(o.stdin ?? "");
  });
}
