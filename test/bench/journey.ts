// POST to results listed, against plain sbatch until a squeue loop sees the same script end, on one private Slurm, turn by turn.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { call, signIn } from "../../infra/local/api-client.ts";
import { startStack } from "../journey/local-stack.ts";
import { slurmOf } from "../journey/machine.ts";
import { median, spread } from "./median.ts";

const rounds = 30;
/** Both sides look so often: asking without a pause would take the machine from what is measured. */
const lookEveryMs = 25;
const script = "#!/bin/sh\necho done >answer.txt\n";

type Job = { id: string; state: string; results: { state: string } };

async function ours(api: string, token: string): Promise<number> {
  const started = performance.now();
  const { id } = await call<Job>(api, token, "POST", "/v1/jobs", {
    application: "script",
    parameters: { text: script },
  });
  for (let tries = 0; tries < 1_200; tries += 1) {
    const job = await call<Job>(api, token, "GET", `/v1/jobs/${id}`);
    if (job.results.state === "available") {
      await call(api, token, "GET", `/v1/jobs/${id}/files`);
      return performance.now() - started;
    }
    if (job.state === "failed") throw new Error(`the job failed: ${JSON.stringify(job)}`);
    await sleep(lookEveryMs);
  }
  throw new Error(`job ${id} has no results after 30 s`);
}

async function plain(bin: string, env: NodeJS.ProcessEnv, file: string, folder: string): Promise<number> {
  const started = performance.now();
  const id = execFileSync(path.join(bin, "sbatch"), ["--parsable", `--chdir=${folder}`, file], {
    env,
    encoding: "utf8",
  }).trim();
  for (let tries = 0; tries < 1_200; tries += 1) {
    const { stdout } = spawnSync(path.join(bin, "squeue"), ["-h", "-t", "all", "-j", id, "-o", "%T"], {
      env,
      encoding: "utf8",
    });
    if (stdout.trim() === "COMPLETED") return performance.now() - started;
    await sleep(lookEveryMs);
  }
  throw new Error(`Slurm job ${id} did not end in 30 s`);
}

/** Prints medians of 30 of each, their difference and ratio. Needs Slurm's packages and root. */
export async function journey(): Promise<void> {
  const stack = await startStack({ flags: ["--slurm=private", "--nodes=2", "--no-welcome"] });
  const folder = mkdtempSync(path.join(tmpdir(), "bench-journey-"));
  try {
    chmodSync(folder, 0o777);
    const file = path.join(folder, "script.sh");
    writeFileSync(file, script);
    const alice = stack.local.users.find((user) => user.handle === "alice");
    const token = await signIn(stack.local.cognito, stack.local.cliClientId, alice?.email ?? "", alice?.password ?? "");
    const { bin, conf } = slurmOf(stack.data);
    const env = { ...process.env, ...(conf ? { SLURM_CONF: conf } : {}) };
    const times = { ours: [] as number[], plain: [] as number[] };
    await ours(stack.local.api, token);
    for (let round = 0; round < rounds; round += 1) {
      // Slurm schedules once a second: a pause of its own keeps both off that beat
      await sleep(Math.random() * 1_000);
      times.plain.push(await plain(bin, env, file, folder));
      await sleep(Math.random() * 1_000);
      times.ours.push(await ours(stack.local.api, token));
    }
    const [a, b] = [median(times.ours), median(times.plain)];
    console.log(`medians of ${rounds} (least-most), turn by turn in one run`);
    console.log(`POST to results listed          ${spread(times.ours, "ms")}`);
    console.log(`sbatch to squeue seeing the end ${spread(times.plain, "ms")}   (baseline)`);
    console.log(`difference ${(a - b).toFixed(0)} ms, ratio ${(a / b).toFixed(2)}`);
  } finally {
    await stack.stop();
    rmSync(stack.data, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}
