import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { batchScript } from "../../../functions/headnode/batch-script.ts";
import { claimFile, forget, freshIntent } from "../../../functions/headnode/generation.ts";
import { Intent } from "../../../functions/headnode/spool.ts";

const group = "01M80NNEAZ56R7Y171QC29SQVH";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "hg-generation-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A group's folder of two members, and a way to start them as Slurm does. */
function place() {
  const dir = folder();
  for (const member of ["0", "1"]) mkdirSync(join(dir, "members", member, "work"), { recursive: true });
  mkdirSync(join(dir, "records"));
  writeFileSync(join(dir, "group"), `${group}\n`);
  writeFileSync(join(dir, "script"), "echo work >> done\n");
  return {
    begun: (member: number) => existsSync(join(dir, `members/${member}/work/done`)),
    start(intent: Intent, member: number, id: string): number | null {
      const script = batchScript({ group, name: intent.name, claim: claimFile(intent), single: undefined });
      const env = { PATH: "/usr/bin:/bin", SLURM_ARRAY_TASK_ID: String(member), SLURM_ARRAY_JOB_ID: id };
      return spawnSync("/bin/sh", { input: script, cwd: dir, env }).status;
    },
  };
}

describe("the next generation of a group", () => {
  it("begins what the forgotten job had not begun, and nothing twice, under the same id too", () => {
    const one = place();
    const first = freshIntent(group, 0);
    const next = freshIntent(group, 1);

    expect(one.start(first, 0, "50")).toBe(0);
    expect(one.start(next, 0, "50")).toBe(113);
    expect(one.begun(1)).toBe(false);
    expect(one.start(next, 1, "50")).toBe(0);
    expect(one.start(first, 1, "50")).toBe(113);
  });

  it("is fenced within itself as the first one is", () => {
    const one = place();
    const next = freshIntent(group, 1);

    expect([one.start(next, 0, "51"), one.start(next, 1, "52")]).toEqual([0, 113]);
  });

  it("has a name of its own, and is left without an id", () => {
    const spool = folder();
    const first = freshIntent(group, 0);
    writeFileSync(join(spool, "intent"), JSON.stringify(first));
    writeFileSync(join(spool, "jobid"), "{}");

    const next = forget(spool, group, first, "50");

    expect(next.name).not.toBe(first.name);
    expect(next.generation).toBe(1);
    expect(Intent.parse(JSON.parse(readFileSync(join(spool, "intent"), "utf8")))).toEqual(next);
    expect(existsSync(join(spool, "jobid"))).toBe(false);
    expect(readFileSync(join(spool, "forgotten"), "utf8")).toContain(`${first.name} 50 `);
  });

  it("reads an intent that was written before there were generations as the first", () => {
    const { name, at } = freshIntent(group, 0);
    expect(claimFile(Intent.parse({ name, at }))).toBe("group");
  });
});
