// The clock of a campaign: it stands still while too much waits, so that faults meet jobs on a slow machine too.
import { setTimeout as sleep } from "node:timers/promises";

const tickMs = 100;
/** It stands still at most so long at a stretch: what hangs must not hold the campaign up. */
const longestStopMs = 90_000;

export class CampaignClock {
  readonly #isCongested: () => boolean;
  #elapsedMs = 0;
  #stoppedMs = 0;
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(isCongested: () => boolean) {
    this.#isCongested = isCongested;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  #tick(): void {
    const now = performance.now();
    const passed = now - this.#last;
    this.#last = now;
    if (this.#isCongested() && this.#stoppedMs < longestStopMs) {
      this.#stoppedMs += passed;
      return;
    }
    this.#elapsedMs += passed;
    // each second of going earns as much standing again
    this.#stoppedMs = Math.max(0, this.#stoppedMs - passed);
  }

  /** Resolves when the clock shows so many milliseconds, or when the campaign is over. */
  async reaches(atMs: number, isOver: () => boolean): Promise<void> {
    while (this.#elapsedMs < atMs && !isOver()) await sleep(tickMs / 2);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
