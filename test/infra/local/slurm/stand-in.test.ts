import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { until } from "../../../../infra/local/slurm/daemon.ts";
import type { LocalSlurm } from "../../../../infra/local/slurm/local-slurm.ts";
import { run } from "../../../../infra/local/slurm/programs.ts";
import { livingHolder, takeRole } from "../../../../infra/local/slurm/sole-holder.ts";
import { startStandIn } from "../../../../infra/local/slurm/stand-in.ts";
import { ask, statesAtEnd, submit, temporaryFolder, temporaryFolderOfTest } from "./slurm-at-hand.ts";

const source = new URL("../../../../infra/local/slurm/stand-in.ts", import.meta.url).href;
const folder = temporaryFolder();
let slurm: LocalSlurm;

function script(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  return path;
}

const quiet = ["--output=/dev/null"];
const jobcompOf = (id: string) =>
  readFileSync(slurm.jobcomp ?? "", "utf8")
    .split("\n")
    .filter((line) => line.startsWith(`JobId=${id} `) || line.includes(`ArrayJobId=${id} `));

describe("the stand-in for Slurm", () => {
  beforeAll(async () => {
    slurm = await startStandIn({ dir: join(folder, "it's here"), cpus: 4 });
  });
  afterAll(async () => {
    await slurm.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("runs a script in its folder, with Slurm's variables, into the expanded output name", async () => {
    const path = script(
      "where.sh",
      'pwd; echo "$SLURM_JOB_ID $SLURM_JOB_NAME $SLURM_CPUS_PER_TASK $MINE $YOURS."; echo bad >&2; echo "$1"',
    );

    const id = await submit(slurm, [
      `--chdir=${folder}`,
      "--job-name=a b",
      "--output=out-%j-%x-%%",
      "--error=err.%j",
      "--cpus-per-task=2",
      "--export=PATH,MINE=1",
      path,
      "arg $(x)",
    ]);
    const states = await statesAtEnd(slurm, id);

    expect(states).toEqual({ "N/A": "COMPLETED" });
    expect(readFileSync(join(folder, `out-${id}-a b-%`), "utf8")).toBe(`${folder}\n${id} a b 2 1 .\narg $(x)\n`);
    expect(readFileSync(join(folder, `err.${id}`), "utf8")).toBe("bad\n");
  });

  test("takes a script from standard input", async () => {
    const output = join(folder, "from-stdin");
    const id = execFileSync(join(slurm.bin, "sbatch"), ["--parsable", `--output=${output}`], {
      input: "#!/bin/sh\necho heard\n",
      encoding: "utf8",
    }).trim();

    expect(await statesAtEnd(slurm, id)).toEqual({ "N/A": "COMPLETED" });
    expect(readFileSync(output, "utf8")).toBe("heard\n");
  });

  test("keeps apart the members of an array of which some fail", async () => {
    const path = script(
      "fails.sh",
      'test "$SLURM_ARRAY_TASK_ID" = 5 && kill -9 $$; echo "$SLURM_ARRAY_JOB_ID $SLURM_ARRAY_TASK_COUNT"; exit $((SLURM_ARRAY_TASK_ID % 2 * 3))',
    );

    const id = await submit(slurm, ["--array=0,3-6%2", `--output=${folder}/arr.%A_%a`, path]);
    const states = await statesAtEnd(slurm, id);
    const codes = jobcompOf(id).map((line) => / ArrayTaskId=(\d+) .* ExitCode=(\S+) $/.exec(line)?.slice(1).join(" "));

    expect(states).toEqual({ 0: "COMPLETED", 3: "FAILED", 4: "COMPLETED", 5: "FAILED", 6: "COMPLETED" });
    expect(codes.sort()).toEqual(["0 0:0", "3 3:0", "4 0:0", "5 0:9", "6 0:0"]);
    expect(readFileSync(join(folder, `arr.${id}_6`), "utf8")).toBe(`${id} 5\n`);
  });

  test("cancels the one member that is named, running or waiting", async () => {
    const id = await submit(slurm, ["--array=0-3%2", ...quiet, script("long.sh", "sleep 60")]);
    const running = async () => (await ask(slurm, "squeue", ["-h", "-r", "-j", id, "-t", "R", "-o", "%K"])).stdout;
    expect(await until(async () => (await running()) === "0\n1\n", 10_000, 50)).toBe(true);

    await ask(slurm, "scancel", [`${id}_2`]);
    const without = await ask(slurm, "squeue", ["-h", "-r", "-t", "all", "-j", id, "-o", "%K %T"]);
    await ask(slurm, "scancel", [`${id}_[0]`]);
    const promoted = await until(async () => (await running()) === "1\n3\n", 10_000, 50);
    await ask(slurm, "scancel", [id]);

    // Slurm, too, keeps no record of a member taken out of a waiting array
    expect(without.stdout).toBe("0 RUNNING\n1 RUNNING\n3 PENDING\n");
    expect(promoted).toBe(true);
    expect(await statesAtEnd(slurm, id)).toEqual({ 0: "CANCELLED", 1: "CANCELLED", 3: "CANCELLED" });
  });

  test("hands a signal on without cancelling", async () => {
    const output = join(folder, "signalled");
    const id = await submit(slurm, [
      `--output=${output}`,
      script("trap.sh", "trap 'echo got it; exit 0' USR1; echo ready; while :; do sleep 0.1; done"),
    ]);
    expect(await until(() => existsSync(output) && readFileSync(output, "utf8") === "ready\n", 10_000, 50)).toBe(true);

    await ask(slurm, "scancel", ["-s", "USR1", id]);

    expect(await statesAtEnd(slurm, id)).toEqual({ "N/A": "COMPLETED" });
    expect(readFileSync(output, "utf8")).toContain("got it");
  });

  test("lets no name disturb a line of its answers or records", async () => {
    const name = "x\n999|COMPLETED|0|\"'\u2028 JobState=COMPLETED";
    const id = await submit(slurm, [`--job-name=${name}`, ...quiet, script("named.sh", "true")]);
    await statesAtEnd(slurm, id);

    const listed = await ask(slurm, "squeue", ["-h", "-t", "all", "-j", id, "-o", "%i|%T|%j|%U"]);
    const filtered = await ask(slurm, "squeue", ["-h", "-t", "all", `--name=${name}`, "-o", "%i"]);
    const shown = await ask(slurm, "scontrol", ["show", "job", id, "-o"]);

    expect(listed.stdout).toBe(`${id}|COMPLETED|x?999?COMPLETED?0?"'? JobState=COMPLETED|${process.getuid?.()}\n`);
    expect(filtered.stdout).toBe(`${id}\n`);
    expect(shown.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(jobcompOf(id)).toHaveLength(1);
    expect(readFileSync(slurm.jobcomp ?? "", "utf8")).not.toMatch(/^999/m);
  });

  test("fails a job whose output cannot be opened, and runs one whose folder is missing in /tmp", async () => {
    const unopened = await submit(slurm, [`--output=${folder}/none/out`, script("ok.sh", "true")]);
    const output = join(folder, "elsewhere");
    const astray = await submit(slurm, ["--chdir=/none", `--output=${output}`, script("pwd.sh", "pwd")]);

    expect(await statesAtEnd(slurm, unopened)).toEqual({ "N/A": "FAILED" });
    expect(jobcompOf(unopened)[0]).toMatch(/ ExitCode=0:53 $/);
    expect(await statesAtEnd(slurm, astray)).toEqual({ "N/A": "COMPLETED" });
    expect(readFileSync(output, "utf8")).toMatch(/couldn't chdir to `\/none'.*going to \/tmp instead\n\/tmp\n$/);
  });

  test("ends a script and its children at the time limit", async () => {
    const settings = join(folder, "it's here", "jobs");
    const output = join(folder, "limited");
    const held = await submit(slurm, [
      "--hold",
      "--time=1",
      `--output=${output}`,
      script("limit.sh", "trap '' TERM; sleep 601 & echo $!; wait; sleep 602"),
    ]);
    // a limit of whole minutes is too long to wait for: the waiting job's own is shortened, and it is let go
    const file = join(settings, held, "job.json");
    const job = JSON.parse(readFileSync(file, "utf8"));
    const id = String(Number(held) + 500);
    execFileSync("cp", ["-r", join(settings, held), join(settings, `.${id}`)]);
    writeFileSync(
      join(settings, `.${id}`, "job.json"),
      JSON.stringify({ ...job, id: Number(id), held: false, timeSeconds: 1 }),
    );
    execFileSync("mv", [join(settings, `.${id}`), join(settings, id)]);

    const states = await statesAtEnd(slurm, id);
    await ask(slurm, "scancel", [held]);

    expect(states).toEqual({ "N/A": "TIMEOUT" });
    expect(jobcompOf(id)[0]).toMatch(/ JobState=TIMEOUT .* ExitCode=0:0 $/);
    const child = readFileSync(output, "utf8").trim();
    expect(await until(() => !isRunning(child), 3000, 50)).toBe(true);
  });

  test("never runs more at once than there are CPUs, and a thousand members all the same", async () => {
    const output = join(folder, "many");
    const id = await submit(slurm, [
      "--array=0-999",
      `--output=${output}`,
      "--open-mode=append",
      "--cpus-per-task=2",
      script("true.sh", "echo $SLURM_JOB_ID"),
    ]);
    let most = 0;
    const done = await until(
      async () => {
        const lines = (await ask(slurm, "squeue", ["-h", "-r", "-t", "all", "-j", id, "-o", "%T"])).stdout.split("\n");
        most = Math.max(most, lines.filter((state) => state === "RUNNING").length);
        return lines.filter((state) => state === "COMPLETED").length === 1000;
      },
      60_000,
      300,
    );

    expect(done).toBe(true);
    expect(most).toBeLessThanOrEqual(2);
    expect(new Set(readFileSync(output, "utf8").trim().split("\n")).size).toBe(1000);
  }, 90_000);

  test("gives no id twice to those who submit at once", async () => {
    const path = script("hold.sh", "true");
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, i) => submit(slurm, ["--hold", ...quiet, `--array=0-${i}`, path])),
    );

    const spans = ids.map(Number).sort((a, b) => a - b);
    const raw = await ask(slurm, "squeue", ["-h", "-t", "PD", "-r", "-n", "hold.sh", "-o", "%i"]);
    await ask(slurm, "scancel", ["--name=hold.sh"]);

    expect(new Set(spans).size).toBe(12);
    expect(new Set(raw.stdout.trim().split("\n")).size).toBe((12 * 13) / 2);
  });

  test("refuses what it does not understand", async () => {
    const path = script("any.sh", "true");
    const refused = [
      ["sbatch", "--begin=now", path],
      ["sbatch", script("directive.sh", "#SBATCH --time=1\ntrue")],
      ["sbatch", "--array=5-1", path],
      ["sbatch", "--cpus-per-task=5", path],
      ["sbatch", "--time=31", path],
      ["sbatch", "--partition=none", path],
      ["sbatch", join(folder, "absent.sh")],
      ["squeue", "--start"],
      ["squeue", "-o", "%z"],
      ["scancel", "abc"],
      ["scontrol", "reconfigure"],
      ["sinfo", "-N"],
      ["sacct"],
    ] as const;
    for (const [program, ...args] of refused) {
      const answer = await ask(slurm, program, args);
      expect({ program, args, code: answer.code, stdout: answer.stdout }).toEqual({
        program,
        args,
        code: 1,
        stdout: "",
      });
      expect(answer.stderr).not.toMatch(/^\s+at /m);
      expect(answer.stderr).not.toBe("");
    }
  });
});

describe("the stand-in's jobs", () => {
  test("live on when their starter is killed, and end when a later one stops", async () => {
    const dir = temporaryFolderOfTest();
    const path = join(dir, "on.sh");
    writeFileSync(path, "#!/bin/sh\nsetsid sleep 601 & echo $!; sleep 600\n");
    const output = join(dir, "out");
    const code = `import { startStandIn } from ${JSON.stringify(source)}; import { execFileSync } from "node:child_process";
      const s = await startStandIn({ dir: ${JSON.stringify(join(dir, "s"))} });
      console.log(execFileSync(s.bin + "/sbatch", ["--parsable", "--output=${output}", "${path}"], { encoding: "utf8" })); setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const id = await new Promise<string>((resolve) =>
      starter.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    expect(await until(() => existsSync(output) && statSync(output).size > 0, 10_000, 50)).toBe(true);
    process.kill(-(starter.pid ?? 0), "SIGKILL");

    const later = await startStandIn({ dir: join(dir, "s") });
    onTestFinished(() => later.stop());
    const before = await ask(later, "squeue", ["-h", "-j", id, "-o", "%T"]);
    const pid = readFileSync(output, "utf8").trim();
    await later.stop();
    const after = await ask(later, "squeue", ["-h", "-t", "all", "-j", id, "-o", "%T"]);

    expect(before.stdout).toBe("RUNNING\n");
    expect(after.stdout).toBe("CANCELLED\n");
    expect(isRunning(pid)).toBe(false);
  });

  test("read NODE_FAIL when what runs them is killed, while those that wait are run", async () => {
    const dir = temporaryFolderOfTest();
    const own = await startStandIn({ dir, cpus: 1 });
    onTestFinished(() => own.stop());
    const path = join(dir, "wait.sh");
    writeFileSync(path, '#!/bin/sh\ntest "$SLURM_ARRAY_TASK_ID" = 0 && sleep 600\nexit 0\n');
    const id = await submit(own, ["--array=0-2", "--output=/dev/null", path]);
    const isRun = async () =>
      (await ask(own, "squeue", ["-h", "-r", "-t", "R", "-j", id, "-o", "%K"])).stdout === "0\n";
    expect(await until(isRun, 10_000, 50)).toBe(true);

    process.kill(livingHolder(join(dir, "runner"))?.pid ?? 0, "SIGKILL");

    expect(await statesAtEnd(own, id)).toEqual({ 0: "NODE_FAIL", 1: "COMPLETED", 2: "COMPLETED" });
    expect(await until(() => /ArrayTaskId=0 /.test(readFileSync(own.jobcomp ?? "", "utf8")), 5000, 50)).toBe(true);
    expect(readFileSync(own.jobcomp ?? "", "utf8")).toMatch(/JobState=NODE_FAIL .* ArrayTaskId=0 /);
  });

  test("are run by one process only, however many want to", () => {
    const dir = temporaryFolderOfTest();
    writeFileSync(join(dir, "7"), "1 0 dead");

    const first = takeRole(dir);
    const second = takeRole(dir);
    first?.release();
    const third = takeRole(dir);

    expect(first?.generation).toBe(8);
    expect(second).toBeUndefined();
    expect(third?.generation).toBe(9);
  });

  test("are another account's business when another account asks", async () => {
    if (process.getuid?.() !== 0) return;
    const dir = temporaryFolderOfTest();
    const own = await startStandIn({ dir });
    onTestFinished(() => own.stop());

    const answer = await run([
      "/usr/sbin/runuser",
      "-u",
      "nobody",
      "--",
      process.execPath,
      new URL("./stand-in/entry.ts", source).pathname,
      "squeue",
      dir,
    ]);

    expect(answer.code).toBe(1);
    expect(answer.stderr).toMatch(/serves only the account root/);
  });
});

function isRunning(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
