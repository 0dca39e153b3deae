// What each scenario has at hand, and what scenarios say of a job alike.
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { call } from "../../../infra/local/api-client.ts";
import type { Job, JobEvent, JobFile } from "../../../shared/contract/job.ts";
import { type Session, sessionOf } from "../../journey/api-session.ts";
import { type JobPages, openJobPages, type SeenJob } from "./job-pages.ts";
import type { OutcomeStack } from "./outcome-stack.ts";
import { patientSession } from "./patient-session.ts";

export type World = OutcomeStack & {
  alice: Session;
  pages: JobPages;
  /** A job of alice's that was submitted while her Unix account was one that the cluster does not admit. */
  unlisted: Job;
  /** A job of alice's whose message to dispatch was lost, and which she then cancelled. */
  undispatched: Job;
  /** A job of alice's whose command was lost on its way, and which she then cancelled; reconcile sends it again. */
  undelivered: Job;
};

/** Signs alice in, and has her submit what wants nothing else to be under way. */
export async function openWorld(all: OutcomeStack): Promise<World> {
  const { api } = all.stack.local;
  const alice = patientSession(api, await sessionOf(all.stack, "alice"), all.stack.output);
  all.cloud.faults.messages.drop = 1;
  const { id } = await alice.submitScript("echo never");
  const cancelled = (job: string) => call<Job>(api, alice.token, "POST", `/v1/jobs/${job}/cancel`, {});
  const undispatched = await cancelled(id);
  for (let waited = 0; waited < 200 && all.cloud.faults.messages.drop > 0; waited += 1) await sleep(50);
  all.cloud.faults.messages.drop = 0;

  all.cloud.commands.lose(1_000);
  const sent = await alice.submitScript("echo never", {}, { resources: { wallMinutes: 16 } });
  await alice.until(sent.id, (job) => job.state === "dispatched", patienceSeconds);
  all.cloud.commands.lose(0);
  const undelivered = await cancelled(sent.id);

  const admin = await sessionOf(all.stack, "admin");
  const me = await call<{ id: string }>(api, alice.token, "GET", "/v1/me");
  const worksAs = (account: string) =>
    call(api, admin.token, "PATCH", `/v1/people/${me.id}`, { accounts: { local: account } });
  await worksAs("bob");
  const unlisted = await alice.submitScript("echo never");
  await worksAs("alice");
  return { ...all, alice, pages: await openJobPages(all.stack), unlisted, undispatched, undelivered };
}

/** One way in which a job can go: all begin at once, each is a test of its own. */
export type Scenario = { name: string; run(world: World): Promise<void> };

/** How long a job may take to its end on a machine that does much else (seconds). */
export const patienceSeconds = 280;

export type EndedJob = { job: Job; events: JobEvent[]; files: JobFile[]; skipped: { path: string; skipped: string }[] };

/** Waits for a job's end and its results. */
export async function ended({ alice }: World, id: string): Promise<EndedJob> {
  const job = await alice.ended(id, patienceSeconds);
  const { files, skipped } =
    job.results.state === "available" ? await alice.files(id) : { files: [] as JobFile[], skipped: [] };
  return { job, events: await alice.events(id), files, skipped };
}

/** Submits a script and waits for its end. */
export async function runScript(world: World, text: string, more: Record<string, unknown> = {}): Promise<EndedJob> {
  const { id } = await world.alice.submitScript(text, {}, more);
  return await ended(world, id);
}

export const running = (world: World, id: string) =>
  world.alice.until(id, (job) => job.state === "running", patienceSeconds);

export const cancel = (world: World, id: string) =>
  call<Job>(world.stack.local.api, world.alice.token, "POST", `/v1/jobs/${id}/cancel`, {});

/** What a log holds; "" where there is none of that role. */
export async function logOf(world: World, { files }: EndedJob, role: "stdout" | "stderr"): Promise<string> {
  const file = files.find((one) => one.role === role);
  return file === undefined ? "" : (await world.alice.download(file)).toString();
}

/** The page of an ended job: its sentence, the likely cause, the timeline's last entry as the API has it. */
export async function onPage(
  world: World,
  { job, events }: EndedJob,
  says: { standing: string; likely?: string; detail?: string | RegExp; above?: string },
): Promise<SeenJob> {
  const seen = await world.pages.see(job.id, says.standing);
  const badge = { succeeded: "Succeeded", failed: "Failed", cancelled: "Cancelled" }[job.state as "failed"];
  expect(seen.standing).toContain(badge);
  if (says.likely === undefined) expect(seen.likely).toBe("");
  else expect(seen.likely).toContain(says.likely);
  if (says.detail === undefined) expect(seen.detail).toBe("");
  else expect(seen.detail).toMatch(says.detail);
  if (says.above !== undefined) expect(seen.above).toContain(says.above);
  expect(seen.timeline).toHaveLength(events.length);
  expect(seen.timeline.at(-1)).toContain(badge);
  expect(seen.timeline.at(-1)).toContain(events.at(-1)?.cause);
  expect(seen.faults).toEqual([]);
  return seen;
}

/** The states of a timeline in their order, each once. */
export const statesOf = (events: readonly JobEvent[]): string[] =>
  events.map((event) => event.state).filter((state, at, all) => state !== all[at - 1]);
