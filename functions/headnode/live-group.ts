// One group that lives, as the watch sees it: what its records say, what Slurm says, what follows, what was told.
import type { MemberState } from "../../shared/headnode/receipt.ts";
import {
  isCutShort,
  isStopCode,
  isTurnedAway,
  judge,
  type Patience,
  type SourcedRow,
} from "../../shared/slurm/evidence.ts";
import { meanings } from "../../shared/slurm/job-state.ts";
import type { LastWords } from "./account/last-words.ts";
import { MemberSight } from "./member-sight.ts";
import { missingMembers } from "./refusal.ts";
import { SlicedMembers } from "./sliced-members.ts";
import { readSlices, type Slice } from "./slices.ts";
import type { Intent, Plan, Staged, Submitted } from "./spool.ts";
import { ToldStates } from "./told.ts";
import { readTombstone, type Tombstone, takenBackAt } from "./tombstone.ts";

/** A member that began on a node, and that Slurm does not know. */
export type Stray = { index: number; node: string; beganAtMs: number };

/** What one round of asking found beside the rows. */
export type Round = {
  denied: boolean;
  /** A record was asked that outlives MinJobAge: what ended would be in it. */
  lasting: boolean;
  stopped: ReadonlySet<number>;
  /** When slurmctld was last started, and the slurmd of nodes; where that was asked. */
  controllerStartedAt: string | undefined;
  nodesStartedAt: ReadonlyMap<string, string>;
};

export type LiveGroupFiles = { folder: string; plan: Plan; staged: Staged; intent: Intent; submitted: Submitted };

export class LiveGroup {
  readonly folder: string;
  readonly plan: Plan;
  readonly staged: Staged;
  intent: Intent;
  submitted: Submitted;
  /** How often every record denied members that had not begun. */
  denials = 0;
  /** slurmctld forgot its job: it is to be submitted again. */
  forgotten = false;
  #tombstone: Tombstone | undefined;
  readonly #sights = new Map<number, MemberSight>();
  readonly #sliced: SlicedMembers;
  readonly #told: ToldStates;

  constructor(files: LiveGroupFiles) {
    this.folder = files.folder;
    this.plan = files.plan;
    this.staged = files.staged;
    this.intent = files.intent;
    this.submitted = files.submitted;
    for (const { index, job, attempt } of files.plan.members) {
      if (files.staged.missing[index] !== undefined) continue;
      this.#sights.set(index, new MemberSight({ index, job, attempt }));
    }
    this.#sliced = new SlicedMembers(files.folder, (state) =>
      this.#sights.get(state.index)?.become(state, { ended: true }),
    );
    this.readTombstone();
    this.#told = new ToldStates(files.folder);
    for (const state of this.#told.members) {
      const sight = this.#sights.get(state.index);
      // what was seen of a member before this watch began: "running" is not forgotten for a look that fails
      if (sight !== undefined && !sight.ended && state.state === "running") sight.become(state, { ended: false });
    }
  }

  get id(): string {
    return this.plan.group;
  }

  /** Whether Slurm still has to be asked about it. */
  get waits(): boolean {
    return [...this.#sights.values()].some((sight) => !sight.ended);
  }

  /** Whether everything is told and collected. */
  get finished(): boolean {
    return !this.waits && this.#sliced.count === this.#sights.size && this.#sliced.areTold;
  }

  /** Looks whether members were taken back meanwhile. */
  readTombstone(): void {
    this.#tombstone = readTombstone(this.folder);
  }

  /** Indices of the members that were taken back and have not ended. */
  takenBack(): number[] {
    return [...this.#sights.values()]
      .filter((sight) => !sight.ended && this.#isTakenBack(sight))
      .map(({ index }) => index);
  }

  /** Whether all that have not ended were taken back. */
  get isTakenBackWhole(): boolean {
    return [...this.#sights.values()].every((sight) => sight.ended || this.#isTakenBack(sight));
  }

  #isTakenBack({ index }: MemberSight): boolean {
    return takenBackAt(this.#tombstone, index) !== undefined;
  }

  /** Whether some member that is wanted has not begun and is in none of these rows. */
  hasUnknown(rows: ReadonlyMap<number, SourcedRow>): boolean {
    return [...this.#sights.values()].some(
      (sight) => !sight.ended && sight.claim === undefined && !rows.has(sight.index) && !this.#isTakenBack(sight),
    );
  }

  /** Whether what the records tell of some member is not judged yet: its end record may be late. */
  hasUnjudged(rows: ReadonlyMap<number, SourcedRow>): boolean {
    return [...this.#sights.values()].some((sight) => !sight.ended && rows.has(sight.index));
  }

  /** Takes on the submission that follows a forgotten one. */
  renew(intent: Intent, submitted: Submitted): void {
    this.intent = intent;
    this.submitted = submitted;
    this.forgotten = false;
    this.denials = 0;
    for (const sight of this.#sights.values()) sight.forgetDenial();
  }

  /** Slices that were fixed by an earlier watch and never came to their receipt. */
  unsentSlices(): Slice[] {
    return readSlices(this.folder).flatMap(({ slice, sent }) => (sent ? [] : [slice]));
  }

  /** Takes a record as the account's process read it. Returns whether a member has just ended its work. */
  record(name: string, text: string): boolean {
    const [number, kind] = name.split(".");
    const sight = this.#sights.get(Number(number));
    if (sight === undefined) return false;
    if (kind !== "claim") return sight.readEnd(text);
    sight.readClaim(text, this.id);
    return false;
  }

  /** Members that Slurm's row or silence leaves open: the lasting records are to be asked about them. */
  openMembers(rows: ReadonlyMap<number, SourcedRow>): number[] {
    return [...this.#sights.values()]
      .filter((sight) => !sight.ended && this.isOpen(sight.index, rows.get(sight.index)))
      .map((sight) => sight.index);
  }

  /** Whether squeue's row leaves open what became of a member: of an unasked cancellation the accounts may know the author. */
  isOpen(index: number, row: SourcedRow | undefined): boolean {
    if (isVague(row)) return true;
    return row?.source === "squeue" && isCutShort(row) && takenBackAt(this.#tombstone, index) === undefined;
  }

  /** Rows of this group by member: the id, the uid and (by the question's filter) the name are its own. */
  match(rows: readonly SourcedRow[]): Map<number, SourcedRow> {
    const found = new Map<number, SourcedRow>();
    const [only] = this.plan.members;
    let rest: SourcedRow | undefined;
    for (const row of rows) {
      if (row.id !== this.submitted.id || row.uid !== this.plan.uid) continue;
      const index = this.plan.array ? row.index : only?.index;
      if (index !== undefined && !found.has(index)) found.set(index, row);
      if (this.plan.array && row.index === undefined) rest = row;
    }
    // what of an array was cancelled while it waited is one row without an index: it is of all that have none of their own
    if (rest !== undefined) for (const member of this.#sights.keys()) if (!found.has(member)) found.set(member, rest);
    return found;
  }

  /** Members that are about to be judged to have failed, and whose own last words are not read yet. */
  awaitedWords(rows: ReadonlyMap<number, SourcedRow>, denied: boolean): number[] {
    const awaits = (sight: MemberSight): boolean => {
      if (sight.ended || sight.words !== undefined) return false;
      const row = rows.get(sight.index);
      const code = sight.end?.code ?? 0;
      if (row === undefined) return denied && code !== 0;
      const meaning = meanings[row.state];
      return meaning.phase === "ended" && (meaning.how === "failed" || code !== 0);
    };
    return [...this.#sights.values()].filter(awaits).map(({ index }) => index);
  }

  /** Of each member that Slurm cancelled and that nobody took back, the node where it began. */
  unaskedCancels(rows: ReadonlyMap<number, SourcedRow>): (string | undefined)[] {
    return [...this.#sights.values()]
      .filter((one) => !one.ended && rows.get(one.index)?.state === "CANCELLED" && !this.#isTakenBack(one))
      .map(({ claim }) => claim?.node);
  }

  /** Members that had begun, left no end but by SIGTERM or SIGKILL, and that no record of Slurm's knows under the name they began with. */
  astray(rows: ReadonlyMap<number, SourcedRow>): Stray[] {
    return [...this.#sights.values()].flatMap((sight) => {
      const { claim, end, index } = sight;
      if (sight.ended || claim?.node === undefined || (end !== undefined && !isStopCode(end.code))) return [];
      if (rows.has(index) && !this.#isOrphan(sight)) return [];
      return [{ index, node: claim.node, beganAtMs: claim.beganAtMs }];
    });
  }

  /** A start of a forgotten job: rows of the present one are of a second start, and tell nothing of the first. */
  #isOrphan(sight: MemberSight): boolean {
    return sight.isOrphan(this.intent.name);
  }

  /** Takes what members said last; of the others of these it is known that they said nothing. */
  heard(indices: readonly number[], words: ReadonlyMap<number, LastWords>): void {
    for (const index of indices) {
      this.#sights.get(index)?.heard(words.get(index) ?? {});
    }
  }

  /**
   * Judges every member that has not ended. `denied`: all records were asked and answered in this round. `stopped`: members
   * astray that their nodes have stopped.
   */
  judge(rows: ReadonlyMap<number, SourcedRow>, round: Round, limits: Patience, now: number): void {
    const isSwept = this.#sweeps(rows, round);
    const arrayKnown = round.lasting && this.#isArrayKnown(rows);
    for (const sight of this.#sights.values()) {
      if (sight.ended) continue;
      const row = rows.get(sight.index);
      sight.look(row, { denied: round.denied, stopped: round.stopped.has(sight.index), now });
      const { end } = sight;
      const stoppedForMs = sight.stoppedForMs(now);
      const isStopped = stoppedForMs >= limits.completedGraceMs;
      const orphan = this.#isOrphan(sight);
      const apart = orphan && (end !== undefined || isStopped);
      const facts = this.#factsOf(sight, round);
      const gone = row === undefined && facts.cancelledAt !== undefined;
      const mayRun = end === undefined && !isStopped && sight.mayStillRun(this.plan.resources.wallMinutes, now);
      if ((orphan || gone) && mayRun) continue;
      const verdict = judge(
        {
          ...facts,
          row: apart ? undefined : row,
          end,
          denied: orphan ? apart : round.denied && row === undefined,
          stoppedForMs,
          arrayKnown,
          swept: row !== undefined && isSwept(row),
          deniedForMs: sight.deniedForMs(now),
          endedForMs: sight.endedForMs(now),
          ...(sight.words?.memory === undefined ? {} : { memoryWords: sight.words.memory }),
        },
        limits,
      );
      if (verdict.kind === "unknown") continue;
      const { kind, ...found } = verdict;
      const { index, job, attempt } = sight.state;
      sight.become(quoting({ index, job, attempt, ...found }, sight.words), { ended: kind === "ended" });
    }
  }

  /** What is known of a member beside Slurm's row. */
  #factsOf({ index, claim }: MemberSight, { controllerStartedAt, nodesStartedAt }: Round) {
    const cancelledAt = takenBackAt(this.#tombstone, index);
    const nodeStartedAt = nodesStartedAt.get(claim?.node ?? "");
    return {
      claimed: claim !== undefined,
      ...(claim === undefined ? {} : { claimedAt: new Date(claim.beganAtMs).toISOString() }),
      ...(cancelledAt === undefined ? {} : { cancelledAt }),
      ...(this.submitted.refused === undefined ? {} : { refused: this.submitted.refused }),
      ...(controllerStartedAt === undefined ? {} : { controllerStartedAt }),
      ...(nodeStartedAt === undefined ? {} : { nodeStartedAt }),
    };
  }

  /** Whether squeue shows members of the array, none of them ended by Slurm without a wish: that takes others along. */
  #isArrayKnown(rows: ReadonlyMap<number, SourcedRow>): boolean {
    const isCut = ({ state, placed, index = -1 }: SourcedRow) =>
      state === "CANCELLED" && placed !== false && takenBackAt(this.#tombstone, index) === undefined;
    const known = [...rows.values()];
    return known.some(({ source }) => source === "squeue") && !known.some(isCut);
  }

  /** Tells which rows were cancelled with a member that a node turned away: Slurm then ends the whole array. */
  #sweeps(rows: ReadonlyMap<number, SourcedRow>, round: Round): (row: SourcedRow) => boolean {
    const cuts = [...this.#sights.values()].flatMap((sight) => {
      const row = rows.get(sight.index);
      const isCut = row !== undefined && isTurnedAway({ ...this.#factsOf(sight, round), end: sight.end }, row);
      return isCut ? [Date.parse(row.endedAt ?? "")] : [];
    });
    return ({ state, endedAt = "" }) =>
      state === "CANCELLED" && cuts.some((at) => Math.abs(Date.parse(endedAt) - at) <= 2_000);
  }

  /** Whether some member's work has ended by its own record, and Slurm has not said so yet. */
  get awaitsSlurm(): boolean {
    return [...this.#sights.values()].some((sight) => !sight.ended && sight.end !== undefined);
  }

  /** How many ended members lie in no slice yet. */
  get unsliced(): number {
    return this.#endedUnsliced().length;
  }

  #endedUnsliced(): MemberState[] {
    const ended = [...this.#sights.values()].filter((sight) => sight.ended && !this.#sliced.has(sight.index));
    return ended.map(({ state }) => state);
  }

  /** Fixes the next slice of ended members in the spool. */
  cutSlice(): Slice | undefined {
    return this.#sliced.cut(this.#endedUnsliced());
  }

  /** The cloud has the slice's receipt. */
  sliceSent(slice: Slice): void {
    this.#sliced.told(slice);
    this.#told.endsWereTold(slice.states);
  }

  /** What the cloud has not been told yet. An ended member is "collecting" until its slice's receipt tells its end. */
  news(): MemberState[] {
    const now = [...this.#sights.values()]
      // of what was taken back and never seen in Slurm, sbatch's word is no news
      .filter((sight) => sight.ended || sight.state.source !== "sbatch" || !this.#isTakenBack(sight))
      .map(({ state, ended }) => (ended ? collecting(state) : state));
    return this.#told.news([...now, ...missingMembers(this.plan, this.staged)]);
  }

  /** Keeps that these were told. */
  wasTold(news: readonly MemberState[]): void {
    this.#told.wasTold(news);
  }
}

/** No row, or one that tells of a failure but not of which: a stand-in's squeue shows no exit code. */
const isVague = (row: SourcedRow | undefined): boolean =>
  row === undefined || (row.state === "FAILED" && row.exitCode === undefined);

/** A failure of the program's own with what it said last; Slurm's words for one of another kind say enough. */
function quoting(state: MemberState, words: LastWords | undefined): MemberState {
  if (words?.last === undefined || (state.reason !== "exit-code" && state.reason !== "signal")) return state;
  const quote = `stderr ends with "${words.last}"`;
  return { ...state, detail: state.detail === undefined ? quote : `${state.detail}; ${quote}` };
}

/** Slurm has ended it: how, the receipt with the results says. */
function collecting(state: MemberState): MemberState {
  const { reason: _reason, detail: _detail, ...rest } = state;
  return { ...rest, state: "collecting" };
}
