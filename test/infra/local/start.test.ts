// The start program seen from a shell: what it says to mistakes, and how it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../../..");
const folder = mkdtempSync(path.join(tmpdir(), "start-"));
let busy: Server;
let busyPort: number;
let child: ChildProcess | undefined;

beforeAll(async () => {
  busy = createServer();
  busyPort = await listen(busy);
});
afterEach(() => {
  if (child?.exitCode === null) child.kill("SIGKILL");
});
afterAll(() => {
  busy.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(server: Server): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 33_000 + Math.floor(Math.random() * 20_000);
    const listens = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (listens) return port;
  }
  throw new Error("no free port");
}

async function start(
  argv: string[],
  environment: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "infra/local/main.ts", ...argv], {
    cwd: root,
    env: { ...process.env, HEADGATE_DATA: path.join(folder, "data"), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk) => (out += chunk));
  child.stderr?.on("data", (chunk) => (err += chunk));
  const code = await new Promise<number | null>((resolve) => child?.on("close", resolve));
  return { code, out, err };
}

/** The process that a data folder's lock names. */
function lockOf(data: string): number | undefined {
  const file = path.join(data, "pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split(" ")[0]) : undefined;
}

describe("the start program", () => {
  it("prints its flags where it is asked to, and ends well", async () => {
    const { code, out, err } = await start(["--help"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("--slurm=private");
  });

  it.each([
    [["--slurm=nonsense"], "--slurm=nonsense: accepted are stand-in, private, existing\n"],
    [["--port=70000"], "--port=70000: accepted is a whole number from 0 to 65000\n"],
    [["--clusters=3"], "--clusters=3: accepted is a whole number from 1 to 2\n"],
    [["--clusters=2", "--slurm=existing"], "--clusters=2 with --slurm=existing: one Slurm answers on this machine"],
    [["--nodes=2,1"], "--nodes=2,1: 2 numbers for 1 cluster; accepted is one number for each\n"],
    [["--prot=1"], "Unknown option '--prot'\n"],
  ])("refuses %j with what is accepted", async (argv, words) => {
    const { code, out, err } = await start(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err.startsWith(words), err).toBe(true);
  });

  it("names the port that is taken, in one line", async () => {
    const { code, err } = await start([], { HEADGATE_PORT: String(busyPort - 3) });
    expect(code).toBe(1);
    expect(err).toContain(`port ${busyPort} of 127.0.0.1 is taken`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("names the process that holds the data folder", async () => {
    const data = path.join(folder, "held");
    const first = start([`--data=${data}`, "--port=0", "--no-welcome"]);
    const holder = child;
    await expect.poll(() => lockOf(data), { timeout: 20_000 }).toBe(holder?.pid);
    const second = await start([`--data=${data}`, "--port=0"]);
    expect(second.code).toBe(1);
    expect(second.err).toBe(
      `${data} is in use by process ${holder?.pid}; stop that one, or give another folder with --data=FOLDER\n`,
    );
    // Ctrl-C at whatever moment of a start
    holder?.kill("SIGINT");
    const { code, err } = await first;
    expect([code, err]).toEqual([0, ""]);
    expect(lockOf(data)).toBeUndefined();
  });
});
