// Trying again, for requests that may be repeated without harm.
import { ProblemError } from "./problem-error.ts";

const attempts = 4;
const firstWaitMs = 300;

/** Resolves after that time, or rejects with the signal's reason when it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Whether another try may help: no answer at all, too many requests, or a service that is away. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError)
    return error.status === 429 || (error.status >= 500 && error.code !== "cluster-closed");
  // fetch tells of a network failure with a TypeError
  return error instanceof TypeError;
}

/** Runs `attempt`, again after 0.3, 0.6 and 1.2 s where the failure may pass. Only for what may be repeated. */
export async function withRetries<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === attempts || !isPassing(error)) throw error;
      await sleep(firstWaitMs * 2 ** (tries - 1), signal);
    }
  }
}
