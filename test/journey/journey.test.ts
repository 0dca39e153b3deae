// The whole journey on a real Slurm of two nodes, by curl alone, on each database that stands in for DynamoDB.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalStack, startStack } from "./local-stack.ts";
import { haveJava, haveSlurm, slurmOf } from "./machine.ts";

const run = promisify(execFile);
const databases = haveJava() ? ["dynalite", "dynamodb-local"] : ["dynalite"];

describe.skipIf(!haveSlurm())("the journey of a bumps fit", () => {
  describe.each(databases)("on %s", (dynamo) => {
    let stack: LocalStack;
    let folder: string;
    let said: Record<string, string>;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), "journey-"));
      stack = await startStack({ flags: ["--slurm=private", "--nodes=2", "--no-welcome", `--dynamo=${dynamo}`] });
      const script = path.join(import.meta.dirname, "journey.sh");
      const { stdout } = await run("bash", [script, path.join(stack.data, "local.json"), folder], { timeout: 180_000 });
      said = Object.fromEntries(
        stdout
          .trim()
          .split("\n")
          .map((line) => line.split(/=(.*)/s).slice(0, 2)),
      );
    });

    afterAll(async () => {
      await stack?.stop();
      if (stack) rmSync(stack.data, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    });

    it("ends in a success whose files all have the SHA-256 that the manifest says", () => {
      expect(said.state).toBe("succeeded");
      expect(Number(said.files)).toBeGreaterThan(10);
    });

    it("gives the .par and .err that bumps itself gives with the same seed, byte for byte", async () => {
      const direct = path.join(folder, "direct");
      const example = path.resolve(import.meta.dirname, "../../infra/local/welcome/bumps");
      await run("cp", ["-r", example, direct]);
      const argv = ["line.py", "--batch", "--store=fit", "--fit=dream", "--steps=50", "--burn=20", "--seed=7"];
      await run("bumps", argv, {
        cwd: direct,
        env: { ...process.env, MPLBACKEND: "Agg", MPLCONFIGDIR: path.join(folder, "mpl") },
      });

      for (const name of ["line.par", "line.err"]) {
        const ours = readFileSync(path.join(folder, "files", "fit", name));
        expect(ours.equals(readFileSync(path.join(direct, "fit", name)))).toBe(true);
      }
    });

    it("answers the same submission under its key with the same job, and another body with a refusal", () => {
      expect(said.again).toBe(said.job);
      expect(said["other-body"]).toBe("422 idempotency-key-reused");
    });

    it("was one Slurm job", async () => {
      const cluster = slurmOf(stack.data);
      const { stdout } = await run(
        path.join(cluster.bin, "squeue"),
        ["-h", "-t", "all", "-u", said.account ?? "", "-o", "%A"],
        { env: { ...process.env, SLURM_CONF: cluster.conf } },
      );
      expect(stdout.trim().split("\n")).toEqual([said.slurm]);
    });

    it("left files on the cluster that belong to the mapped account", () => {
      const owner = statSync(path.join(said.folder ?? "", "work", "fit", "line.par")).uid;
      const { stdout } = { stdout: readFileSync("/etc/passwd", "utf8") };
      const uid = Number(
        stdout
          .split("\n")
          .find((line) => line.startsWith(`${said.account}:`))
          ?.split(":")[2],
      );

      expect(owner).toBe(userInfo().uid === 0 ? uid : userInfo().uid);
    });
  });
});
