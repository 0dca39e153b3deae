// The lock of a group: one holder, and free when the holder dies, whatever its children do.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { takeLock } from "../../../functions/headnode/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "hg-lock-"));
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** A process that takes the lock, starts a child of its own that outlives it, and says so. */
async function holder(path: string): Promise<{ child: ChildProcess; grandchild: number }> {
  const text = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, "../../../functions/headnode/lock.ts"))};
    import { spawn } from "node:child_process";
    const lock = await takeLock(${JSON.stringify(path)}, 5);
    const child = spawn("sleep", ["60"], { stdio: "ignore", detached: true });
    process.stdout.write(lock ? String(child.pid) : "none");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", text], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(child);
  const said = await new Promise<string>((resolve) =>
    child.stdout?.once("data", (bytes: Buffer) => resolve(bytes.toString())),
  );
  return { child, grandchild: Number(said) };
}

describe("the lock", () => {
  it("has one holder at a time", async () => {
    const path = join(folder, "a");
    const first = await takeLock(path, 0);
    const second = await takeLock(path, 0);
    await first?.release();
    const third = await takeLock(path, 0);

    expect(first).toBeDefined();
    expect(second).toBeUndefined();
    expect(third).toBeDefined();
    await third?.release();
  });

  it("is free once its holder was killed, though a child of the holder lives on", async () => {
    const path = join(folder, "b");
    const { child, grandchild } = await holder(path);
    expect(await takeLock(path, 0)).toBeUndefined();

    child.kill("SIGKILL");
    const lock = await takeLock(path, 5);

    expect(lock).toBeDefined();
    expect(process.kill(grandchild, 0)).toBe(true);
    process.kill(grandchild, "SIGKILL");
    await lock?.release();
    rmSync(folder, { recursive: true });
  });
});
