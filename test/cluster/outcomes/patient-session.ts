// A person who follows many jobs at once by the one address that tells what moved, and asks again where a service was busy.
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, call } from "../../../infra/local/api-client.ts";
import type { Job } from "../../../shared/contract/job.ts";
import type { Session } from "../../journey/api-session.ts";

const lookEveryMs = 300;
const submissionsAtOnce = 4;

type Waiter = { good: (job: Job) => boolean; found: (job: Job) => void };

/** The session, with waiting and asking that bear a busy machine. */
export function patientSession(api: string, session: Session, output: () => string): Session {
  const follow = followChanges(api, session);
  const until: Session["until"] = async (id, good, seconds = 60) => {
    const now = await patiently(() => session.get(id));
    if (good(now)) return now;
    const there = await follow(id, good, seconds);
    if (there) return there;
    const [job, events] = await Promise.all([session.get(id), session.events(id)]);
    const told = [job, ...events].map((one) => JSON.stringify(one)).join("\n");
    throw new Error(`job ${id} did not get there in ${seconds} s:\n${told}\n${output().slice(-4_000)}`);
  };
  return {
    token: session.token,
    until,
    ended: (id, seconds) => until(id, (job) => job.results.state !== "pending", seconds),
    submitScript: atMost(submissionsAtOnce, (...words) => patiently(() => session.submitScript(...words))),
    get: (id) => patiently(() => session.get(id)),
    events: (id) => patiently(() => session.events(id)),
    files: (id) => patiently(() => session.files(id)),
    download: (file) => patiently(() => session.download(file)),
  };
}

/** One poll for all who wait: GET /v1/changes from now on. It goes on only while somebody waits. Undefined: it took too long. */
function followChanges(api: string, { token }: Session) {
  const waiters = new Map<string, Set<Waiter>>();
  const latest = new Map<string, Job>();
  let since = new Date().toISOString();
  let polling = false;

  async function poll(): Promise<void> {
    if (polling) return;
    polling = true;
    while (waiters.size > 0) {
      const path = `/v1/changes?since=${encodeURIComponent(since)}`;
      const { jobs, next } = await patiently(() => call<{ jobs: Job[]; next: string }>(api, token, "GET", path));
      since = next;
      for (const job of jobs) {
        latest.set(job.id, job);
        for (const waiter of waiters.get(job.id) ?? []) if (waiter.good(job)) waiter.found(job);
      }
      await sleep(lookEveryMs);
    }
    polling = false;
  }

  return (id: string, good: (job: Job) => boolean, seconds: number): Promise<Job | undefined> =>
    new Promise((resolve, reject) => {
      const mine = waiters.get(id) ?? new Set();
      const leave = () => {
        clearTimeout(timer);
        mine.delete(waiter);
        if (mine.size === 0) waiters.delete(id);
      };
      const waiter: Waiter = {
        good,
        found: (job) => {
          leave();
          resolve(job);
        },
      };
      const timer = setTimeout(() => {
        leave();
        resolve(undefined);
      }, seconds * 1_000);
      mine.add(waiter);
      waiters.set(id, mine);
      const told = latest.get(id);
      if (told && good(told)) return waiter.found(told);
      poll().catch(reject);
    });
}

/** Again where a service is busy, as its problem says. */
async function patiently<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ApiError && error.status >= 503) || tries === 40) throw error;
      await sleep(500);
    }
  }
}

/** Calls that come all at once, so many at a time. */
function atMost<A extends unknown[], R>(most: number, run: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  const turns = Array.from({ length: most }, () => Promise.resolve<unknown>(undefined));
  let next = 0;
  return (...args) => {
    const turn = next++ % most;
    const mine = (turns[turn] ?? Promise.resolve()).then(() => run(...args));
    turns[turn] = mine.catch(() => {});
    return mine;
  };
}
