// Finding and running the programs that Slurm's packages install.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const usual = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/slurm/bin", "/opt/slurm/sbin"];

/** The absolute path of a program on PATH or in the folders where packages put them; undefined if it is nowhere. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...usual].filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The absolute paths of all the named programs. Throws an error naming the missing ones and what installs them. */
export function requirePrograms<Name extends string>(names: readonly Name[], install: string): Record<Name, string> {
  const found = names.map((name) => [name, findProgram(name)] as const);
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0) throw new Error(`${missing.join(", ")} not found on this machine; ${install}`);
  return Object.fromEntries(found) as Record<Name, string>;
}

export type Answer = { code: number; stdout: string; stderr: string };

/** Runs a program to its end with a clean environment; a time-out (milliseconds) reads as code 124, a failure to start as 127. */
export function run(
  argv: [string, ...string[]],
  env: Record<string, string> = {},
  timeoutMs = 10_000,
): Promise<Answer> {
  const [file, ...args] = argv;
  const path = [dirname(file), "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(delimiter);
  return new Promise((resolve) => {
    const options = { env: { PATH: path, LANG: "C.UTF-8", ...env }, timeout: timeoutMs, maxBuffer: 256 * 1024 * 1024 };
    const child = execFile(file, args, { ...options, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else resolve({ code: error.killed ? 124 : 127, stdout, stderr: stderr || error.message });
    });
    child.stdin?.end();
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
