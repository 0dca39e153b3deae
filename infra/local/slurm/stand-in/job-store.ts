// Jobs as files: one folder a job with what was asked (written once), what happened (appended by the runner alone) and
// what is wished (appended by scancel).
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { livingHolder } from "../sole-holder.ts";
import { formatIndices, parseIndexList } from "./index-list.ts";
import { folders, maxArraySize, minJobAgeSeconds } from "./settings.ts";

export type Job = {
  id: number;
  name: string;
  chdir: string;
  output: string;
  error: string;
  input: string;
  append: boolean;
  partition: string;
  timeSeconds: number;
  cpus: number;
  cpusPerTask?: number;
  tasks: number;
  memoryMb: number;
  account: string;
  /** absent for a plain job */
  array?: string;
  held: boolean;
  arguments: string[];
  env: Record<string, string>;
  umask: number;
  submitDir: string;
  submittedMs: number;
};

export type State = "PENDING" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELLED" | "TIMEOUT" | "NODE_FAIL";

/** A change of state of one or several members; "-" stands for the only member of a plain job. */
export type JobEvent = {
  members: string;
  state: Exclude<State, "PENDING">;
  ms: number;
  exit?: number;
  signal?: number;
  reason?: string;
  /** of the process that runs the member, and of the runner that began it */
  process?: string;
  generation?: number;
  /** cancelled before it began, one by one: Slurm keeps no record of such a member at all */
  forgotten?: boolean;
};

export type Member = {
  job: Job;
  /** undefined for a plain job */
  index: number | undefined;
  rawId: number;
  state: State;
  reason: string;
  startMs?: number;
  endMs?: number;
  exit: number;
  signal: number;
  process?: string;
  /** ended without ever having begun */
  neverBegan: boolean;
};

export type Wish = { request: string; members?: string; signal?: string };

/** The next `count` ids, the first of them. Lines are appended whole, so the order of lines is the order of claims. */
export function claimIds(dir: string, count: number): number {
  const token = `${process.pid}.${process.hrtime.bigint()}`;
  appendFileSync(folders.ids(dir), `${count} ${token}\n`);
  let first = 1;
  for (const line of readFileSync(folders.ids(dir), "utf8").split("\n")) {
    const [size, owner] = line.split(" ");
    if (owner === token) return first;
    first += Number(size) || 0;
  }
  throw new Error(`the claim ${token} is missing from ${folders.ids(dir)}`);
}

/** Puts a job in place at once: it is there whole or not at all. */
export function addJob(dir: string, job: Job, script: string | Uint8Array): void {
  const draft = join(folders.jobs(dir), `.${job.id}`);
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(join(draft, "job.json"), JSON.stringify(job));
  writeFileSync(join(draft, "slurm_script"), script, { mode: 0o700 });
  renameSync(draft, jobFolder(dir, job.id));
}

export function jobFolder(dir: string, id: number): string {
  return join(folders.jobs(dir), String(id));
}

export function jobIds(dir: string): number[] {
  return readdirSync(folders.jobs(dir))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** What was asked; undefined where there is no such job. */
export function readJob(dir: string, id: number): Job | undefined {
  const text = readText(join(jobFolder(dir, id), "job.json"));
  return text === "" ? undefined : (JSON.parse(text) as Job);
}

export function indicesOf(job: Job): number[] | undefined {
  return job.array === undefined ? undefined : (parseIndexList(job.array, maxArraySize - 1)?.indices ?? []);
}

/** As in Slurm the last member keeps the array's own id. */
function rawIdAt(job: Job, place: number, count: number): number {
  return place === count - 1 ? job.id : job.id + place + 1;
}

/** Every member as it was left by the events; a member whose runner died reads NODE_FAIL. Forgotten members are absent. */
export function readMembers(dir: string, job: Job, livingGeneration: number | undefined): Member[] {
  const indices = indicesOf(job);
  const members = new Map<string, Member>();
  const blank = {
    job,
    state: "PENDING",
    reason: job.held ? "JobHeldUser" : "Priority",
    exit: 0,
    signal: 0,
    neverBegan: true,
  } as const;
  if (indices === undefined) members.set("-", { ...blank, index: undefined, rawId: job.id });
  for (const [place, index] of (indices ?? []).entries())
    members.set(String(index), { ...blank, index, rawId: rawIdAt(job, place, indices?.length ?? 1) });
  for (const event of readEvents(dir, job.id)) {
    for (const key of membersOf(event.members)) {
      const member = members.get(key);
      if (member === undefined) continue;
      if (event.forgotten === true) members.delete(key);
      else members.set(key, after(member, event, livingGeneration));
    }
  }
  return [...members.values()];
}

function after(member: Member, event: JobEvent, livingGeneration: number | undefined): Member {
  const reason = event.reason ?? "None";
  if (event.state === "RUNNING") {
    const lost = event.generation !== livingGeneration;
    const process = event.process === undefined ? {} : { process: event.process };
    const state = lost ? ("NODE_FAIL" as const) : event.state;
    return { ...member, ...process, state, reason: lost ? "NodeDown" : reason, startMs: event.ms, neverBegan: false };
  }
  const cancelledWaiting = member.neverBegan && event.state === "CANCELLED" ? member.reason : reason;
  return {
    ...member,
    state: event.state,
    reason: cancelledWaiting,
    startMs: member.startMs ?? event.ms,
    endMs: event.ms,
    exit: event.exit ?? 0,
    signal: event.signal ?? 0,
  };
}

/** The keys that a member list means: "-" or each index. */
function membersOf(list: string): string[] {
  return list === "-" ? ["-"] : (parseIndexList(list, maxArraySize - 1)?.indices ?? []).map(String);
}

export function memberKey(index: number | undefined): string {
  return index === undefined ? "-" : String(index);
}

export function memberList(members: Member[]): string {
  const indices = members.flatMap((member) => (member.index === undefined ? [] : [member.index]));
  return indices.length === 0 ? "-" : formatIndices(indices);
}

export function appendEvent(dir: string, id: number, event: JobEvent | { done: string }): void {
  appendFileSync(join(jobFolder(dir, id), "events"), `${JSON.stringify(event)}\n`);
}

/** Ends a line that a killed runner left half written, so that the next one does not continue it. */
export function mendEvents(dir: string, id: number): void {
  const path = join(jobFolder(dir, id), "events");
  const text = readText(path);
  if (text !== "" && !text.endsWith("\n")) appendFileSync(path, "\n");
}

export function appendWish(dir: string, id: number, wish: Wish): void {
  appendFileSync(join(jobFolder(dir, id), "wishes"), `${JSON.stringify(wish)}\n`);
}

export function readWishes(dir: string, id: number): Wish[] {
  return parseLines<Wish>(readText(join(jobFolder(dir, id), "wishes")));
}

/** The requests of scancel that a runner has dealt with. */
export function wishesDone(dir: string, id: number): Set<string> {
  const lines = parseLines<{ done?: string }>(readText(join(jobFolder(dir, id), "events")));
  return new Set(lines.flatMap((line) => line.done ?? []));
}

function readEvents(dir: string, id: number): JobEvent[] {
  const lines = parseLines<JobEvent | { done: string }>(readText(join(jobFolder(dir, id), "events")));
  return lines.filter((line): line is JobEvent => "members" in line);
}

/** All members of all jobs that squeue would know now. */
export function listMembers(dir: string, nowMs: number, only?: Set<number>): Member[] {
  const living = livingHolder(folders.runner(dir))?.generation;
  return jobIds(dir).flatMap((id) => {
    if (only !== undefined && !only.has(id)) return [];
    const job = readJob(dir, id);
    return job === undefined ? [] : readMembers(dir, job, living).filter((member) => !isForgotten(member, nowMs));
  });
}

/** Whether any member waits, runs, or was left behind by a runner that died. */
export function hasUnfinished(dir: string): boolean {
  return listMembers(dir, Date.now()).some((member) => member.endMs === undefined);
}

/** Forgets a job all of whose members ended longer than MinJobAge ago. */
export function forgetIfOld(dir: string, id: number, members: Member[], nowMs: number): boolean {
  if (!members.every((member) => isForgotten(member, nowMs))) return false;
  rmSync(jobFolder(dir, id), { recursive: true, force: true });
  return true;
}

function isForgotten(member: Member, nowMs: number): boolean {
  return member.endMs !== undefined && nowMs - member.endMs > minJobAgeSeconds * 1000;
}

function parseLines<T>(text: string): T[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as T];
    } catch {
      return []; // half a line of a runner that was killed while writing
    }
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
