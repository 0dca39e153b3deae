// One look at Slurm for all groups that live, and what it says of each member.
import { join } from "node:path";
import { type Patience, patience, type SourcedRow } from "../../shared/slurm/evidence.ts";
import { meanings } from "../../shared/slurm/job-state.ts";
import type { AccountProcesses } from "./account-processes.ts";
import type { Settings } from "./config.ts";
import { writeDurably } from "./durable-file.ts";
import { forget } from "./generation.ts";
import type { LiveGroup, Stray } from "./live-group.ts";
import { takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import { askLasting } from "./records.ts";
import type { Slurm } from "./slurm.ts";
import { Intent, readRecord, type Spool, Submitted } from "./spool.ts";
import { cancelExtras, claimFor, idsOf, type SubmitContext } from "./submit-group.ts";
import { TakeBack } from "./take-back.ts";
import type { WakeUp } from "./wake-up.ts";
import { within } from "./within.ts";

/** Names in one squeue: an argument list has its bounds. */
const namesAtOnce = 1_000;

export type LookContext = {
  settings: Settings;
  spool: Spool;
  slurm: Slurm;
  log: Log;
  accounts: AccountProcesses;
  wake: WakeUp;
  submit: SubmitContext;
  /** Brings the submission of a group that slurmctld forgot to an end. */
  resume(group: string): Promise<void>;
  /** Keeps what is known of ended members. */
  keepEnds(group: LiveGroup): void;
};

export class SlurmLook {
  readonly #context: LookContext;
  readonly #patience: Patience;
  readonly #takeBack: TakeBack;

  constructor(context: LookContext) {
    this.#context = context;
    const own = context.settings.patience;
    this.#patience = {
      lostAfterMs: own.lostHours === undefined ? patience.lostAfterMs : own.lostHours * 3_600_000,
      completedGraceMs: (own.completedGraceSeconds ?? patience.completedGraceMs / 1000) * 1000,
      failedGraceMs: (own.failedGraceSeconds ?? patience.failedGraceMs / 1000) * 1000,
    };
    this.#takeBack = new TakeBack(context.slurm, context.log);
  }

  /** One squeue for all groups that wait, and a judgement of their members; nothing where it does not answer. */
  async look(groups: readonly LiveGroup[]): Promise<void> {
    for (const group of groups) if (group.forgotten) await this.#takeUpAgain(group);
    const waiting = groups.filter((group) => group.waits && !group.forgotten);
    for (const account of new Set(waiting.map((group) => group.plan.account))) this.#context.accounts.revive(account);
    if (waiting.length === 0) return;
    const rows = await this.#squeue(waiting);
    if (rows !== undefined) await this.#judge(waiting, rows);
  }

  /** The group has gone. */
  forget(group: string): void {
    this.#takeBack.forget(group);
  }

  /** Rows of each group. Where two groups bear one id (ids are given out again) each is asked for by its own name. */
  async #squeue(groups: readonly LiveGroup[]): Promise<Map<LiveGroup, SourcedRow[]> | undefined> {
    const { slurm, log } = this.#context;
    const answers = new Map<LiveGroup, SourcedRow[]>();
    const strays: SourcedRow[] = [];
    for (const part of partsOf(groups, namesAtOnce)) {
      const answer = await slurm.squeue({
        names: part.map((group) => group.intent.name),
        uids: part.map((group) => group.plan.uid),
      });
      if (!answer.ok) {
        log("squeue", { words: answer.words });
        return undefined;
      }
      const rows: SourcedRow[] = answer.value.map((row) => ({ ...row, source: "squeue" }));
      const byId = new Map<string, LiveGroup[]>();
      for (const group of part) {
        byId.set(group.submitted.id, [...(byId.get(group.submitted.id) ?? []), group]);
        answers.set(group, []);
      }
      for (const row of rows) {
        const [owner, other] = byId.get(row.id) ?? [];
        if (owner !== undefined && other === undefined && owner.plan.uid === row.uid) answers.get(owner)?.push(row);
        else strays.push(row);
      }
    }
    if (strays.length > 0) await this.#sortOut(groups, strays, answers);
    return answers;
  }

  /** Rows under one of our names that belong to no group by id: extra jobs of a group, to be told apart by name. */
  async #sortOut(
    groups: readonly LiveGroup[],
    strays: readonly SourcedRow[],
    answers: Map<LiveGroup, SourcedRow[]>,
  ): Promise<void> {
    const { slurm, log } = this.#context;
    const uids = new Set(strays.map((row) => row.uid));
    for (const group of groups.filter((candidate) => uids.has(candidate.plan.uid))) {
      const answer = await slurm.squeue({ names: [group.intent.name], uids: [group.plan.uid] });
      if (!answer.ok) continue;
      answers.set(
        group,
        answer.value.map((row) => ({ ...row, source: "squeue" })),
      );
      const known = new Set([group.submitted.id, ...group.submitted.earlier.map((earlier) => earlier.id)]);
      const ids = idsOf(answer.value, group.plan.uid);
      if (ids.every((id) => known.has(id))) continue;
      await this.#fence(group, ids).catch((error: Error) =>
        log("fence-failed", { group: group.id, words: error.message }),
      );
    }
  }

  /** Several jobs of one group: the claim decides, the others are cancelled and counted. */
  async #fence(group: LiveGroup, ids: readonly string[]): Promise<void> {
    const { spool } = this.#context;
    const lock = await takeLock(spool.lock(group.id), 5);
    if (lock === undefined) return;
    try {
      const present = ids.includes(group.submitted.id) ? group.submitted.id : ids[0];
      const chosen = await claimFor(this.#context.submit, group.plan, group.intent, present ?? group.submitted.id);
      const others = [...new Set([...ids, group.submitted.id])].filter((id) => id !== chosen);
      const known = new Set(group.submitted.earlier.map((earlier) => earlier.id));
      const fresh = others.filter((id) => !known.has(id));
      const earlier = [
        ...group.submitted.earlier.filter(({ id }) => id !== chosen),
        ...fresh.map((id) => ({ id, why: "fenced" as const })),
      ];
      group.submitted = { ...group.submitted, id: chosen, earlier };
      writeDurably(join(group.folder, "jobid"), JSON.stringify(group.submitted));
      await cancelExtras(
        this.#context.submit,
        group.plan,
        fresh.filter((id) => ids.includes(id)),
      );
    } finally {
      await lock.release();
    }
  }

  async #judge(groups: readonly LiveGroup[], answers: ReadonlyMap<LiveGroup, SourcedRow[]>): Promise<void> {
    const { settings, slurm, log, accounts } = this.#context;
    const now = Date.now();
    const matched = new Map(groups.map((group) => [group, group.match(answers.get(group) ?? [])]));
    await this.#takeBack.heed(matched, now);
    const open = groups.filter((group) => group.openMembers(matched.get(group) ?? new Map()).length > 0);
    const lasting = await askLasting(
      { settings, slurm },
      open.map((group) => ({ name: group.intent.name, uid: group.plan.uid, since: group.intent.at })),
    );
    if (!lasting.ok) log("records", { words: lasting.words });
    let asked: ReturnType<typeof slurm.config> | undefined;
    for (const group of groups) {
      const rows = matched.get(group) ?? new Map<number, SourcedRow>();
      if (lasting.ok && open.includes(group)) {
        // what lives only slurmctld knows: accounts go on calling a job alive that it forgot
        const ends = lasting.rows.filter((row) => meanings[row.state].phase === "ended");
        for (const [index, row] of group.match(ends)) if (group.isOpen(index, rows.get(index))) rows.set(index, row);
        // the records of the job itself may be late: they are read again before silence is taken for an answer
        await within(accounts.of(group.plan).look(group.id), 20_000).catch(() => {});
      }
      await this.#hear(group, rows, lasting.ok);
      const strays = lasting.ok ? group.astray(rows) : [];
      const unasked = group.unaskedCancels(rows);
      const asks = strays.length > 0 || unasked.length > 0;
      // once for all groups of the round
      if (asks) asked ??= slurm.config();
      const config = asks ? await asked : undefined;
      if (config?.ok === false) continue;
      const controllerStartedAt = config?.value.bootedAt;
      const stopped = await this.#stopped(strays, controllerStartedAt);
      const nodesStartedAt = await this.#nodesStartedAt(unasked.flatMap((node) => node ?? []));
      const round = { denied: lasting.ok, lasting: lasting.ok && lasting.lasting, stopped };
      group.judge(rows, { ...round, controllerStartedAt, nodesStartedAt }, this.#patience, now);
      const unknown = lasting.ok && (answers.get(group) ?? []).length === 0 && group.hasUnknown(rows);
      // under the next name nothing more would be heard of what the records tell now
      if (unknown && group.hasUnjudged(rows)) continue;
      if (unknown) await this.#denied(group, lasting.lasting);
      else group.denials = 0;
    }
  }

  /** Of these the ones that began before slurmctld was last started, on nodes that have told it since what runs there. */
  async #stopped(strays: readonly Stray[], controllerStartedAt: string | undefined): Promise<Set<number>> {
    const startedAt = Date.parse(controllerStartedAt ?? "");
    const forgotten = strays.filter(({ beganAtMs }) => beganAtMs <= startedAt);
    if (forgotten.length === 0) return new Set();
    const nodes = await this.#context.slurm.settledNodes([...new Set(forgotten.map(({ node }) => node))]);
    if (!nodes.ok) return new Set();
    return new Set(forgotten.filter(({ node }) => nodes.value.has(node)).map(({ index }) => index));
  }

  async #nodesStartedAt(nodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (nodes.length === 0) return new Map();
    const answer = await this.#context.slurm.nodesStartedAt([...new Set(nodes)]);
    return answer.ok ? answer.value : new Map();
  }

  /** Failed members' own last words, asked for once: a reason is shown with them, or without. */
  async #hear(group: LiveGroup, rows: ReadonlyMap<number, SourcedRow>, denied: boolean): Promise<void> {
    const indices = group.awaitedWords(rows, denied);
    if (indices.length === 0) return;
    const { accounts, log } = this.#context;
    const asked = accounts.of(group.plan).lastWords(group.plan.folder, indices);
    const words = await within(asked, 20_000).catch((error: Error) => {
      log("words-unread", { group: group.id, words: error.message });
      return new Map<number, never>();
    });
    group.heard(indices, words);
  }

  /** An acknowledged job that squeue denies, with members that no record knows and that have not begun: slurmctld forgot it. */
  async #denied(group: LiveGroup, lasting: boolean): Promise<void> {
    const { slurm, spool, log } = this.#context;
    if (group.submitted.refused !== undefined) return;
    group.denials += 1;
    if (group.denials < 2) return this.#context.wake.soon();
    const age = (Date.now() - Date.parse(group.submitted.at)) / 1000;
    const config = await slurm.config();
    if (!config.ok) return;
    // beyond MinJobAge, where no record lasts, a job that was cancelled as it waited looks the same: it stays unknown
    if (age > (lasting ? 24 * 3_600 : (config.value.minJobAgeSeconds ?? 300))) return;
    const lock = await takeLock(spool.lock(group.id), 5);
    if (lock === undefined) return;
    try {
      const submitted = readRecord(group.folder, "jobid", Submitted);
      const intent = readRecord(group.folder, "intent", Intent);
      if (submitted?.id !== group.submitted.id || intent?.name !== group.intent.name) return;
      log("forgotten", { group: group.id, id: group.submitted.id });
      // what has been seen to end is kept before the name changes under which Slurm tells of it
      this.#context.keepEnds(group);
      forget(group.folder, group.id, group.intent, group.submitted.id);
      group.forgotten = true;
    } finally {
      await lock.release();
    }
    this.#context.wake.now();
  }

  /** Submits a forgotten group again, or finds that a delivery has done it. */
  async #takeUpAgain(group: LiveGroup): Promise<void> {
    if (readRecord(group.folder, "jobid", Submitted) === undefined) await this.#context.resume(group.id);
    const intent = readRecord(group.folder, "intent", Intent);
    const submitted = readRecord(group.folder, "jobid", Submitted);
    if (intent !== undefined && submitted !== undefined) group.renew(intent, submitted);
  }
}

function partsOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
