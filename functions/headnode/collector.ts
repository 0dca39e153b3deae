// Slices on their way to S3: at most two at once, the smallest first, each tried again until it has its receipt.

import type { AccountProcess } from "./account-process.ts";
import { type CollectCase, type CollectContext, collectSlice, measureSlice } from "./collect-slice.ts";
import type { Settings } from "./config.ts";
import type { LiveGroup } from "./live-group.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import type { Slice } from "./slices.ts";
import type { Plan } from "./spool.ts";

export type CollectorContext = {
  settings: Settings;
  objects: Objects;
  log: Log;
  account(plan: Plan): AccountProcess;
  /** A slice has its receipt. */
  onSent(): void;
};

const atOnce = 2;
const longestWaitMs = 30 * 60_000;

type Job = { group: LiveGroup; slice: Slice; one: CollectCase; tries: number };
type Ready = Job & { measured: Awaited<ReturnType<typeof measureSlice>> };

export class Collector {
  readonly #context: CollectorContext;
  readonly #ready: Ready[] = [];
  #running = 0;

  constructor(context: CollectorContext) {
    this.#context = context;
  }

  /** Takes a slice on; its group hears when the receipt is written. */
  add(group: LiveGroup, slice: Slice): void {
    const { folder, plan, staged, submitted } = group;
    const one: CollectCase = { folder, plan, staged, submitted, slice, strikes: new Map() };
    void this.#measure({ group, slice, one, tries: 0 });
  }

  #collectContext(plan: Plan): CollectContext {
    const { settings, objects, log, account } = this.#context;
    return { settings, objects, log, account: () => account(plan) };
  }

  async #measure(job: Job): Promise<void> {
    try {
      const measured = await measureSlice(this.#collectContext(job.one.plan), job.one);
      this.#ready.push({ ...job, measured });
      this.#ready.sort((a, b) => a.measured.bytes - b.measured.bytes);
      this.#pump();
    } catch (error) {
      this.#later(job, error);
    }
  }

  #pump(): void {
    while (this.#running < atOnce) {
      const next = this.#ready.shift();
      if (next === undefined) return;
      this.#running += 1;
      void this.#collect(next).finally(() => {
        this.#running -= 1;
        this.#pump();
      });
    }
  }

  async #collect(job: Ready): Promise<void> {
    try {
      await collectSlice(this.#collectContext(job.one.plan), job.one, job.measured.measured);
      job.group.sliceSent(job.slice);
      this.#context.log("collected", { group: job.group.id, slice: job.slice.slice, bytes: job.measured.bytes });
      this.#context.onSent();
    } catch (error) {
      this.#later(job, error);
    }
  }

  #later(job: Job, error: unknown): void {
    const { log, settings } = this.#context;
    const words = error instanceof Error ? error.message : String(error);
    log("collect-failed", { group: job.group.id, slice: job.slice.slice, tries: job.tries + 1, words });
    const base = (settings.patience.retrySeconds ?? 5) * 1000;
    const wait = Math.min(base * 2 ** job.tries, longestWaitMs);
    const { group, slice, one, tries } = job;
    setTimeout(() => void this.#measure({ group, slice, one, tries: tries + 1 }), wait).unref();
  }
}
