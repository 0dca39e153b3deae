import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findExistingSlurm } from "../../../../infra/local/slurm/existing-slurm.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../../../infra/local/slurm/private-slurm.ts";
import { findProgram } from "../../../../infra/local/slurm/programs.ts";
import { ask, hasSlurm, needsSlurm, statesAtEnd, submit, temporaryFolder } from "./slurm-at-hand.ts";

const hasDatabase =
  hasSlurm && ["slurmdbd", "mariadbd", "mariadb-install-db"].every((name) => findProgram(name) !== undefined);
const needsDatabase = hasDatabase
  ? ""
  : " (skipped: slurmdbd, slurm-wlm-mysql-plugin and mariadb-server are not installed)";

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!hasSlurm)(`the Slurm that is there${needsSlurm}`, () => {
  // blanks cannot stand in slurm.conf
  const folder = temporaryFolder();
  const dir = join(folder, "a b#c");
  let slurm: PrivateSlurm;

  beforeAll(async () => {
    slurm = await startPrivateSlurm({ dir, nodes: 1 });
  });
  afterAll(async () => {
    await slurm?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is found by what it answers, and not stopped", async () => {
    vi.stubEnv("SLURM_CONF", slurm.conf ?? "");

    const found = await findExistingSlurm();
    await found.stop();
    const id = await submit(found, ["--output=/dev/null", script()]);

    expect(found).toMatchObject({
      kind: "existing",
      bin: slurm.bin,
      conf: slurm.conf,
      jobcomp: slurm.jobcomp,
      sacct: false,
    });
    expect(await statesAtEnd(found, id)).toEqual({ "N/A": "COMPLETED" });
  });

  test("is missed with a word on what to do where none answers", async () => {
    vi.stubEnv("SLURM_CONF", "/nowhere/slurm.conf");

    await expect(findExistingSlurm()).rejects.toThrow(/no Slurm answers here: .*--slurm=private/s);
  });

  function script(): string {
    const path = join(folder, "true.sh");
    writeFileSync(path, "#!/bin/sh\n");
    return path;
  }
});

describe.skipIf(!hasDatabase)(`a private Slurm with accounting${needsDatabase}`, () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("has a sacct that knows how a job ended, after a restart too", async () => {
    const path = join(folder, "three.sh");
    writeFileSync(path, "#!/bin/sh\nexit 3\n");
    const slurm = await startPrivateSlurm({ dir: join(folder, "s"), nodes: 1, accounting: "dbd" });
    let known = "";
    try {
      await statesAtEnd(slurm, await submit(slurm, ["--job-name=three", "--output=/dev/null", path]));
      await slurm.stop();
      const again = await startPrivateSlurm({ dir: join(folder, "s"), nodes: 1, accounting: "dbd" });
      const sacct = ["-aXnP", "-S", "now-10minutes", "--name=three", "--format=State,ExitCode"];
      known = (await ask(again, "sacct", sacct)).stdout;
    } finally {
      await slurm.stop();
    }

    expect(slurm.sacct).toBe(true);
    expect(known).toBe("FAILED|3:0\n");
  }, 90_000);
});
