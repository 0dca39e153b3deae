// A small campaign of faults; `npm run faults -- --jobs 1000` is the large one.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hasSlurm, isRoot, needsRoot } from "../infra/local/slurm/slurm-at-hand.ts";

/** Runs a campaign; its own bounds end it before ours. */
function campaign(argv: string[]): Promise<{ code: number | null; said: string }> {
  const program = fileURLToPath(new URL("./faults.ts", import.meta.url));
  const child = spawn(process.execPath, [program, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Buffer) => {
      said += bytes.toString("utf8");
    });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, said })));
}

describe.skipIf(!isRoot || !hasSlurm)(`a campaign of faults${needsRoot}`, () => {
  it("loses no job, begins none twice and tells every end right, whatever fails", { timeout: 900_000 }, async () => {
    const { code, said } = await campaign(["--jobs", "40", "--seed", "1"]);

    console.log(said);
    expect(code, said).toBe(0);
    expect(said).toMatch(/jobs lost +0\n/);
  });
});
