// What is to be done to the program, drawn from the seed before anything runs.
import { type Dice, diceOf } from "../../faults/dice.ts";

/** When a process group is killed: at a share of the time that a whole run takes, or so many milliseconds after its intent appears. */
export type Cut = { kind: "share"; at: number } | { kind: "intent"; afterMs: number };

/** One delivery, or two of the same batch at once: the second begins at a share of a whole run. */
export type Try = { cut: Cut | undefined; second: { at: number; cut: Cut | undefined } | undefined };

/** One group that is delivered under kills until it is accepted. */
export type OrdinaryRound = {
  kind: "ordinary";
  name: string;
  size: number;
  account: string;
  tries: Try[];
  /** Milliseconds after the first try at which the watch is killed. */
  watchKilledMs: number | undefined;
  /** Whether the batch comes once more after the group has ended. */
  again: boolean;
};

/** Groups that are submitted, begin, and lose slurmctld just then. Nothing else runs meanwhile. */
export type ControllerRound = {
  kind: "controller";
  name: string;
  sizes: number[];
  account: string;
  /** CPUs of each member: with many of them not all members of a group can begin at once. */
  cpus: number;
  /** The jobs wait until slurmctld has saved them, so that it starts the same ids again; otherwise it forgets them. */
  saved: boolean;
  /** The program is killed with its intent written, so that no id is known when slurmctld dies. */
  halfway: Cut | undefined;
  killedMs: number;
  downMs: number;
  killsWatch: boolean;
  /** Delivered again while slurmctld is down. */
  whileDown: boolean;
  /** Delivered again when slurmctld is back; otherwise the watch alone has to find out. */
  afterwards: boolean;
  /** Another group comes at once after the restart and may get a forgotten id. */
  stranger: boolean;
};

type Round = OrdinaryRound | ControllerRound;
const sizes = [1, 7, 1_000] as const;

/** Draws all rounds; `counts` and `attacked` are groups of 1, 7 and 1,000, the attacked ones being part of the counts. */
export function drawRounds(seed: number, counts: readonly number[], attacked: readonly number[]): Round[] {
  const rounds: Round[] = [];
  for (const [at, size] of sizes.entries()) {
    let left = Math.min(attacked[at] ?? 0, counts[at] ?? 0);
    const ordinary = (counts[at] ?? 0) - left;
    for (let n = 0; n < ordinary; n++) rounds.push(drawOrdinary(diceOf(seed, size, n), `${size}/${n}`, size, n));
    for (let n = 0; left > 0; n++) {
      const round = drawController(diceOf(seed, "controller", size, n), `c${size}/${n}`, size, n, left);
      left -= round.sizes.length;
      rounds.push(round);
    }
  }
  return rounds;
}

function drawCut(dice: Dice): Cut {
  // the instants around sbatch matter most: half of the kills go there
  if (dice.chance(0.5)) return { kind: "intent", afterMs: dice.between(0, 30) };
  return { kind: "share", at: dice.between(0, 1.15) };
}

function drawOrdinary(dice: Dice, name: string, size: number, n: number): OrdinaryRound {
  const account = dice.chance(0.25) ? "bob" : "alice";
  const kills = n === 0 ? 0 : 1 + (dice.chance(0.4) ? 1 : 0) + (dice.chance(0.2) ? 1 : 0);
  const doubled = n > 0 && dice.chance(0.5);
  const tries: Try[] = [];
  for (let k = 0; k <= kills; k++) {
    const cut = k < kills ? drawCut(dice) : undefined;
    const second =
      doubled && (k === kills || dice.chance(0.5))
        ? { at: dice.between(0, 0.8), cut: dice.chance(0.5) ? drawCut(dice) : undefined }
        : undefined;
    tries.push({ cut, second });
  }
  const watchKilledMs = dice.chance(0.12) ? dice.between(0, 3_000) : undefined;
  return { kind: "ordinary", name, size, account, tries, watchKilledMs, again: dice.chance(0.15) };
}

function drawController(dice: Dice, name: string, size: number, n: number, left: number): ControllerRound {
  const together = size === 1 ? Math.min(left, 2) : 1;
  const saved = n % 2 === 1;
  return {
    kind: "controller",
    name,
    sizes: Array.from({ length: together }, () => size),
    account: dice.chance(0.25) ? "bob" : "alice",
    cpus: size === 7 && dice.chance(0.7) ? 8 : 1,
    saved,
    halfway: !saved && dice.chance(0.35) ? { kind: "intent", afterMs: dice.between(8, 40) } : undefined,
    killedMs: dice.chance(0.5) ? dice.between(0, 60) : dice.between(0, 900),
    downMs: dice.between(0, 1_500),
    killsWatch: dice.chance(0.3),
    whileDown: dice.chance(0.25),
    afterwards: dice.chance(0.5),
    stranger: dice.chance(0.25),
  };
}
