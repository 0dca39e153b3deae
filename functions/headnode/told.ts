// What the cloud was last told of a group's members, and what of their states is news to it.
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isFinal } from "../../shared/contract/job.ts";
import type { MemberState } from "../../shared/headnode/receipt.ts";
import { writeDurably } from "./durable-file.ts";
import { readRecord, Told } from "./spool.ts";

/** The members as last told; undefined where nothing was. */
export const toldBefore = (folder: string): MemberState[] | undefined => readRecord(folder, "told", Told)?.members;

/** Keeps what was told, after S3 has taken it. */
export function rememberTold(folder: string, members: readonly MemberState[]): void {
  writeDurably(join(folder, "told"), JSON.stringify({ members }));
}

export class ToldStates {
  readonly #folder: string;
  #members: Map<number, MemberState>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#members = byIndex(toldBefore(folder) ?? []);
  }

  get members(): MemberState[] {
    return [...this.#members.values()];
  }

  /** Of these states the ones that the cloud does not have; a final one that it has is never followed by another. */
  news(states: readonly MemberState[]): MemberState[] {
    return this.#open(states).filter((state) => {
      const before = this.#members.get(state.index);
      return before === undefined || !sameNews(before, state);
    });
  }

  /** Keeps that these were told. */
  wasTold(states: readonly MemberState[]): void {
    this.#remember(this.#open(states));
  }

  /** Keeps that these ends were told by their slice's receipt. */
  endsWereTold(states: readonly MemberState[]): void {
    this.#remember(states);
  }

  #open(states: readonly MemberState[]): MemberState[] {
    return states.filter(({ index }) => {
      const before = this.#members.get(index);
      return before === undefined || !isFinal(before.state);
    });
  }

  #remember(states: readonly MemberState[]): void {
    this.#members = byIndex([...this.#members.values(), ...states]);
    rememberTold(
      this.#folder,
      this.members.sort((a, b) => a.index - b.index),
    );
  }
}

const byIndex = (states: readonly MemberState[]) => new Map(states.map((state) => [state.index, state]));

/** The same to the cloud: the witness may change without a word. */
const sameNews = (a: MemberState, b: MemberState): boolean =>
  isDeepStrictEqual({ ...a, source: "" }, { ...b, source: "" });
