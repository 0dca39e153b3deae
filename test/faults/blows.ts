// Striking: what the plan does to the machine at its instants, and putting it right again as an administrator would.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Arena } from "./arena.ts";
import { cluster } from "./arena.ts";
import type { Weather } from "./call-deck.ts";
import type { CampaignClock } from "./campaign-clock.ts";
import type { Blow } from "./plan.ts";
import type { Tally } from "./tally.ts";
import { killWatches } from "./watches.ts";

/** When a daemon of Slurm was away, for the judge: what Slurm does then is no fault of Headgate. */
export type Outage = { what: "slurmctld" | "slurmd"; from: number; to: number };

export class Striker {
  readonly #arena: Arena;
  readonly #weather: Weather;
  readonly #tally: Tally;
  readonly #say: (line: string) => void;
  readonly outages: Outage[] = [];
  /** One at a time changes slurmctld. */
  #controller: Promise<void> = Promise.resolve();
  #under: Promise<void>[] = [];

  constructor(arena: Arena, weather: Weather, tally: Tally, say: (line: string) => void) {
    this.#arena = arena;
    this.#weather = weather;
    this.#tally = tally;
    this.#say = say;
  }

  /** Strikes at each instant of the plan; resolves when all is put right again. */
  async strike(blows: readonly Blow[], clock: CampaignClock, isOver: () => boolean): Promise<void> {
    for (const blow of blows) {
      await clock.reaches(blow.atMs, isOver);
      if (isOver()) break;
      this.#under.push(
        this.#one(blow, isOver).catch((cause: unknown) => this.#say(`${blow.kind}: ${String(cause).slice(0, 300)}`)),
      );
    }
    await Promise.all(this.#under);
  }

  async #one(blow: Blow, isOver: () => boolean): Promise<void> {
    const { cloud, slurm, bundle, fillSpool } = this.#arena;
    switch (blow.kind) {
      case "watch killed":
        return this.#killWatch();
      case "slurmctld restarted":
        return this.#inTurn(async () => {
          this.#tally.add(blow.kind);
          await this.#restart(blow.downMs);
        });
      case "slurmctld killed after an sbatch":
        return this.#inTurn(async () => {
          if (!(await this.#nextSbatch(isOver))) return;
          await sleep(blow.afterMs);
          this.#tally.add("slurmctld killed within 2 s of an sbatch");
          await this.#restart(blow.downMs);
        });
      case "slurmd killed": {
        const from = Date.now();
        slurm.killNode(blow.node);
        this.#tally.add(blow.downMs > 10_000 ? "slurmd killed, its node given up" : "slurmd killed, back at once");
        await sleep(blow.downMs);
        slurm.startNode(blow.node);
        this.outages.push({ what: "slurmd", from, to: Date.now() });
        return;
      }
      case "head node unreachable": {
        const target = cloud.target(cluster);
        this.#tally.add("head node unreachable (SSM and S3)");
        cloud.commands.offline(target, true);
        this.#weather.cutOff = true;
        await sleep(blow.forMs);
        this.#weather.cutOff = false;
        cloud.commands.offline(target, false);
        return;
      }
      case "spool's disk full":
        if (fillSpool === undefined) return;
        this.#tally.add(blow.kind);
        // what is removed meanwhile makes room: it is filled again and again
        for (const end = Date.now() + blow.forMs; Date.now() < end; await sleep(250)) fillSpool(true);
        fillSpool(false);
        return;
      case "clock skewed":
        this.#tally.add("clock of the head node skewed by five minutes");
        this.#weather.skew = blow.seconds;
        // a watch that begins now sees that clock too
        this.#killWatch();
        await sleep(blow.forMs);
        this.#weather.skew = 0;
        killWatches(bundle);
        return;
      case "service throttled":
        this.#tally.add(`storm of throttling: ${blow.service}`);
        this.#weather.throttled.add(blow.service);
        await sleep(blow.forMs);
        this.#weather.throttled.delete(blow.service);
    }
  }

  #killWatch(): void {
    const times = killWatches(this.#arena.bundle);
    if (times > 0) this.#tally.add("watch killed", times);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#controller.then(work);
    this.#controller = mine.catch(() => {});
    return mine;
  }

  async #restart(downMs: number): Promise<void> {
    const { slurm } = this.#arena;
    const from = Date.now();
    slurm.killController();
    await sleep(downMs);
    for (let tries = 0; ; tries++) {
      try {
        await slurm.startController();
        break;
      } catch (cause) {
        if (tries === 3) throw cause;
      }
    }
    this.outages.push({ what: "slurmctld", from, to: Date.now() });
  }

  /** Waits until the head node's own log tells of a submission that it did not tell of before. */
  async #nextSbatch(isOver: () => boolean): Promise<boolean> {
    const log = join(this.#arena.spool, "log");
    const count = () => (existsSync(log) ? readFileSync(log, "utf8").split("] submitted ").length : 0);
    const before = count();
    for (const end = Date.now() + 20_000; Date.now() < end && !isOver(); await sleep(40))
      if (count() > before) return true;
    return false;
  }

  /**
   * What an administrator does: a node that slurmctld drains, since an id was given out twice, is put to work again.
   * Resolves to the number of nodes.
   */
  async tendNodes(): Promise<number> {
    const answer = await this.#arena.slurmProgram("sinfo", "-h", "-N", "-t", "drain,drained,draining", "-o", "%N");
    const drained = [...new Set(answer.stdout.split("\n").filter((name) => name !== ""))];
    for (const name of drained)
      await this.#arena.slurmProgram("scontrol", "update", `nodename=${name}`, "state=resume");
    return drained.length;
  }
}
