// A lock that no child of ours inherits and that the kernel releases when we die, however we die.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

export type Lock = {
  /** Throws where the lock was lost: the process that holds it for us is gone. */
  check(): void;
  release(): Promise<void>;
};

const programs = ["/usr/bin/flock", "/bin/flock", "/usr/local/bin/flock", "/opt/homebrew/bin/flock"];

/**
 * Takes the lock on a file, waiting up to `waitSeconds`; undefined where another holds it.
 * A small process holds it while our pipe to it is open (`flock --close FILE cat`): when we die, by SIGKILL too, the kernel
 * closes the pipe, cat and flock end, and the lock is free. Only that one process has the lock's file open, and it starts
 * nothing else; so no child of ours, however long it lives, keeps the lock.
 */
export async function takeLock(path: string, waitSeconds: number): Promise<Lock | undefined> {
  const flock = programs.find((program) => existsSync(program));
  const argv =
    flock === undefined
      ? ["/usr/bin/lockf", "-s", "-k", "-t", String(waitSeconds), path, "/bin/cat"]
      : [flock, "--close", ...(waitSeconds === 0 ? ["-n"] : ["-w", String(waitSeconds)]), path, "cat"];
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { env: { PATH: "/usr/bin:/bin" }, cwd: "/", stdio: ["pipe", "pipe", "ignore"] });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once("close", () => {
      ended = true;
      resolve();
    });
  });
  const held = await new Promise<boolean>((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`no lock on ${path}: ${error.message}`, { cause: error })));
    child.stdin.on("error", () => {});
    child.stdout.once("data", () => resolve(true));
    child.once("close", (code, signal) => {
      if (code === 1 || code === 75)
        resolve(false); // 75: lockf's time-out
      else reject(new Error(`no lock on ${path}: ${file} ended with ${signal ?? code}`));
    });
    child.stdin.write("held\n"); // cat gives it back once flock has the lock
  });
  if (!held) return undefined;
  return {
    check() {
      if (ended) throw new Error(`the lock on ${path} is lost: its holder has ended`);
    },
    async release() {
      child.stdin.end();
      await end;
    },
  };
}
