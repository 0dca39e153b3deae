// Which ended members of a group lie in a slice, and which slices the cloud has been told of.
import type { MemberState } from "../../shared/headnode/receipt.ts";
import { fixSlice, readSlices, type Slice, sliceMembers } from "./slices.ts";

export class SlicedMembers {
  readonly #folder: string;
  readonly #members = new Set<number>();
  readonly #unsent = new Set<number>();
  #next = 0;

  /** Takes up what was fixed in the spool before; `each` is called for every state in it. */
  constructor(folder: string, each: (state: MemberState) => void) {
    this.#folder = folder;
    for (const { slice, sent } of readSlices(folder)) {
      this.#next = Math.max(this.#next, slice.slice + 1);
      if (!sent) this.#unsent.add(slice.slice);
      for (const state of slice.states) {
        this.#members.add(state.index);
        each(state);
      }
    }
  }

  get count(): number {
    return this.#members.size;
  }

  get areTold(): boolean {
    return this.#unsent.size === 0;
  }

  has(index: number): boolean {
    return this.#members.has(index);
  }

  /** Fixes the next slice of these ended members in the spool; undefined where there are none. */
  cut(ended: readonly MemberState[]): Slice | undefined {
    const states = ended.slice(0, sliceMembers);
    if (states.length === 0) return undefined;
    const slice: Slice = { slice: this.#next, states };
    fixSlice(this.#folder, slice);
    this.#next += 1;
    this.#unsent.add(slice.slice);
    for (const state of states) this.#members.add(state.index);
    return slice;
  }

  /** The cloud has its receipt. */
  told(slice: Slice): void {
    this.#unsent.delete(slice.slice);
  }
}
