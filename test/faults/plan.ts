// The plan of a campaign: every job and every fault, drawn from the seed before anything runs.
import { type Dice, diceOf } from "./dice.ts";
import type { Work } from "./work.ts";

/** Jobs submitted at once, so many milliseconds after the start. */
export type Wave = { atMs: number; works: Work[] };

/** Faults that happen at an instant of the campaign, whatever the cloud is doing. */
export type Blow =
  | { kind: "watch killed"; atMs: number }
  | { kind: "slurmctld restarted"; atMs: number; downMs: number }
  /** Killed so long after the next sbatch that was acknowledged. */
  | { kind: "slurmctld killed after an sbatch"; atMs: number; afterMs: number; downMs: number }
  | { kind: "slurmd killed"; atMs: number; node: number; downMs: number }
  | { kind: "head node unreachable"; atMs: number; forMs: number }
  | { kind: "spool's disk full"; atMs: number; forMs: number }
  | { kind: "clock skewed"; atMs: number; forMs: number; seconds: number }
  | { kind: "service throttled"; atMs: number; forMs: number; service: string };

export type Plan = { seed: number; jobs: number; waves: Wave[]; blows: Blow[]; lengthMs: number };

export const services = ["dynamodb", "s3", "sqs", "ssm"] as const;
export const nodes = 3;

/** Draws the plan. The same seed and number of jobs give the same plan. */
export function drawPlan(seed: number, jobs: number): Plan {
  const dice = diceOf(seed, "waves", jobs);
  const count = Math.min(jobs, Math.max(14, Math.round(jobs * 0.18)));
  const gapMs = 2_600;
  const lengthMs = count * gapMs;
  const waves: Wave[] = Array.from({ length: count }, (_, at) => ({
    atMs: at * gapMs + dice.between(0, gapMs),
    works: [],
  }));
  // each wave has a job; the others fall anywhere, some waves being large
  for (let n = 1; n <= jobs; n++) {
    const at = n <= count ? n - 1 : Math.floor(count * dice.share() ** 1.6);
    waves[(at * 7) % count]?.works.push(drawWork(diceOf(seed, "job", n), n));
  }
  return { seed, jobs, waves, blows: drawBlows(seed, jobs, lengthMs), lengthMs };
}

function drawWork(dice: Dice, n: number): Work {
  const long = dice.chance(0.12);
  return {
    n,
    person: dice.chance(0.2) ? "bob" : "alice",
    nap: long ? dice.between(4, 12) : dice.between(0, 2),
    exit: dice.chance(0.05) ? 3 : 0,
    input: dice.chance(0.1),
    mail: dice.chance(0.06),
    memoryMb: dice.chance(0.15) ? 50 + (n % 150) : 50,
  };
}

function drawBlows(seed: number, jobs: number, lengthMs: number): Blow[] {
  const dice = diceOf(seed, "blows", jobs);
  const often = (perThousand: number, least: number) => Math.max(least, Math.round((jobs * perThousand) / 1_000));
  /** One in each of so many equal parts of the campaign, so that they seldom meet their own kind. */
  const spread = (times: number) =>
    Array.from({ length: times }, (_, k) => ((k + dice.between(0.15, 0.85)) / times) * lengthMs);
  const controllers = spread(often(8, 2));
  return [
    ...spread(often(70, 4)).map((atMs): Blow => ({ kind: "watch killed", atMs })),
    ...controllers.map((atMs, k): Blow => {
      const downMs = dice.between(100, 3_000);
      return k % 2 === 0
        ? { kind: "slurmctld killed after an sbatch", atMs, afterMs: dice.between(0, 1_900), downMs }
        : { kind: "slurmctld restarted", atMs, downMs };
    }),
    // SlurmdTimeout is 10 s: some come back in time, others lose their jobs
    ...spread(often(5, 2)).map(
      (atMs, k): Blow => ({
        kind: "slurmd killed",
        atMs,
        node: 1 + dice.below(nodes),
        downMs: k % 2 === 0 ? dice.between(22_000, 30_000) : dice.between(500, 5_000),
      }),
    ),
    // a minute of a real cloud, by the scale of the waiting times
    ...spread(often(3, 1)).map(
      (atMs): Blow => ({ kind: "head node unreachable", atMs, forMs: dice.between(4_000, 8_000) }),
    ),
    ...spread(often(3, 1)).map(
      (atMs): Blow => ({ kind: "spool's disk full", atMs, forMs: dice.between(2_000, 5_000) }),
    ),
    ...spread(2).map(
      (atMs, k): Blow => ({ kind: "clock skewed", atMs, forMs: lengthMs * 0.15, seconds: k === 0 ? 300 : -300 }),
    ),
    ...services.flatMap((service) =>
      spread(often(4, 1)).map(
        (atMs): Blow => ({ kind: "service throttled", atMs, forMs: dice.between(1_000, 3_000), service }),
      ),
    ),
  ].sort((a, b) => a.atMs - b.atMs);
}

/**
 * Draws by the number of the call: of each `block` calls in a row one is of each kind, at places that the seed decides,
 * and the others are of none. So a short campaign has some of every kind.
 */
export function deckOf<K>(seed: number, name: string, block: number, kinds: readonly K[]): () => K | undefined {
  let turn = 0;
  let hand: (K | undefined)[] = [];
  return () => {
    if (hand.length === 0) {
      const dice = diceOf(seed, "deck", name, turn);
      turn += 1;
      hand = Array.from({ length: block }, (_, place) => kinds[place]);
      for (let place = hand.length - 1; place > 0; place--) {
        const other = dice.below(place + 1);
        const held = hand[place];
        hand[place] = hand[other];
        hand[other] = held;
      }
    }
    return hand.pop();
  };
}
