// The process that starts members, ends them at their limit and records what became of them; it lives while jobs live.
import type { ChildProcess } from "node:child_process";
import { appendFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { type Holding, isAlive, processIdentity, takeRole } from "../sole-holder.ts";
import { parseIndexList } from "./index-list.ts";
import {
  appendEvent,
  forgetIfOld,
  hasUnfinished,
  type Job,
  type JobEvent,
  jobFolder,
  jobIds,
  type Member,
  memberKey,
  memberList,
  mendEvents,
  readJob,
  readMembers,
  readWishes,
  type Wish,
  wishesDone,
} from "./job-store.ts";
import { jobcompLine } from "./jobcomp.ts";
import { launch, signalGroup } from "./launch.ts";
import { folders, killWaitSeconds, maxArraySize, type Settings } from "./settings.ts";

const lookEveryMs = 500;
// a fresh Node for each of many jobs that come one after another would cost more than one that waits a little
const lingerMs = 3000;

/** Runs jobs until none is left; returns at once where another runner lives. */
export async function runner(dir: string, settings: Settings): Promise<void> {
  process.on("SIGHUP", () => {});
  for (;;) {
    const role = takeRole(folders.runner(dir));
    if (role === undefined) return;
    const work = new Work(dir, settings, role);
    await work.untilIdle();
    role.release();
    // a job that came between the last look and the release found us alive and started no other runner
    if (!hasUnfinished(dir)) return;
  }
}

type Running = {
  child: ChildProcess | undefined;
  member: Member;
  limit: NodeJS.Timeout;
  verdict?: "CANCELLED" | "TIMEOUT";
};
type LiveJob = {
  job: Job;
  waiting: Member[];
  members: Member[];
  running: Map<string, Running>;
  atOnce: number;
  wishBytes: number;
  done: Set<string>;
};

class Work {
  readonly #dir: string;
  readonly #settings: Settings;
  readonly #role: Holding;
  readonly #jobs = new Map<number, LiveJob>();
  readonly #ended = new Map<number, Member[]>();
  #freeCpus: number;
  #idleSinceMs = Date.now();
  #wake: () => void = () => {};

  constructor(dir: string, settings: Settings, role: Holding) {
    this.#dir = dir;
    this.#settings = settings;
    this.#role = role;
    this.#freeCpus = settings.cpus;
  }

  async untilIdle(): Promise<void> {
    const bell = this.#listen();
    try {
      for (;;) {
        this.#look();
        this.#obeyWishes();
        this.#startWaiting();
        this.#sweep();
        if (this.#jobs.size > 0) this.#idleSinceMs = Date.now();
        else if (Date.now() - this.#idleSinceMs > lingerMs) return;
        await this.#pause();
      }
    } finally {
      bell?.close();
    }
  }

  /** Takes up jobs that were not there before. */
  #look(): void {
    for (const id of jobIds(this.#dir)) {
      if (this.#jobs.has(id) || this.#ended.has(id)) continue;
      const job = readJob(this.#dir, id);
      if (job !== undefined) this.#take(job);
    }
  }

  #listen() {
    try {
      const watcher = watch(folders.bell(this.#dir), () => this.#wake());
      watcher.on("error", () => {}); // looking each half second remains
      return watcher;
    } catch {
      return undefined;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, lookEveryMs);
      this.#wake = () => {
        clearTimeout(timer);
        setImmediate(resolve);
      };
    });
  }

  #take(job: Job): void {
    mendEvents(this.#dir, job.id);
    const members = readMembers(this.#dir, job, undefined);
    const waiting = members.filter((member) => member.state === "PENDING");
    const orphans = members.filter((member) => member.state === "NODE_FAIL" && member.endMs === undefined);
    if (waiting.length === 0 && orphans.length === 0) {
      this.#ended.set(job.id, members);
      return;
    }
    const atOnce =
      (job.array === undefined ? undefined : parseIndexList(job.array, maxArraySize - 1)?.atOnce) ??
      Number.POSITIVE_INFINITY;
    const done = wishesDone(this.#dir, job.id);
    this.#jobs.set(job.id, { job, waiting, members, running: new Map(), atOnce, wishBytes: 0, done });
    for (const orphan of orphans) this.#buryOrphan(orphan);
    this.#closeIfEnded(job.id);
  }

  /** A member of a runner that died: nobody knows how it ends, so it is ended. */
  #buryOrphan(member: Member): void {
    if (member.process !== undefined && isAlive(member.process))
      signalGroup(Number(member.process.split(" ")[0]), "SIGKILL");
    this.#record(member, { state: "NODE_FAIL", reason: "NodeDown" });
  }

  #startWaiting(): void {
    for (const live of this.#jobs.values()) {
      if (live.job.held) continue;
      while (live.waiting.length > 0 && live.job.cpus <= this.#freeCpus && live.running.size < live.atOnce) {
        const member = live.waiting.shift();
        if (member !== undefined) this.#start(live, member);
      }
    }
  }

  #start(live: LiveJob, member: Member): void {
    const { job } = live;
    const key = memberKey(member.index);
    const began: JobEvent = { members: key, state: "RUNNING", ms: Date.now(), generation: this.#role.generation };
    // said before it is so: a runner killed in between leaves a member that reads NODE_FAIL, never one that starts twice
    appendEvent(this.#dir, job.id, began);
    Object.assign(member, { state: "RUNNING", startMs: began.ms, neverBegan: false });
    this.#freeCpus -= job.cpus;
    const limit = setTimeout(() => this.#end(live, key, "TIMEOUT"), job.timeSeconds * 1000);
    const child = launch(this.#dir, this.#settings, member, (end) => this.#finished(live, key, end));
    live.running.set(key, { child, member, limit });
    const identity = child?.pid === undefined ? undefined : processIdentity(child.pid);
    if (identity !== undefined) appendEvent(this.#dir, job.id, { ...began, process: identity });
  }

  #finished(live: LiveJob, key: string, end: { exit: number; signal: number; reason?: string }): void {
    const running = live.running.get(key);
    if (running === undefined) return;
    live.running.delete(key);
    clearTimeout(running.limit);
    if (running.child?.pid !== undefined) signalGroup(running.child.pid, "SIGKILL"); // what it left in its group
    this.#freeCpus += live.job.cpus;
    this.#record(running.member, outcome(running.verdict, end));
    this.#closeIfEnded(live.job.id);
    this.#wake();
  }

  /** Asks a running member to end, and makes it after KillWait. */
  #end(live: LiveJob, key: string, verdict: "CANCELLED" | "TIMEOUT", first: NodeJS.Signals = "SIGTERM"): void {
    const running = live.running.get(key);
    if (running === undefined || running.verdict !== undefined) return;
    running.verdict = verdict;
    const pid = running.child?.pid;
    if (pid === undefined) return;
    signalGroup(pid, "SIGCONT");
    signalGroup(pid, first);
    setTimeout(() => {
      if (live.running.get(key) === running) signalGroup(pid, "SIGKILL");
    }, killWaitSeconds * 1000);
  }

  #record(member: Member, end: Pick<JobEvent, "state" | "exit" | "signal" | "reason">): void {
    const event: JobEvent = { members: memberKey(member.index), ms: Date.now(), ...end };
    appendEvent(this.#dir, member.job.id, event);
    Object.assign(member, { state: end.state, endMs: event.ms, exit: end.exit ?? 0, signal: end.signal ?? 0 });
    appendFileSync(folders.jobcomp(this.#dir), jobcompLine(this.#settings, member));
  }

  #closeIfEnded(id: number): void {
    const live = this.#jobs.get(id);
    if (live === undefined || live.waiting.length > 0 || live.running.size > 0) return;
    this.#jobs.delete(id);
    this.#ended.set(id, live.members);
  }

  #sweep(): void {
    for (const [id, members] of this.#ended) {
      if (forgetIfOld(this.#dir, id, members, Date.now())) this.#ended.delete(id);
    }
  }

  #obeyWishes(): void {
    for (const live of this.#jobs.values()) {
      const bytes = statSync(join(jobFolder(this.#dir, live.job.id), "wishes"), { throwIfNoEntry: false })?.size ?? 0;
      if (bytes === live.wishBytes) continue;
      live.wishBytes = bytes;
      for (const wish of readWishes(this.#dir, live.job.id)) {
        if (live.done.has(wish.request)) continue;
        this.#obey(live, wish);
        live.done.add(wish.request);
        appendEvent(this.#dir, live.job.id, { done: wish.request });
      }
      this.#closeIfEnded(live.job.id);
    }
  }

  #obey(live: LiveJob, wish: Wish): void {
    const wanted =
      wish.members === undefined
        ? undefined
        : new Set(wish.members === "-" ? ["-"] : parseIndexList(wish.members, maxArraySize - 1)?.indices.map(String));
    const isMeant = (member: Member) => wanted === undefined || wanted.has(memberKey(member.index));
    const signal = wish.signal as NodeJS.Signals | undefined;
    for (const [key, running] of live.running) {
      if (!isMeant(running.member)) continue;
      if (signal === undefined || signal === "SIGKILL") this.#end(live, key, "CANCELLED", signal ?? "SIGTERM");
      else if (running.child?.pid !== undefined) signalGroup(running.child.pid, signal);
    }
    if (signal === undefined || signal === "SIGKILL") this.#cancelWaiting(live, live.waiting.filter(isMeant));
  }

  /** Slurm keeps a record when all that waits of an array is cancelled, and none of members taken out of it. */
  #cancelWaiting(live: LiveJob, meant: Member[]): void {
    const first = meant[0];
    if (first === undefined) return;
    const gone = new Set(meant);
    const rest = live.waiting.filter((member) => !gone.has(member));
    live.waiting = rest;
    const event: JobEvent = { members: memberList(meant), state: "CANCELLED", ms: Date.now() };
    if (rest.length > 0) {
      appendEvent(this.#dir, live.job.id, { ...event, forgotten: true });
      live.members = live.members.filter((member) => !gone.has(member));
      return;
    }
    appendEvent(this.#dir, live.job.id, event);
    for (const member of meant) Object.assign(member, { state: "CANCELLED", startMs: event.ms, endMs: event.ms });
    appendFileSync(folders.jobcomp(this.#dir), jobcompLine(this.#settings, first));
  }
}

function outcome(
  verdict: "CANCELLED" | "TIMEOUT" | undefined,
  end: { exit: number; signal: number; reason?: string },
): Pick<JobEvent, "state" | "exit" | "signal" | "reason"> {
  if (verdict === "CANCELLED") return { state: "CANCELLED", reason: "None" };
  if (verdict === "TIMEOUT") return { state: "TIMEOUT", reason: "TimeLimit" };
  if (end.exit === 0 && end.signal === 0) return { state: "COMPLETED", reason: "None" };
  const reason = end.reason ?? (end.signal === 0 ? "NonZeroExitCode" : "JobLaunchFailure");
  return { state: "FAILED", exit: end.exit, signal: end.signal, reason };
}
