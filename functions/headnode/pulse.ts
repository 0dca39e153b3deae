// The watch's sign of life, at most once a minute; nothing waits for it.
import type { Settings } from "./config.ts";
import { heartbeatOf } from "./describe.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { putHeartbeat } from "./receipts.ts";
import type { Slurm } from "./slurm.ts";

const everyMs = 60_000;

export class Pulse {
  readonly #context: { settings: Settings; slurm: Slurm; objects: Objects; log: Log };
  #at = 0;
  #beating: Promise<void> | undefined;

  constructor(context: { settings: Settings; slurm: Slurm; objects: Objects; log: Log }) {
    this.#context = context;
  }

  /** Gives it unless it was given within the minute. */
  beat(liveGroups: number): void {
    if (Date.now() - this.#at < everyMs || this.#beating !== undefined) return;
    this.#at = Date.now();
    const { settings, slurm, objects, log } = this.#context;
    this.#beating = heartbeatOf(settings, slurm, liveGroups, objects.now())
      .then((heartbeat) => putHeartbeat(settings, objects, heartbeat))
      .catch((error: Error) => log("heartbeat-failed", { words: error.message }))
      .finally(() => {
        this.#beating = undefined;
      });
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await this.#beating;
  }
}
