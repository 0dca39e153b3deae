// Following a job: how often to ask, and when there is nothing left to wait for.
import { isFinal, type Job } from "../../shared/contract/job.ts";
import { isPassing, sleep } from "./retry.ts";

export type FollowOptions = {
  signal?: AbortSignal;
  /** Shortest wait between two questions (ms); default 1000. */
  everyMs?: number;
};

const longestWaitMs = 15_000;

/** Whether nothing more will happen to a job by itself: it ended, and its results are there or are known not to come. */
export function isSettled(job: Pick<Job, "state" | "results">): boolean {
  return isFinal(job.state) && job.results.state !== "pending";
}

/**
 * How long to wait before a job is asked for again (ms): a twentieth of the time for which it has been as it is, so that
 * a job of seconds feels immediate and a job of days costs little.
 */
export function pollDelay(job: Pick<Job, "changedAt">, now: number, everyMs = 1_000): number {
  const age = Math.max(0, now - Date.parse(job.changedAt));
  return Math.min(Math.max(everyMs, age / 20), Math.max(everyMs, longestWaitMs));
}

/** Yields a job whenever it changed, until it is settled. A failure that may pass is waited out. */
export async function* followJob(ask: () => Promise<Job>, options: FollowOptions): AsyncGenerator<Job, void> {
  let seen = "";
  let delay = options.everyMs ?? 1_000;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const job = await ask();
      const text = JSON.stringify(job);
      if (text !== seen) yield job;
      seen = text;
      if (isSettled(job)) return;
      delay = pollDelay(job, Date.now(), options.everyMs);
    } catch (error) {
      if (!isPassing(error)) throw error;
      delay = Math.min(delay * 2, longestWaitMs);
    }
    await sleep(delay, options.signal);
  }
}
