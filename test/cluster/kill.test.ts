// A small run of the kill test; `npm run kill -- --rounds 400,180,20` is the large one.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hasSlurm, isRoot, needsRoot } from "../infra/local/slurm/slurm-at-hand.ts";

/** Runs the kill test; its own time-outs end it long before ours. */
function kill(argv: string[]): Promise<{ code: number | null; said: string }> {
  const program = fileURLToPath(new URL("./kill/kill.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    said += bytes.toString("utf8");
  });
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString("utf8");
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

describe.skipIf(!isRoot || !hasSlurm)(`the head node's program under kills${needsRoot}`, () => {
  it("begins the work of every member once, whatever dies and whenever", { timeout: 600_000 }, async () => {
    const { code, said } = await kill(["--rounds", "40,12,1", "--controller", "3,1,0", "--seed", "2"]);

    expect(code, said).toBe(0);
    expect(said).toMatch(/laws broken +0\n/);
  });
});
