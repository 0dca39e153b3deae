// scancel for members that a person took back and that Slurm still has: at first sight, then less and less often.

import type { SourcedRow } from "../../shared/slurm/evidence.ts";
import { meanings } from "../../shared/slurm/job-state.ts";
import { identityOf } from "./account-rule.ts";
import type { LiveGroup } from "./live-group.ts";
import type { Log } from "./log.ts";
import type { Slurm } from "./slurm.ts";

/** What has no row is nothing that scancel could end. */
const phaseOf = (row: SourcedRow | undefined) => (row === undefined ? "ended" : meanings[row.state].phase);

const firstWaitMs = 15_000;
const longestWaitMs = 600_000;

/** Remembers what it asked of Slurm; a watch that begins anew asks once more, which does no harm. */
export class TakeBack {
  readonly #slurm: Pick<Slurm, "scancel">;
  readonly #log: Log;
  readonly #asked = new Map<string, { indices: Set<number>; at: number; times: number }>();

  constructor(slurm: Pick<Slurm, "scancel">, log: Log) {
    this.#slurm = slurm;
    this.#log = log;
  }

  /**
   * `rows` are what squeue has just said of each group's own name and uid: no id is believed that was not seen in them.
   * What waits goes first: it would start in the place of what is ended before it.
   */
  async heed(groups: ReadonlyMap<LiveGroup, ReadonlyMap<number, SourcedRow>>, now: number): Promise<void> {
    const wanted = [...groups].map(([group, rows]) => {
      group.readTombstone();
      const phases = group.takenBack().map((index) => ({ index, phase: phaseOf(rows.get(index)) }));
      const alive = phases.filter(({ phase }) => phase !== "ended");
      return { group, alive: alive.map(({ index }) => index), runs: alive.some(({ phase }) => phase === "running") };
    });
    for (const { group, alive } of wanted.sort((a, b) => Number(a.runs) - Number(b.runs)))
      if (alive.length > 0) await this.#ask(group, alive, now);
  }

  async #ask(group: LiveGroup, alive: readonly number[], now: number): Promise<void> {
    const before = this.#asked.get(group.id);
    const wait = Math.min(firstWaitMs * 2 ** ((before?.times ?? 1) - 1), longestWaitMs);
    if (before && alive.every((index) => before.indices.has(index)) && now - before.at < wait) return;
    const times = (before?.times ?? 0) + 1;
    this.#asked.set(group.id, { indices: new Set([...(before?.indices ?? []), ...alive]), at: now, times });
    const { plan, intent, submitted } = group;
    const identity = identityOf(plan);
    const which = group.isTakenBackWhole ? { name: intent.name } : { indices: alive };
    const answer = await this.#slurm.scancel(identity, { id: submitted.id, ...which });
    this.#log("taken-back", { group: group.id, members: alive.length, words: answer.ok ? undefined : answer.words });
  }

  forget(group: string): void {
    this.#asked.delete(group);
  }
}
