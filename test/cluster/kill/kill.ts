// The kill test of the head node's program: `npm run kill -- --rounds 400,180,20 --seed 1`. Its exit status is the verdict.
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openArena } from "./arena.ts";
import { compare } from "./compare.ts";
import { Play } from "./play.ts";
import { type ControllerRound, drawRounds, type OrdinaryRound } from "./rounds.ts";

const usage = `node test/cluster/kill/kill.ts [--rounds 400,180,20] [--controller 16,11,2] [--seed 1] [--lanes 6] [--keep]
  --rounds      groups of 1, 7 and 1,000 members
  --controller  so many of them lose slurmctld just after they began
  --keep        leaves everything behind for a look; a broken law does so by itself`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "400,180,20" },
    controller: { type: "string" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    lanes: { type: "string", default: "6" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const three = (text: string) => {
  const counts = text.split(",").map(Number);
  if (counts.length !== 3 || counts.some((n) => !Number.isInteger(n) || n < 0))
    throw new Error(`"${text}" is not three whole numbers with commas between\n${usage}`);
  return counts;
};
const counts = three(values.rounds);
const [ones = 0, sevens = 0, thousands = 0] = counts;
const attacked =
  values.controller === undefined
    ? [Math.round(ones * 0.04), Math.round(sevens * 0.06), Math.round(thousands * 0.1)]
    : three(values.controller);
const seed = Number(values.seed);
const begun = Date.now();
const say = (line: string) => console.log(`${((Date.now() - begun) / 1000).toFixed(0).padStart(5)} s  ${line}`);

const rounds = drawRounds(seed, counts, attacked);
say(`seed ${seed}: ${counts.join(", ")} groups of 1, 7, 1,000 members; ${attacked.join(", ")} of them lose slurmctld`);
const arena = await openArena(say);
const play = new Play(arena, seed);
// Ctrl-C begins no further round and judges what was played; a second one does not even wait for what is under way
let stopping = false;
let leaving = false;
process.on("SIGINT", () => {
  leaving = stopping;
  stopping = true;
});
const progress = setInterval(() => {
  const { deliveries, killed, watchKills, controllerKills } = play.tally;
  say(
    `${play.groups.length} groups asked for, ${play.outstanding().length} under way; ${deliveries} deliveries, ${killed} of them killed, ${watchKills} watches and ${controllerKills} slurmctld killed; a run takes ${Math.round(play.usualMs(1))} ms`,
  );
}, 15_000);

let verdict = 1;
try {
  await playAll();
  verdict = await judgeAll();
} finally {
  clearInterval(progress);
  await arena.stop(values.keep || verdict !== 0);
}
const early = stopping ? "; it was stopped early" : "";
say(`${verdict === 0 ? "every law was kept" : "NOT every law was kept"}${early}`);
process.exitCode = stopping ? 1 : verdict;

/** Rounds that lose slurmctld, one after another, then ordinary ones side by side; then whatever is under way. */
async function playAll(): Promise<void> {
  for (const round of rounds.filter((one): one is ControllerRound => one.kind === "controller")) {
    if (stopping) break;
    await play.controller(round);
    const under = play.outstanding().length;
    say(`${round.name}: slurmctld killed${round.saved ? " with its jobs saved" : ""}; ${under} groups under way`);
  }
  const ordinary = rounds.filter((round): round is OrdinaryRound => round.kind === "ordinary");
  const large = ordinary.filter((round) => round.size > 100);
  const small = ordinary.filter((round) => round.size <= 100);
  const lanes = Math.max(2, Number(values.lanes) || 2);
  const work = async (queue: OrdinaryRound[], atOnce: number) => {
    for (let round = queue.shift(); round !== undefined && !stopping; round = queue.shift()) {
      const { size } = round;
      // the cluster is not to be flooded: what a kill leaves behind should be seen while it matters
      const full = () => play.outstanding().filter((one) => one.size === size).length > atOnce;
      for (let n = 0; n < 600 && full(); n++) await delay(200);
      await play.ordinary(round);
    }
  };
  const silent = setInterval(() => void play.reconcile(), 20_000);
  const lane = () => work(small, 24);
  await Promise.all([...Array.from({ length: lanes - 1 }, lane), work(large, 1).then(lane)]);
  clearInterval(silent);
  await settle(240_000);
}

/** Waits until all results were told, as long as there is progress. */
async function settle(quietMs: number): Promise<void> {
  let last = -1;
  let since = Date.now();
  for (;;) {
    await arena.words.settle();
    const left = play.outstanding();
    if (left.length === 0 || leaving) return;
    const told = left.reduce((sum, played) => sum + arena.words.named(played.group), 0) - left.length * 10_000;
    if (told !== last) since = Date.now();
    last = told;
    if (Date.now() - since > quietMs) {
      say(
        `gave up waiting for ${left.length} groups: ${left
          .map((one) => `${one.name} ${one.group}`)
          .join(", ")
          .slice(0, 500)}`,
      );
      return;
    }
    await delay(1_000);
    if (Date.now() - since > 30_000) await play.reconcile();
  }
}

async function judgeAll(): Promise<number> {
  const { tally, groups } = play;
  const plan = groups.map(({ group, size, attacked: lost }) => ({ group, members: size, attacked: lost }));
  const planFile = join(arena.dir, "plan.json");
  writeFileSync(planFile, JSON.stringify(plan));
  const record = join(arena.dir, "jobcomp");
  if (existsSync(arena.slurm.jobcomp ?? "")) copyFileSync(arena.slurm.jobcomp ?? "", record);
  else writeFileSync(record, "");
  console.log("\nthe judge, of Slurm's record and the ledger");
  const argv = [fileURLToPath(new URL("./judge.ts", import.meta.url)), planFile, record, arena.ledgerFile];
  const judge = spawn(process.execPath, argv, { stdio: "inherit" });
  const judged = await new Promise<number>((resolve) => judge.on("close", (code) => resolve(code ?? 1)));

  console.log("\nHeadgate's own word, against the ledger");
  const { table, broken } = await compare(arena, groups);
  for (const [row, times] of [...table].sort()) console.log(`${String(times).padStart(7)}  ${row}`);
  console.log(`${String(arena.words.receipts()).padStart(7)}  receipts`);
  const { deliveries, killed, watchKills, controllerKills, later, faults } = tally;
  console.log(
    `${deliveries} deliveries, ${killed} of them killed, ${later} answered "later"; ${watchKills} watches and ${controllerKills} slurmctld killed`,
  );
  list("laws broken by its word", broken);
  list("faults", faults);
  console.log(`${((Date.now() - begun) / 1000).toFixed(0)} s`);
  return judged === 0 && broken.length === 0 && faults.length === 0 ? 0 : 1;
}

function list(title: string, lines: readonly string[]): void {
  console.log(`${title}: ${lines.length}`);
  for (const line of lines.slice(0, 20)) console.log(`  ${line}`);
}
