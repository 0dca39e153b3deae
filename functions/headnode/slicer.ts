// Ended members become slices: at once where all have ended, otherwise when a few intervals' worth have gathered.
import type { Collector } from "./collector.ts";
import type { LiveGroup } from "./live-group.ts";

export class Slicer {
  readonly #collector: Collector;
  readonly #gatherMs: number;
  readonly #gatherSince = new Map<LiveGroup, number>();

  constructor(collector: Collector, watchSeconds: number) {
    this.#collector = collector;
    this.#gatherMs = 2_000 * watchSeconds;
  }

  /** Cuts what is ripe. */
  cut(group: LiveGroup): void {
    if (group.unsliced === 0) {
      this.#gatherSince.delete(group);
      return;
    }
    const since = this.#gatherSince.get(group) ?? Date.now();
    this.#gatherSince.set(group, since);
    if (!group.waits || Date.now() - since >= this.#gatherMs) this.cutAll(group);
  }

  /** Cuts all that has ended, now. */
  cutAll(group: LiveGroup): void {
    this.#gatherSince.delete(group);
    for (let slice = group.cutSlice(); slice !== undefined; slice = group.cutSlice()) this.#collector.add(group, slice);
  }
}
