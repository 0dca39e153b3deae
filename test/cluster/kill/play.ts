// Playing rounds: batches made, delivered, killed, delivered again.
import { setTimeout as delay } from "node:timers/promises";
import { ulid } from "ulid";
import type { Group } from "../../../shared/headnode/batch.ts";
import { type Dice, diceOf } from "../../faults/dice.ts";
import { killWatches } from "../../faults/watches.ts";
import { type Arena, cluster } from "./arena.ts";
import { type Delivered, deliver } from "./delivery.ts";
import { memberScript } from "./ledger.ts";
import type { ControllerRound, OrdinaryRound, Try } from "./rounds.ts";

/** A group that was asked for. */
export type Played = { group: string; batch: string; size: number; account: string; attacked: boolean; name: string };

type Tally = {
  deliveries: number;
  killed: number;
  watchKills: number;
  controllerKills: number;
  /** Deliveries that answered "later". */
  later: number;
  /** The time-out of the harness, a refusal, a crash: never expected. */
  faults: string[];
};

const deliveriesAtMost = 40;

export class Play {
  readonly arena: Arena;
  readonly groups: Played[] = [];
  readonly tally: Tally = { deliveries: 0, killed: 0, watchKills: 0, controllerKills: 0, later: 0, faults: [] };
  readonly #seed: number;
  /** Times of undisturbed runs, for each size the last ones (milliseconds). */
  readonly #usual = new Map<number, number[]>();

  constructor(arena: Arena, seed: number) {
    this.arena = arena;
    this.#seed = seed;
  }

  /** How long a whole run takes at present (milliseconds). */
  usualMs(size: number): number {
    const times = (this.#usual.get(size) ?? []).toSorted((a, b) => a - b);
    return times[Math.floor(times.length / 2)] ?? (size > 100 ? 3_000 : 700);
  }

  /** One group, delivered under kills until it is accepted. */
  async ordinary(round: OrdinaryRound): Promise<void> {
    const played = await this.#ask(round.name, round.size, round.account, {
      attacked: false,
      nap: (dice) => dice.between(0, round.size > 100 ? 0.1 : 0.6),
      cpus: 1,
    });
    if (round.watchKilledMs !== undefined) void delay(round.watchKilledMs).then(() => this.#killWatch());
    let accepted = false;
    for (const one of round.tries) accepted = (await this.#try(played, one)) || accepted;
    if (!accepted) await this.#deliverUntilAccepted(played);
    if (round.again && (await this.ended(played, 60_000))) await this.#deliverUntilAccepted(played);
  }

  /** Groups that begin and lose slurmctld just then. */
  async controller(round: ControllerRound): Promise<void> {
    const { arena } = this;
    const [size = 1] = round.sizes;
    const { cpus } = round;
    const nap = (dice: Dice) => (size > 100 ? dice.between(0.1, 0.6) : dice.between(0.4, 3));
    if (round.saved) await arena.drain(true);
    const groups = await Promise.all(
      round.sizes.map((one, n) => this.#ask(`${round.name}.${n}`, one, round.account, { attacked: true, nap, cpus })),
    );
    const { halfway } = round;
    if (halfway !== undefined)
      await Promise.all(groups.map((played) => this.#try(played, { cut: halfway, second: undefined })));
    else await Promise.all(groups.map((played) => this.#deliverUntilAccepted(played)));
    if (round.saved) {
      // slurmctld saves its jobs within some seconds; only then does it know them after a kill
      const asked = Date.now();
      await this.#until(() => arena.savedAt() > asked + 50, 15_000);
      await arena.drain(false);
    }
    const begun = () => {
      arena.ledger.look();
      return groups.every((played) => arena.ledger.lines(played.group) > 0);
    };
    const seen = await this.#until(begun, halfway === undefined ? 40_000 : 3_000, 5);
    if (!seen && halfway === undefined) this.tally.faults.push(`${round.name}: not all groups began within 40 s`);
    await delay(round.killedMs);
    const nextId = arena.nextId();
    await Promise.race([nextId, delay(200)]);
    arena.slurm.killController();
    this.tally.controllerKills += 1;
    if (round.killsWatch) this.#killWatch();
    const down = round.whileDown ? groups.map((played) => this.#deliverUntilAccepted(played)) : [];
    await delay(round.downMs);
    await arena.slurm.startController();
    if (round.saved) await arena.drain(false); // the drain may have come back with the saved state
    const strangers = round.stranger
      ? [await this.#ask(`${round.name}.stranger`, 1, round.account, { attacked: true, nap, cpus: 1 })]
      : [];
    await Promise.all([...down, ...strangers.map((played) => this.#deliverUntilAccepted(played))]);
    if (round.afterwards || halfway !== undefined)
      await Promise.all(groups.map((played) => this.#deliverUntilAccepted(played)));
    else if (round.killsWatch) await this.reconcile();
    // an administrator looks after nodes that slurmctld drains because of an id that it gave out twice
    const administrator = setInterval(() => void arena.drain(false), 2_000);
    // what takes longer goes on beside the next round
    for (const played of [...groups, ...strangers]) await this.ended(played, size > 100 ? 120_000 : 30_000, true);
    clearInterval(administrator);
    await arena.drain(false);
    await arena.burnIds((await nextId) + 1);
  }

  /** Waits until results of every member were told. */
  async ended(played: Played, withinMs: number, reconciles = false): Promise<boolean> {
    let at = Date.now() + 5_000;
    return this.#until(
      async () => {
        await this.arena.words.settle();
        if (this.arena.words.named(played.group) >= played.size) return true;
        if (reconciles && Date.now() > at) {
          at = Date.now() + 10_000;
          void this.reconcile();
        }
        return false;
      },
      withinMs,
      200,
    );
  }

  /** Groups whose results are not all told. */
  outstanding(): Played[] {
    return this.groups.filter((played) => this.arena.words.named(played.group) < played.size);
  }

  /** What a cloud does for a silent cluster: asks for a report, which starts the watch. */
  async reconcile(): Promise<void> {
    const groups = this.outstanding().map((played) => played.group);
    if (groups.length === 0) return;
    const batch = ulid();
    await this.arena.put({ version: 1, batch, cluster, notAfter: soon(), verb: "report", groups });
    const done = await deliver(this.arena.target, batch, { usualMs: 1_000 });
    if (done.code !== 0) this.#fault("report", done);
  }

  async #ask(
    name: string,
    size: number,
    account: string,
    o: { attacked: boolean; nap: (dice: Dice) => number; cpus: number },
  ): Promise<Played> {
    const dice = diceOf(this.#seed, "group", name);
    const now = Date.now();
    const [group, batch] = [ulid(now, dice.share), ulid(now, dice.share)];
    const played = { group, batch, size, account, attacked: o.attacked, name };
    const members = Array.from({ length: size }, (_, index) => ({
      index,
      job: ulid(now, dice.share),
      attempt: 1,
      inputs: [],
      files: { self: `${group} ${index} 1 ${o.nap(dice).toFixed(3)}\n` },
    }));
    const asked: Group = {
      group,
      account,
      application: { id: "script", version: "1" },
      resources: { tasks: 1, cpusPerTask: o.cpus, memoryMb: 50, wallMinutes: 10 },
      script: memberScript(this.arena.ledgerFile),
      members,
      limits: { bytes: 1_000_000, files: 100 },
    };
    await this.arena.put({ version: 1, batch, cluster, notAfter: soon(), verb: "submit", groups: [asked] });
    this.groups.push(played);
    return played;
  }

  /** One try of a round; true where some delivery of it was accepted. */
  async #try(played: Played, one: Try): Promise<boolean> {
    const usualMs = this.usualMs(played.size);
    const { second } = one;
    const deliveries = [this.#deliver(played, one.cut, usualMs)];
    if (second !== undefined)
      deliveries.push(delay(second.at * usualMs).then(() => this.#deliver(played, second.cut, usualMs)));
    const done = await Promise.all(deliveries);
    const [first] = done;
    if (one.cut === undefined && second === undefined && first?.code === 0) this.#learn(played.size, first.ms);
    return done.some((delivery) => delivery.code === 0);
  }

  async #deliver(played: Played, cut: Try["cut"], usualMs: number): Promise<Delivered> {
    const done = await deliver(this.arena.target, played.batch, { group: played.group, cut, usualMs });
    this.tally.deliveries += 1;
    if (done.code === null && !done.hung) this.tally.killed += 1;
    else if (done.code === 1 && / 1 later\n/.test(done.stdout)) this.tally.later += 1;
    else if (done.code !== 0 || done.hung) this.#fault(played.name, done);
    return done;
  }

  #fault(name: string, done: Delivered): void {
    const how = done.hung ? "hung" : `ended with ${done.code}`;
    this.tally.faults.push(`${name}: a delivery ${how}: ${`${done.stdout} ${done.stderr}`.trim().slice(0, 300)}`);
  }

  async #deliverUntilAccepted(played: Played): Promise<void> {
    for (let n = 0; n < deliveriesAtMost; n++) {
      const begun = performance.now();
      const done = await this.#deliver(played, undefined, 1_000);
      if (done.code === 0) return this.#learn(played.size, performance.now() - begun);
      await delay(Math.min(250 * 2 ** n, 3_000));
    }
    this.tally.faults.push(`${played.name}: not accepted in ${deliveriesAtMost} deliveries`);
  }

  #learn(size: number, ms: number): void {
    const times = this.#usual.get(size) ?? [];
    this.#usual.set(size, [...times, ms].slice(-15));
  }

  #killWatch(): void {
    this.tally.watchKills += killWatches(this.arena.target.bundle);
  }

  async #until(isSo: () => boolean | Promise<boolean>, withinMs: number, everyMs = 20): Promise<boolean> {
    const end = Date.now() + withinMs;
    for (;;) {
      if (await isSo()) return true;
      if (Date.now() > end) return false;
      await delay(everyMs);
    }
  }
}

const soon = () => new Date(Date.now() + 3_600_000).toISOString();
