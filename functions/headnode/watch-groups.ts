// The watch's work: load what lives, ask Slurm once, judge, tell, collect.
import { type FSWatcher, mkdirSync, renameSync, watch as watchFile, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Patience, patience } from "../../shared/slurm/evidence.ts";
import { AccountProcess } from "./account-process.ts";
import type { Identity } from "./account-rule.ts";
import { Collector } from "./collector.ts";
import type { Settings } from "./config.ts";
import { heartbeatOf } from "./describe.ts";
import { writeDurably } from "./durable-file.ts";
import { forget } from "./generation.ts";
import { isVague, LiveGroup } from "./live-group.ts";
import { type Lock, takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { putHeartbeat, tellStates } from "./receipts.ts";
import { askLasting, type SourcedRow } from "./records.ts";
import { statesOf } from "./run.ts";
import type { Slurm } from "./slurm.ts";
import { Intent, Plan, Refused, readRecord, type Spool, Staged, Submitted } from "./spool.ts";
import { bellOf, isLive } from "./start-watch.ts";
import { cancelExtras, claimFor, idsOf, resumeGroup, type SubmitContext } from "./submit-group.ts";
import { TakeBack } from "./take-back.ts";
import { toldBefore } from "./told.ts";
import { WakeUp } from "./wake-up.ts";

export type WatchContext = { settings: Settings; spool: Spool; slurm: Slurm; objects: Objects; log: Log; lock: Lock };

const heartbeatMs = 60_000;
/** An empty watch stays so long: the command that started it is still at work, and one job is often followed by another. */
const lingerMs = 3_000;
/** Names in one squeue: an argument list has its bounds. */
const namesAtOnce = 1_000;

export class Watch {
  readonly #context: WatchContext;
  readonly #patience: Patience;
  readonly #groups = new Map<string, LiveGroup>();
  readonly #processes = new Map<string, AccountProcess>();
  readonly #collector: Collector;
  readonly #takeBack: TakeBack;
  readonly #wake: WakeUp;
  readonly #bell: FSWatcher;
  readonly #retryAt = new Map<string, { at: number; tries: number }>();
  #heartbeatAt = 0;
  #toldAt = 0;
  #beating: Promise<void> | undefined;

  constructor(context: WatchContext) {
    this.#context = context;
    const own = context.settings.patience;
    this.#patience = {
      lostAfterMs: own.lostHours === undefined ? patience.lostAfterMs : own.lostHours * 3_600_000,
      completedGraceMs: (own.completedGraceSeconds ?? patience.completedGraceMs / 1000) * 1000,
      failedGraceMs: (own.failedGraceSeconds ?? patience.failedGraceMs / 1000) * 1000,
    };
    this.#takeBack = new TakeBack(context.slurm, context.log);
    this.#wake = new WakeUp(context.settings.watchSeconds * 1000);
    writeFileSync(bellOf(context.spool), "", { mode: 0o600, flag: "a" });
    this.#bell = watchFile(bellOf(context.spool), () => this.#wake.now());
    this.#bell.on("error", () => {}); // without it the look at each interval finds what came
    this.#collector = new Collector({
      settings: context.settings,
      objects: context.objects,
      log: context.log,
      account: (plan) => this.#account(identityOf(plan)),
      onSent: () => this.#wake.now(),
    });
  }

  /** Looks again and again until nothing has lived for a while or it is time to hand over. */
  async untilNoneLives(isOver: () => boolean): Promise<void> {
    let emptySince = Date.now();
    while (!isOver()) {
      this.#context.lock.check();
      await this.#load();
      if (this.#groups.size > 0) {
        this.#beat();
        await this.#look();
        await this.#tell();
        await this.#dismiss();
      }
      if (this.#liveFolders().length > 0) emptySince = Date.now();
      else if (Date.now() - emptySince > lingerMs) break;
      const next = this.#groups.size > 0 ? undefined : lingerMs;
      await this.#wake.wait(
        [...this.#groups.values()].some((group) => group.awaitsSlurm),
        next,
      );
    }
    await this.#beating;
  }

  stop(): void {
    this.#bell.close();
    for (const process of this.#processes.values()) process.close();
  }

  #liveFolders(): string[] {
    return this.#context.spool.liveGroups().filter((group) => isLive(this.#context.spool.live(group)));
  }

  /** Takes up what has come to the spool: submitted groups to be watched, unfinished submissions to be brought to an end. */
  async #load(): Promise<void> {
    const { spool } = this.#context;
    for (const id of spool.liveGroups()) {
      if (this.#groups.has(id)) continue;
      const folder = spool.live(id);
      if (readRecord(folder, "refused", Refused) !== undefined) {
        if (await this.#tellRefused(id, folder)) await this.#moveAway(id);
        continue;
      }
      const intent = readRecord(folder, "intent", Intent);
      if (intent === undefined) continue;
      if (readRecord(folder, "jobid", Submitted) === undefined) {
        await this.#resume(id);
        if (readRecord(folder, "jobid", Submitted) === undefined) continue;
      }
      const plan = readRecord(folder, "plan", Plan);
      const staged = readRecord(folder, "staged", Staged);
      const submitted = readRecord(folder, "jobid", Submitted);
      if (plan === undefined || staged === undefined || submitted === undefined) continue;
      const group = new LiveGroup({ folder, plan, staged, intent, submitted });
      this.#groups.set(id, group);
      await this.#follow(group);
      for (const slice of group.unsentSlices()) this.#collector.add(group, slice);
    }
  }

  async #resume(id: string): Promise<void> {
    const { log, settings } = this.#context;
    const retry = this.#retryAt.get(id);
    if (retry !== undefined && Date.now() < retry.at) return;
    try {
      const outcome = await resumeGroup(this.#submitContext(), id);
      if (outcome !== undefined && outcome.kind !== "later") {
        this.#retryAt.delete(id);
        return;
      }
      log("later", { group: id, words: outcome?.words });
    } catch (error) {
      log("resume-failed", { group: id, words: error instanceof Error ? error.message : String(error) });
    }
    const tries = (retry?.tries ?? 0) + 1;
    const base = (settings.patience.retrySeconds ?? 5) * 1000;
    this.#retryAt.set(id, { at: Date.now() + Math.min(base * 2 ** (tries - 1), 600_000), tries });
  }

  #submitContext(): SubmitContext {
    const { settings, spool, slurm, log } = this.#context;
    return { settings, spool, slurm, log, account: (identity) => this.#account(identity) };
  }

  /** The process of an account: it reads records and results while groups of the account live. */
  #account(identity: Identity): AccountProcess {
    const found = this.#processes.get(identity.name);
    if (found?.alive) return found;
    const fresh = new AccountProcess(this.#context.settings, identity, (group, name, text) => {
      if (this.#groups.get(group)?.record(name, text)) this.#wake.soon();
    });
    this.#processes.set(identity.name, fresh);
    void fresh.ended.then(() => this.#context.log("account-process-ended", { account: identity.name }));
    for (const group of this.#groups.values())
      if (group.plan.account === identity.name) fresh.follow(group.id, group.plan.folder).catch(() => {});
    return fresh;
  }

  async #follow(group: LiveGroup): Promise<void> {
    const account = this.#account(identityOf(group.plan));
    await within(account.follow(group.id, group.plan.folder), 20_000).catch((error: Error) => {
      account.kill(error.message);
      this.#context.log("records-unread", { group: group.id, words: error.message });
    });
  }

  /** One look at Slurm for all groups, and what follows from it. */
  async #look(): Promise<void> {
    for (const group of this.#groups.values()) if (group.forgotten) await this.#takeUpAgain(group);
    const waiting = [...this.#groups.values()].filter((group) => group.waits && !group.forgotten);
    for (const account of new Set(waiting.map((group) => group.plan.account))) this.#revive(account);
    if (waiting.length > 0) {
      const rows = await this.#squeue(waiting);
      if (rows === undefined) return;
      await this.#judge(waiting, rows);
    }
    for (const group of this.#groups.values()) this.#cut(group);
  }

  #revive(account: string): void {
    const group = [...this.#groups.values()].find((candidate) => candidate.plan.account === account);
    if (group !== undefined) this.#account(identityOf(group.plan));
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
      const chosen = await claimFor(this.#submitContext(), group.plan, group.intent, present ?? group.submitted.id);
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
        this.#submitContext(),
        group.plan,
        fresh.filter((id) => ids.includes(id)),
      );
    } finally {
      await lock.release();
    }
  }

  async #judge(groups: readonly LiveGroup[], answers: ReadonlyMap<LiveGroup, SourcedRow[]>): Promise<void> {
    const { settings, slurm, log } = this.#context;
    const now = Date.now();
    const matched = new Map(groups.map((group) => [group, group.match(answers.get(group) ?? [])]));
    await this.#takeBack.heed(matched, now);
    const open = groups.filter((group) => group.openMembers(matched.get(group) ?? new Map()).length > 0);
    const lasting = await askLasting(
      { settings, slurm },
      open.map((group) => ({ name: group.intent.name, uid: group.plan.uid, since: group.intent.at })),
    );
    if (!lasting.ok) log("records", { words: lasting.words });
    for (const group of groups) {
      const rows = matched.get(group) ?? new Map<number, SourcedRow>();
      if (lasting.ok && open.includes(group)) {
        for (const [index, row] of group.match(lasting.rows)) if (isVague(rows.get(index))) rows.set(index, row);
        // the records of the job itself may be late: they are read again before silence is taken for an answer
        await within(this.#account(identityOf(group.plan)).look(group.id), 20_000).catch(() => {});
      }
      group.judge(rows, lasting.ok, this.#patience, now);
      const unknown = lasting.ok && (answers.get(group) ?? []).length === 0 && group.hasUnknown(rows);
      if (unknown) await this.#denied(group, lasting.lasting);
      else group.denials = 0;
    }
  }

  /** An acknowledged job that squeue denies, with members that no record knows and that have not begun: slurmctld forgot it. */
  async #denied(group: LiveGroup, lasting: boolean): Promise<void> {
    const { slurm, spool, log } = this.#context;
    group.denials += 1;
    if (group.denials < 2) return this.#wake.soon();
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
      this.#cutAll(group);
      forget(group.folder, group.id, group.intent, group.submitted.id);
      group.forgotten = true;
    } finally {
      await lock.release();
    }
    this.#wake.now();
  }

  /** Submits a forgotten group again, or finds that a delivery has done it. */
  async #takeUpAgain(group: LiveGroup): Promise<void> {
    if (readRecord(group.folder, "jobid", Submitted) === undefined) await this.#resume(group.id);
    const intent = readRecord(group.folder, "intent", Intent);
    const submitted = readRecord(group.folder, "jobid", Submitted);
    if (intent !== undefined && submitted !== undefined) group.renew(intent, submitted);
  }

  /** Ended members become slices: at once where all have ended, otherwise when a few intervals' worth have gathered. */
  #cut(group: LiveGroup): void {
    if (group.unsliced === 0) {
      this.#gatherSince.delete(group);
      return;
    }
    const since = this.#gatherSince.get(group) ?? Date.now();
    this.#gatherSince.set(group, since);
    const ripe = Date.now() - since >= 2_000 * this.#context.settings.watchSeconds;
    if (group.waits && !ripe) return;
    this.#gatherSince.delete(group);
    this.#cutAll(group);
  }

  #cutAll(group: LiveGroup): void {
    for (let slice = group.cutSlice(); slice !== undefined; slice = group.cutSlice()) this.#collector.add(group, slice);
  }
  readonly #gatherSince = new Map<LiveGroup, number>();

  /** Tells what is new, at most once an interval. */
  async #tell(): Promise<void> {
    const { settings, objects, log } = this.#context;
    if (Date.now() - this.#toldAt < settings.watchSeconds * 1000) return;
    const news = [...this.#groups.values()]
      .map((group) => ({ group, members: group.news() }))
      .filter(({ members }) => members.length > 0);
    if (news.length === 0) return;
    this.#toldAt = Date.now();
    try {
      const states = news.map(({ group, members }) => statesOf(group.id, group.plan, group.submitted.id, members));
      await tellStates(settings, objects, states);
      for (const { group, members } of news) group.wasTold(members);
    } catch (error) {
      log("tell-failed", { words: error instanceof Error ? error.message : String(error) });
    }
  }

  async #tellRefused(id: string, folder: string): Promise<boolean> {
    if (toldBefore(folder) !== undefined) return true;
    const { settings, objects, log } = this.#context;
    const refused = readRecord(folder, "refused", Refused);
    if (refused === undefined) return false;
    try {
      await tellStates(settings, objects, [statesOf(id, readRecord(folder, "plan", Plan), undefined, refused.members)]);
      writeDurably(join(folder, "told"), JSON.stringify({ members: refused.members }));
      return true;
    } catch (error) {
      log("tell-failed", { group: id, words: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  /** Lets go of groups that have nothing more to say. */
  async #dismiss(): Promise<void> {
    for (const group of [...this.#groups.values()]) {
      if (!group.finished || !(await this.#moveAway(group.id))) continue;
      this.#groups.delete(group.id);
      this.#takeBack.forget(group.id);
      this.#context.log("finished", { group: group.id });
      const process = this.#processes.get(group.plan.account);
      process?.unfollow(group.id).catch(() => {});
      if (![...this.#groups.values()].some((other) => other.plan.account === group.plan.account)) {
        process?.close();
        this.#processes.delete(group.plan.account);
      }
    }
  }

  /** Under the group's lock, or a delivery that has just seen the folder would take the group for a new one; false: not now. */
  async #moveAway(id: string): Promise<boolean> {
    const { spool } = this.#context;
    const lock = await takeLock(spool.lock(id), 0);
    if (lock === undefined) return false;
    try {
      mkdirSync(dirname(spool.done(id)), { recursive: true, mode: 0o700 });
      renameSync(spool.live(id), spool.done(id));
      return true;
    } finally {
      await lock.release();
    }
  }

  /** A sign of life, at most once a minute; nothing waits for it. */
  #beat(): void {
    if (Date.now() - this.#heartbeatAt < heartbeatMs || this.#beating !== undefined) return;
    this.#heartbeatAt = Date.now();
    const { settings, slurm, objects, log } = this.#context;
    this.#beating = heartbeatOf(settings, slurm, this.#liveFolders().length, objects.now())
      .then((heartbeat) => putHeartbeat(settings, objects, heartbeat))
      .catch((error: Error) => log("heartbeat-failed", { words: error.message }))
      .finally(() => {
        this.#beating = undefined;
      });
  }
}

const identityOf = (plan: Plan): Identity => ({ name: plan.account, uid: plan.uid, gid: plan.gid, home: plan.home });

function partsOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** The answer, or an error after so long. */
async function within<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
