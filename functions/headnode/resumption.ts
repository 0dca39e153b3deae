// Submissions that were cut short, brought to an end by the watch: tried again later and later.
import type { Settings } from "./config.ts";
import type { Log } from "./log.ts";
import { resumeGroup, type SubmitContext } from "./submit-group.ts";

const longestWaitMs = 600_000;

export class Resumption {
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #submit: SubmitContext;
  readonly #retryAt = new Map<string, { at: number; tries: number }>();

  constructor(submit: SubmitContext) {
    this.#settings = submit.settings;
    this.#log = submit.log;
    this.#submit = submit;
  }

  /** Takes a group's submission up where it was left, unless it is too early for another try. */
  async resume(group: string): Promise<void> {
    const retry = this.#retryAt.get(group);
    if (retry !== undefined && Date.now() < retry.at) return;
    try {
      const outcome = await resumeGroup(this.#submit, group);
      if (outcome !== undefined && outcome.kind !== "later") {
        this.#retryAt.delete(group);
        return;
      }
      this.#log("later", { group, words: outcome?.words });
    } catch (error) {
      this.#log("resume-failed", { group, words: error instanceof Error ? error.message : String(error) });
    }
    const tries = (retry?.tries ?? 0) + 1;
    const base = (this.#settings.patience.retrySeconds ?? 5) * 1000;
    this.#retryAt.set(group, { at: Date.now() + Math.min(base * 2 ** (tries - 1), longestWaitMs), tries });
  }
}
