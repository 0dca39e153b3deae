// A campaign of faults: `npm run faults -- --jobs 1000 --seed 1`. Its exit status is the judge's verdict.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Job } from "../../shared/contract/job.ts";
import { type Arena, cluster, ledgerLines, missingHere, openArena } from "./arena.ts";
import { Striker } from "./blows.ts";
import { disturb, type Weather } from "./call-deck.ts";
import { CampaignClock } from "./campaign-clock.ts";
import type { Case } from "./case.ts";
import { drawPlan } from "./plan.ts";
import { type Asked, submitWaves } from "./submit.ts";
import { openTally } from "./tally.ts";

const usage = `node test/faults/faults.ts [--jobs 1000] [--seed 1] [--patience 240] [--keep]
  --jobs      jobs to submit, single ones and many alike at once
  --seed      the same seed and number of jobs give the same plan of jobs and faults
  --patience  seconds without any progress, after which what has not ended counts as lost; default 240
  --keep      leaves everything behind for a look; a broken law does so by itself`;

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    patience: { type: "string", default: "240" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const whole = (name: "jobs" | "seed" | "patience", least: number) => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${name} is "${values[name]}"; accepted is a whole number from ${least}\n${usage}`);
};
const [jobs, seed, patienceMs] = [whole("jobs", 1), whole("seed", 0), whole("patience", 1) * 1_000];
const missing = missingHere();
if (missing !== undefined) {
  console.error(missing);
  process.exit(2);
}

const started = Date.now();
const say = (line: string) => console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}`);
const plan = drawPlan(seed, jobs);
say(
  `seed ${seed}: ${jobs} jobs in ${plan.waves.length} waves and ${plan.blows.length} blows, over ${(plan.lengthMs / 1000).toFixed(0)} s`,
);
const arena = await openArena(say);
writeFileSync(join(arena.dir, "plan.json"), JSON.stringify(plan, undefined, 1));
// Ctrl-C ends the faults and judges what was played; a second one does not even wait for what is under way
let stopping = 0;
process.on("SIGINT", () => {
  stopping += 1;
});

let verdict = 1;
try {
  verdict = await campaign();
} catch (cause) {
  console.error(cause);
} finally {
  const keep = values.keep || verdict !== 0;
  await arena.stop(keep);
  if (keep) say(`everything is kept in ${arena.dir}`);
}
say(verdict === 0 ? "every law was kept" : "NOT every law was kept");
process.exit(verdict);

async function campaign(): Promise<number> {
  const tally = openTally();
  const weather: Weather = { throttled: new Set(), cutOff: false, skew: 0 };
  const striker = new Striker(arena, weather, tally, say);
  const faults = disturb(arena.cloud, plan, weather, tally);
  const endsAt = Date.now() + 3 * plan.lengthMs + patienceMs;
  const isOver = () => stopping > 0 || Date.now() > endsAt;
  let giveUpAt = Number.POSITIVE_INFINITY;
  const asked: Asked[] = [];
  let begun = 0;
  const clock = new CampaignClock(() => asked.length - begun > Math.max(15, jobs * 0.04));
  const submitted = submitWaves(arena, plan, clock, isOver, () => stopping > 1 || Date.now() > giveUpAt, asked);
  const counting = setInterval(() => {
    begun = new Set(ledgerLines(arena.ledger).map((line) => line.split(" ")[1])).size;
  }, 500);
  const tending = setInterval(() => {
    void striker.tendNodes().then((nodes) => tally.add("node drained by Slurm and resumed", nodes));
  }, 2_000);
  const progress = setInterval(() => {
    say(`${asked.length} asked for, ${asked.filter(({ job }) => job).length} accepted, ${begun} have begun`);
  }, 15_000);
  try {
    await striker.strike(plan.blows, clock, isOver);
    say("all blows have fallen; single calls go on failing for a while");
    await settle(arena, asked, Math.min(15_000, plan.lengthMs / 4));
    faults.calm();
    giveUpAt = Date.now() + patienceMs;
    await submitted;
    say("no more faults: what was lost is to be found");
    await settle(arena, asked, patienceMs);
  } finally {
    clock.stop();
    clearInterval(counting);
    clearInterval(tending);
    clearInterval(progress);
    faults.calm();
  }
  return await judge(asked, striker, tally.counts());
}

/** Waits until every job has ended and its results are decided, or until nothing has moved for so long. */
async function settle(arena: Arena, asked: readonly Asked[], quietMs: number): Promise<void> {
  const until = Date.now() + 4 * quietMs;
  const open = new Map(asked.flatMap((one) => (one.job === undefined ? [] : [[one.job, one] as const])));
  let seen = "";
  let since = Date.now();
  for (;;) {
    const states: string[] = [];
    for (const [id, one] of open) {
      const job = await arena.clients[one.person].job(id).catch(() => undefined);
      if (job !== undefined && isSettled(job)) open.delete(id);
      else states.push(`${id} ${job?.state} ${job?.attempt}`);
      if (stopping > 1) return;
    }
    if (open.size === 0) return;
    const now = states.join("\n");
    if (now !== seen) since = Date.now();
    seen = now;
    if (Date.now() - since > quietMs || Date.now() > until) {
      say(`${open.size} jobs have not moved for ${(quietMs / 1000).toFixed(0)} s: ${states.slice(0, 5).join(", ")}`);
      return;
    }
    await sleep(1_500);
  }
}

function isSettled(job: Job): boolean {
  return ["succeeded", "failed", "cancelled"].includes(job.state) && job.results.state !== "pending";
}

async function judge(asked: Asked[], striker: Striker, injected: Record<string, number>): Promise<number> {
  const { cloud, slurm, dir, ledger, tokens } = arena;
  const jobcomp = join(dir, "jobcomp");
  if (existsSync(slurm.jobcomp ?? "")) copyFileSync(slurm.jobcomp ?? "", jobcomp);
  else writeFileSync(jobcomp, "");
  const { accessKeyId, secretAccessKey, sessionToken } = cloud.credentials("host");
  const found: Case = {
    seed,
    cluster,
    asked,
    injected,
    outages: striker.outages,
    jobcomp,
    ledger,
    api: cloud.urls.api,
    tokens,
    s3: {
      endpoint: cloud.urls.s3,
      region: cloud.region,
      bucket: cloud.outputs.ResultsBucket ?? "",
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    },
  };
  const file = join(dir, "case.json");
  writeFileSync(file, JSON.stringify(found, undefined, 1), { mode: 0o600 });
  say(`the judge, of Slurm's record, the ledger, S3 and the API (${file})`);
  const child = spawn(process.execPath, [fileURLToPath(new URL("./judge.ts", import.meta.url)), file], {
    stdio: "inherit",
  });
  return await new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1)));
}
