import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { accountUid, ensureAccounts } from "../../../../infra/local/slurm/accounts.ts";
import { until } from "../../../../infra/local/slurm/daemon.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../../../infra/local/slurm/private-slurm.ts";
import { run } from "../../../../infra/local/slurm/programs.ts";
import {
  ask,
  hasSlurm,
  isRoot,
  needsRoot,
  needsSlurm,
  statesAtEnd,
  submit,
  temporaryFolder,
  temporaryFolderOfTest,
} from "./slurm-at-hand.ts";

const source = new URL("../../../../infra/local/slurm/private-slurm.ts", import.meta.url).href;

function script(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

describe.skipIf(!hasSlurm)(`a private Slurm${needsSlurm}`, () => {
  const folder = temporaryFolder();
  let slurm: PrivateSlurm;

  beforeAll(async () => {
    slurm = await startPrivateSlurm({ dir: join(folder, "main") });
  }, 60_000);
  afterAll(async () => {
    await slurm?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("leaves another one beside it alone", async () => {
    const other = await startPrivateSlurm({ dir: join(temporaryFolderOfTest(), "other"), nodes: 1, cpus: 2 });
    onTestFinished(() => other.stop());

    const id = await submit(slurm, ["--hold", "--output=/dev/null", script(folder, "none.sh", "true")]);
    const there = await ask(other, "squeue", ["-h", "-t", "all", "-n", "none.sh"]);
    await other.stop();
    const here = await ask(slurm, "squeue", ["-h", "-j", id, "-o", "%T"]);

    expect(there.stdout).toBe("");
    expect(here.stdout.trim()).toBe("PENDING");
    await ask(slurm, "scancel", [id]);
  }, 60_000);

  test("is taken over with its jobs after its starter was killed", async () => {
    const dir = join(temporaryFolderOfTest(), "s");
    const code = `import { startPrivateSlurm } from ${JSON.stringify(source)}; await startPrivateSlurm({ dir: ${JSON.stringify(dir)} }); console.log("up"); setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => starter.stdout.once("data", resolve));
    const pids = () =>
      ["slurmctld", "slurmd.n1", "slurmd.n2"].map(
        (name) => readFileSync(join(dir, "run", `${name}.pid`), "utf8").split(" ")[0],
      );
    const before = pids();
    starter.kill("SIGKILL");

    const adopted = await startPrivateSlurm({ dir });
    onTestFinished(() => adopted.stop());
    const after = pids();
    const id = await submit(adopted, ["--output=/dev/null", script(folder, "again.sh", "true")]);

    expect(after).toEqual(before);
    expect(await statesAtEnd(adopted, id)).toEqual({ "N/A": "COMPLETED" });
  }, 60_000);

  test("finds its jobs again after the controller was killed", async () => {
    const id = await submit(slurm, [
      "--hold",
      "--job-name=kept",
      "--output=/dev/null",
      script(folder, "kept.sh", "true"),
    ]);
    // an acknowledged job is on disk only after about five seconds
    await until(() => readFileSync(join(folder, "main", "state", "job_state")).includes("kept"), 10_000, 200);

    slurm.killController();
    const down = await ask(slurm, "scontrol", ["ping"]);
    await slurm.startController();
    const up = await ask(slurm, "squeue", ["-h", "-j", id, "-o", "%T"]);

    expect(down.stdout).toContain("DOWN");
    expect(up.stdout.trim()).toBe("PENDING");
    await ask(slurm, "scancel", [id]);
  }, 60_000);

  test("records what ends where it says", async () => {
    const id = await submit(slurm, [
      "--array=0-2",
      "--output=/dev/null",
      script(folder, "some.sh", "exit $SLURM_ARRAY_TASK_ID"),
    ]);

    const states = await statesAtEnd(slurm, id);

    expect(states).toEqual({ 0: "COMPLETED", 1: "FAILED", 2: "FAILED" });
    const recorded = () =>
      readFileSync(slurm.jobcomp ?? "", "utf8")
        .split("\n")
        .filter((line) => line.includes(`ArrayJobId=${id} `)).length;
    expect(await until(() => recorded() === 3, 5000, 50)).toBe(true);
  }, 30_000);

  test("lets further configuration lines replace its own", async () => {
    const other = await startPrivateSlurm({
      dir: join(temporaryFolderOfTest(), "s"),
      nodes: 1,
      accounting: "none",
      lines: ["maxarraysize=7"],
    });
    onTestFinished(() => other.stop());

    const config = await ask(other, "scontrol", ["show", "config"]);

    expect(config.stdout).toMatch(/^MaxArraySize +=\s7$/m);
    expect(other.jobcomp).toBeUndefined();
  }, 60_000);

  test("ends what jobs have left when it is stopped", async () => {
    const home = join(temporaryFolderOfTest(), "x".repeat(90));
    const other = await startPrivateSlurm({ dir: home, nodes: 1 });
    onTestFinished(() => other.stop());
    const pidFile = join(home, "pid");
    chmodSync(home, 0o777);
    await submit(other, [
      "--output=/dev/null",
      script(
        home,
        "stubborn.sh",
        `trap "" TERM; setsid sleep 600 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; sleep 600`,
      ),
    ]);
    expect(await until(() => existsSync(pidFile), 10_000, 50)).toBe(true);

    await other.stop();

    const gone = await until(() => !/^State:\t[^Z]/m.test(statusOf(readFileSync(pidFile, "utf8").trim())), 3000, 50);
    expect(gone).toBe(true);
  }, 60_000);
});

describe.skipIf(!isRoot || !hasSlurm)(`a private Slurm of root${needsRoot}`, () => {
  const account = "hgtest1";
  const folder = temporaryFolder();
  let made: string[] = [];

  beforeAll(() => {
    made = ensureAccounts([account]);
  });
  afterAll(async () => {
    for (const name of made) await run(["/usr/sbin/userdel", "-r", name], {}, 20_000);
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("runs a job as the account that submits it, with its groups, also where the wanted folder is closed to it", async () => {
    const closed = mkdtempSync(join(folder, "closed-"));
    const said: string[] = [];
    const slurm = await startPrivateSlurm({ dir: closed, nodes: 1, log: (line) => said.push(line) });
    onTestFinished(() => slurm.stop());
    const group = "hgtestgroup";
    await run(["/usr/sbin/groupadd", "-f", group]);
    await run(["/usr/sbin/usermod", "-aG", group, account]);
    onTestFinished(async () => void (await run(["/usr/sbin/groupdel", group])));

    const output = join(folder, "who");
    writeFileSync(output, "", { mode: 0o666 });
    chmodSync(output, 0o666);
    const id = await submit(
      slurm,
      ["--chdir=/tmp", `--output=${output}`, script(folder, "who.sh", "id -u; id -Gn")],
      account,
    );
    const states = await statesAtEnd(slurm, id);
    const [uid, groups = ""] = readFileSync(output, "utf8").split("\n");

    expect(said.join("\n")).toContain(closed);
    expect(states).toEqual({ "N/A": "COMPLETED" });
    expect(Number(uid)).toBe(accountUid(account));
    expect(groups.split(" ")).toEqual([account, group]);
    expect(slurm.accounts).toBe("mapped");
  }, 60_000);

  test("can also be that of an ordinary account, whose jobs are its own", async () => {
    const dir = join(folder, "theirs");
    mkdirSync(dir);
    await run(["/bin/chown", account, dir]);
    const program = script(folder, "id.sh", "id -un");
    const code = `import { startPrivateSlurm } from ${JSON.stringify(source)};
      import { execFileSync } from "node:child_process";
      const slurm = await startPrivateSlurm({ dir: ${JSON.stringify(join(dir, "s"))}, nodes: 1 });
      execFileSync(slurm.bin + "/sbatch", ["--wait", "--output=${dir}/out", "${program}"], { env: { PATH: "/usr/bin", SLURM_CONF: slurm.conf } });
      await slurm.stop();
      console.log(slurm.accounts);`;

    const answer = await run(
      ["/usr/sbin/runuser", "-u", account, "--", process.execPath, "--input-type=module-typescript", "-e", code],
      {},
      40_000,
    );

    expect(answer.stderr).toBe("");
    expect(answer.stdout).toBe("starter\n");
    expect(readFileSync(join(dir, "out"), "utf8")).toBe(`${account}\n`);
  }, 60_000);

  test("creates no account twice, and none with an impossible name", () => {
    expect(ensureAccounts([account])).toEqual([]);
    expect(() => ensureAccounts(["-rf"])).toThrow(/cannot be a Unix account/);
    expect(() => ensureAccounts(["daemon"])).toThrow(/uid 1,/);
  });
});

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
