// The watch's work: load what lives, ask Slurm once, judge, tell, collect.
import { type FSWatcher, mkdirSync, renameSync, watch as watchFile, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AccountProcesses } from "./account-processes.ts";
import { Collector } from "./collector.ts";
import type { Settings } from "./config.ts";
import { LiveGroup } from "./live-group.ts";
import { type Lock, takeLock } from "./lock.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { Peeks } from "./peeks.ts";
import { Pulse } from "./pulse.ts";
import { Resumption } from "./resumption.ts";
import { Retention } from "./retention.ts";
import { Slicer } from "./slicer.ts";
import type { Slurm } from "./slurm.ts";
import { SlurmLook } from "./slurm-look.ts";
import { Intent, Plan, Refused, readRecord, type Spool, Staged, Submitted } from "./spool.ts";
import { bellOf, isLive } from "./start-watch.ts";
import type { SubmitContext } from "./submit-group.ts";
import { Teller } from "./teller.ts";
import { WakeUp } from "./wake-up.ts";

export type WatchContext = { settings: Settings; spool: Spool; slurm: Slurm; objects: Objects; log: Log; lock: Lock };

/** An empty watch stays so long: the command that started it is still at work, and one job is often followed by another. */
const lingerMs = 3_000;

export class Watch {
  readonly #context: WatchContext;
  readonly #groups = new Map<string, LiveGroup>();
  readonly #accounts: AccountProcesses;
  readonly #collector: Collector;
  readonly #slicer: Slicer;
  readonly #resumption: Resumption;
  readonly #slurm: SlurmLook;
  readonly #teller: Teller;
  readonly #pulse: Pulse;
  readonly #peeks: Peeks;
  readonly #retention: Retention;
  readonly #wake: WakeUp;
  readonly #bell: FSWatcher;

  constructor(context: WatchContext) {
    const { settings, spool, slurm, objects, log } = context;
    this.#context = context;
    const wake = new WakeUp(settings.watchSeconds * 1000);
    const accounts = new AccountProcesses({ settings, log, groups: this.#groups, onEnd: () => wake.soon() });
    const submit: SubmitContext = { settings, spool, slurm, log, account: (identity) => accounts.as(identity) };
    const resumption = new Resumption(submit);
    const onSent = () => wake.now();
    const collector = new Collector({ settings, objects, log, account: (plan) => accounts.of(plan), onSent });
    const slicer = new Slicer(collector, settings.watchSeconds);
    this.#wake = wake;
    this.#accounts = accounts;
    this.#resumption = resumption;
    this.#collector = collector;
    this.#slicer = slicer;
    this.#slurm = new SlurmLook({
      ...{ settings, spool, slurm, log, accounts, wake, submit },
      resume: (group) => resumption.resume(group),
      keepEnds: (group) => slicer.cutAll(group),
    });
    this.#teller = new Teller({ settings, objects, log });
    this.#pulse = new Pulse({ settings, slurm, objects, log });
    this.#peeks = new Peeks({ settings, spool, objects, log, accounts, groups: this.#groups });
    this.#retention = new Retention({ settings, spool, log });
    writeFileSync(bellOf(spool), "", { mode: 0o600, flag: "a" });
    this.#bell = watchFile(bellOf(spool), () => wake.now());
    this.#bell.on("error", () => {}); // without it the look at each interval finds what came
  }

  /** Looks again and again until nothing has lived for a while or it is time to hand over. */
  async untilNoneLives(isOver: () => boolean): Promise<void> {
    let emptySince = Date.now();
    while (!isOver()) {
      this.#context.lock.check();
      this.#retention.runWhereDue(this.#groups.size > 0);
      await this.#load();
      const groups = [...this.#groups.values()];
      if (groups.length > 0) {
        this.#peeks.serve();
        this.#pulse.beat(this.#liveFolders().length);
        await this.#slurm.look(groups);
        for (const group of groups) this.#slicer.cut(group);
        await this.#teller.tell(groups);
        await this.#dismiss(groups);
      }
      if (this.#liveFolders().length > 0) emptySince = Date.now();
      else if (Date.now() - emptySince > lingerMs && this.#retention.finish()) break;
      const next = this.#groups.size > 0 ? undefined : lingerMs;
      await this.#wake.wait(
        [...this.#groups.values()].some((group) => group.awaitsSlurm),
        next,
      );
    }
    await this.#pulse.settled();
  }

  stop(): void {
    this.#bell.close();
    this.#peeks.stop();
    this.#retention.stop();
    this.#accounts.close();
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
        if (await this.#teller.tellRefused(id, folder)) await this.#moveAway(id);
        continue;
      }
      if (readRecord(folder, "intent", Intent) === undefined) continue;
      if (readRecord(folder, "jobid", Submitted) === undefined) await this.#resumption.resume(id);
      const plan = readRecord(folder, "plan", Plan);
      const staged = readRecord(folder, "staged", Staged);
      // resuming may have submitted it under another name
      const intent = readRecord(folder, "intent", Intent);
      const submitted = readRecord(folder, "jobid", Submitted);
      if (plan === undefined || staged === undefined || intent === undefined || submitted === undefined) continue;
      const group = new LiveGroup({ folder, plan, staged, intent, submitted });
      this.#groups.set(id, group);
      await this.#accounts.follow(group);
      for (const slice of group.unsentSlices()) this.#collector.add(group, slice);
    }
  }

  /** Lets go of groups that have nothing more to say. */
  async #dismiss(groups: readonly LiveGroup[]): Promise<void> {
    for (const group of groups) {
      if (!group.finished || !(await this.#moveAway(group.id))) continue;
      this.#groups.delete(group.id);
      this.#slurm.forget(group.id);
      this.#context.log("finished", { group: group.id });
      this.#accounts.release(group);
      this.#retention.noteEnd();
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
}
