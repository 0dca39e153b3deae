// One member of a group that lives: what its records say, since when what is so, and what is judged of it.
import type { MemberState } from "../../shared/headnode/receipt.ts";
import type { EndRecord, SourcedRow } from "../../shared/slurm/evidence.ts";
import { meanings } from "../../shared/slurm/job-state.ts";
import { nodeName } from "../../shared/slurm/sinfo.ts";
import type { LastWords } from "./account/last-words.ts";

type Claim = { name: string; start: string; beganAtMs: number; node: string | undefined };

const claimLine = /^(headgate-[0-9A-Z]{26}-[0-9a-f]{20}) (\d{1,12}) (\S{1,100}) (\d{1,12})(?: (\S{1,64}))?$/;
const endLine = /^(\S{1,100}) (\d{1,3}) (\d{1,12}) (\d{1,12})$/;
const isoOf = (seconds: string) => new Date(Number(seconds) * 1000).toISOString();

export class MemberSight {
  readonly index: number;
  #state: MemberState;
  #ended = false;
  #claim: Claim | undefined;
  #words: LastWords | undefined;
  #endedSince: number | undefined;
  #deniedSince: number | undefined;
  #stoppedSince: number | undefined;
  /** By start; the one whose start holds the claim counts. */
  readonly #ends = new Map<string, EndRecord>();

  constructor(member: { index: number; job: string; attempt: number }) {
    const { index, job, attempt } = member;
    this.index = index;
    this.#state = { index, job, attempt, state: "queued", source: "sbatch" };
  }

  get state(): MemberState {
    return this.#state;
  }

  /** The final state is judged. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the start that holds the claim wrote as it began. */
  get claim(): Claim | undefined {
    return this.#claim;
  }

  /** What it said last; undefined as long as that was not read. */
  get words(): LastWords | undefined {
    return this.#words;
  }

  /** Takes what was judged of it, in this watch or in one before; nothing is judged anew of what has ended. */
  become(state: MemberState, { ended }: { ended: boolean }): void {
    this.#state = state;
    this.#ended = ended;
  }

  /** Takes what it said last, which may be nothing. */
  heard(words: LastWords): void {
    this.#words = words;
  }

  /** The end record of the start that holds the claim. */
  get end(): EndRecord | undefined {
    return this.claim === undefined ? undefined : this.#ends.get(this.claim.start);
  }

  /** Takes what a start of this group wrote as it began. */
  readClaim(text: string, group: string): void {
    // of any generation: the next one's may be heard of before it is known here
    const [, name, , start, began, node = ""] = claimLine.exec(text) ?? [];
    if (start === undefined || !name?.startsWith(`headgate-${group}-`)) return;
    const beganAtMs = Number(began) * 1000;
    this.#claim = { name, start, beganAtMs, node: nodeName.test(node) ? node : undefined };
  }

  /** Takes what a start wrote as its work ended. Returns whether that is news. */
  readEnd(text: string): boolean {
    const [, start, code, began, ended] = endLine.exec(text) ?? [];
    if (start === undefined || began === undefined || ended === undefined) return false;
    this.#ends.set(start, { code: Number(code), startedAt: isoOf(began), endedAt: isoOf(ended) });
    return !this.#ended;
  }

  /** Takes one round's look: Slurm's row or every record's denial, and whether its node is known to have stopped it. */
  look(
    row: SourcedRow | undefined,
    { denied, stopped, now }: { denied: boolean; stopped: boolean; now: number },
  ): void {
    const isEnd = row !== undefined && meanings[row.state].phase === "ended";
    this.#endedSince = isEnd ? (this.#endedSince ?? now) : undefined;
    if (row !== undefined) this.#deniedSince = undefined;
    else if (denied) this.#deniedSince ??= now;
    this.#stoppedSince = stopped ? (this.#stoppedSince ?? now) : undefined;
  }

  /** It is submitted again: what denied it was of the submission before. */
  forgetDenial(): void {
    this.#deniedSince = undefined;
  }

  endedForMs(now: number): number {
    return now - (this.#endedSince ?? now);
  }

  deniedForMs(now: number): number {
    return now - (this.#deniedSince ?? now);
  }

  stoppedForMs(now: number): number {
    return now - (this.#stoppedSince ?? now);
  }

  /** Whether it began under another name than this: as a job that Slurm forgot. */
  isOrphan(name: string): boolean {
    return this.claim !== undefined && this.claim.name !== name;
  }

  /** Whether a start that Slurm forgot has time left by the limit, in minutes, that it was submitted with. */
  mayStillRun(wallMinutes: number | undefined, now: number): boolean {
    return (
      this.claim !== undefined && wallMinutes !== undefined && now < this.claim.beganAtMs + (wallMinutes + 1) * 60_000
    );
  }
}
