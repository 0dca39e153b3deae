// How long folders stay on the cluster: at the watch's start and end and once an hour what is due is removed, beside its other work.
import { statSync } from "node:fs";
import { setImmediate as breathe } from "node:timers/promises";
import { AccountPool } from "./account-pool.ts";
import type { Settings } from "./config.ts";
import type { Log } from "./log.ts";
import { hasUnwanted, readRemoved } from "./removal.ts";
import { type RemoveContext, removeGroup } from "./remove-group.ts";
import type { Spool } from "./spool.ts";

const dayMs = 24 * 3_600_000;

export class Retention {
  readonly #context: { settings: Settings; spool: Spool; log: Log };
  readonly #everyMs: number;
  #begunAt: number | undefined;
  #atWork = false;
  #stopped = false;
  /** Something has ended since the last run began. */
  #news = false;

  constructor(context: { settings: Settings; spool: Spool; log: Log }) {
    this.#context = context;
    this.#everyMs = (context.settings.patience.retentionSeconds ?? 3_600) * 1000;
  }

  /** A group has come to its end. */
  noteEnd(): void {
    this.#news = true;
  }

  /** Runs at first, and where groups live each hour; nothing waits for it. */
  runWhereDue(lives: boolean): void {
    if (this.#begunAt === undefined || (lives && Date.now() - this.#begunAt >= this.#everyMs)) this.#start();
  }

  /** Runs once more for what has ended since; whether there is nothing left to wait for. */
  finish(): boolean {
    if (!this.#atWork && this.#news) this.#start();
    return !this.#atWork;
  }

  stop(): void {
    this.#stopped = true;
  }

  #start(): void {
    if (this.#atWork || this.#stopped) return;
    this.#atWork = true;
    this.#begunAt = Date.now();
    this.#news = false;
    void this.#run()
      .catch((error: Error) => this.#context.log("retention-failed", { words: error.message }))
      .finally(() => {
        this.#atWork = false;
      });
  }

  async #run(): Promise<void> {
    const { settings, spool, log } = this.#context;
    const accounts = new AccountPool(settings);
    const remove: RemoveContext = {
      ...{ settings, spool, log },
      account: (identity) => accounts.as(identity),
      isOver: () => this.#stopped,
    };
    const folders = [
      ...spool.doneGroups().map((group) => ({ group, folder: spool.done(group) })),
      ...spool.liveGroups().map((group) => ({ group, folder: spool.live(group) })),
    ];
    try {
      for (const { group, folder } of folders) {
        if (this.#stopped) return;
        await breathe();
        if (!this.#mayBeDue(folder)) continue;
        await removeGroup(remove, group, { waitSeconds: 0 }).catch((error: Error) =>
          log("folder-kept", { group, words: error.message }),
        );
      }
    } finally {
      accounts.close();
    }
  }

  /** Without reading more than a little of each group: there may be thousands. */
  #mayBeDue(folder: string): boolean {
    const { keepDays, keepUncollectedDays } = this.#context.settings;
    try {
      const made = statSync(`${folder}/plan`, { throwIfNoEntry: false })?.mtimeMs;
      if (made === undefined || readRemoved(folder).all) return false;
      return hasUnwanted(folder) || made + Math.min(keepDays, keepUncollectedDays) * dayMs <= Date.now();
    } catch {
      return false; // it has moved meanwhile
    }
  }
}
