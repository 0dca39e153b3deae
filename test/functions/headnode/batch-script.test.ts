// The batch script under a real sh: one start does the work, every other one does none.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { batchScript } from "../../../functions/headnode/batch-script.ts";

const group = "01M80N1Q7QHCX9Y3KS6PEQ1T0M";
const name = `headgate-${group}-00112233445566778899`;

function place(script: string) {
  const folder = mkdtempSync(join(tmpdir(), "hg it's a $(folder) "));
  for (const member of ["0", "1"]) mkdirSync(join(folder, "members", member, "work"), { recursive: true });
  mkdirSync(join(folder, "records"));
  writeFileSync(join(folder, "group"), `${group}\n`);
  writeFileSync(join(folder, "script"), script);
  writeFileSync(join(folder, "batch"), batchScript({ group, name, claim: "group", single: undefined }));
  chmodSync(join(folder, "batch"), 0o755);
  const env = (member: number, id: string) => ({
    PATH: "/usr/bin:/bin",
    SLURM_ARRAY_TASK_ID: String(member),
    SLURM_ARRAY_JOB_ID: id,
    SLURM_JOB_ID: `${id}${member}`,
  });
  return {
    folder,
    start: (member: number, id: string) =>
      spawnSync("/bin/sh", [join(folder, "batch")], { cwd: folder, env: env(member, id), encoding: "utf8" }),
    begin: (member: number, id: string) =>
      spawn("/bin/sh", [join(folder, "batch")], { cwd: folder, env: env(member, id), stdio: "ignore" }),
    record: (file: string) => readFileSync(join(folder, "records", file), "utf8").trim(),
  };
}

describe("the batch script", () => {
  it("claims, works, records the end and passes the exit code on", () => {
    const one = place("echo work >> done; exit 7");

    const { status } = one.start(1, "50");

    expect(status).toBe(7);
    expect(one.record("group")).toBe(`${name} 50`);
    const [claimedBy, id, start] = one.record("1.claim").split(" ");
    expect([claimedBy, id]).toEqual([name, "50"]);
    expect(one.record("1.end")).toMatch(new RegExp(`^${start} 7 \\d+ \\d+$`));
    expect(readFileSync(join(one.folder, "members/1/work/done"), "utf8")).toBe("work\n");
  });

  it("does nothing at a second start of the same id, nor at one of another submission", () => {
    const one = place("echo work >> done");

    const codes = [
      one.start(0, "50").status,
      one.start(0, "50").status,
      one.start(0, "51").status,
      one.start(1, "51").status,
    ];

    expect(codes).toEqual([0, 113, 113, 113]);
    expect(readFileSync(join(one.folder, "members/0/work/done"), "utf8")).toBe("work\n");
    expect(existsSync(join(one.folder, "members/1/work/done"))).toBe(false);
    expect(existsSync(join(one.folder, "records/1.end"))).toBe(false);
  });

  it("lets one of many simultaneous starts work", async () => {
    const one = place("echo work >> done; sleep 0.2");

    const codes = await Promise.all(
      Array.from(
        { length: 12 },
        (_, i) => new Promise<number | null>((resolve) => one.begin(0, i % 2 ? "50" : "51").on("close", resolve)),
      ),
    );

    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    expect(codes.filter((code) => code === 113)).toHaveLength(11);
    expect(readFileSync(join(one.folder, "members/0/work/done"), "utf8")).toBe("work\n");
  });

  it("does nothing where it does not stand in its folder, or cannot write there", () => {
    const one = place("echo work");
    const astray = spawnSync("/bin/sh", [join(one.folder, "batch")], {
      cwd: "/tmp",
      env: { PATH: "/usr/bin:/bin", SLURM_ARRAY_TASK_ID: "0", SLURM_JOB_ID: "5" },
      encoding: "utf8",
    });

    expect(astray.status).toBe(114);
    expect(astray.stderr).toContain("the job's folder is not here (/tmp)");
    expect(astray.stdout).toBe("");
  });

  it("hands a signal on and records how the program ended", async () => {
    const one = place("trap 'echo bye > ../said; exit 5' TERM; echo ready > ready; while :; do sleep 0.05; done");
    const child = one.begin(0, "50");
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    await expect.poll(() => existsSync(join(one.folder, "members/0/work/ready")), { timeout: 10_000 }).toBe(true);

    child.kill("SIGTERM");

    expect(await ended).toBe(5);
    expect(readFileSync(join(one.folder, "members/0/said"), "utf8")).toBe("bye\n");
    expect(one.record("0.end").split(" ")[1]).toBe("5");
  });

  it("tells a person's directives to nobody", () => {
    expect(batchScript({ group, name, claim: "group", single: 3 })).not.toMatch(/^#SBATCH/m);
    expect(batchScript({ group, name, claim: "group", single: 3 })).toContain("single=3");
  });
});
