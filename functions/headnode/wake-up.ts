// When the watch looks: at its interval, and sooner when a member's end record has come, but never in a rush.

/** So many early looks are free; afterwards one a second. */
const burst = 6;
const refillMs = 1_000;
/** Slurm's own word follows the end of the script after some 40 ms. */
const soonMs = 35;

export class WakeUp {
  readonly #intervalMs: number;
  #tokens = burst;
  #filledAt = Date.now();
  #wake: (() => void) | undefined;
  #wanted = false;
  #immediately = false;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** An early look is wanted, as soon as they are not too many. */
  soon(): void {
    this.#wanted = true;
    this.#wake?.();
  }

  /** Something of our own is done: the next round costs Slurm nothing. */
  now(): void {
    this.#immediately = true;
    this.#wake?.();
  }

  /** Waits for the interval, or less. `awaited`: an end was recorded that Slurm has not confirmed. */
  async wait(awaited: boolean, mostMs = this.#intervalMs): Promise<void> {
    if (awaited) this.#wanted = true;
    const until = Date.now() + Math.min(mostMs, this.#intervalMs);
    for (;;) {
      if (this.#immediately) break;
      this.#fill();
      const left = until - Date.now();
      if (left <= 0) break;
      if (this.#wanted && this.#tokens >= 1) {
        this.#tokens -= 1;
        await this.#sleep(Math.min(left, soonMs * (burst - this.#tokens)));
        break;
      }
      await this.#sleep(this.#wanted ? Math.min(left, refillMs) : left);
    }
    this.#wanted = false;
    this.#immediately = false;
  }

  #fill(): void {
    const now = Date.now();
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#filledAt) / refillMs);
    this.#filledAt = now;
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!this.#immediately && this.#wanted && this.#tokens < 1) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
