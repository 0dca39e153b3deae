// One thing done to many jobs, a hundred at a time, and what became of each.
import type { BulkRequest, BulkResult, Job } from "../../../shared/contract/job.ts";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { ProblemError } from "../../client/problem-error.ts";

/** As the contract has it; taken from there it would bring every schema along. */
export const jobsAtOnce = 100;

/** Whether the API takes a text as a tag: its schema says the same. */
export const isTag = (text: string): boolean => /^[^,\p{Cc}]{1,64}$/u.test(text);

export type BulkAction = BulkRequest["action"];
export type Refusal = { id: string; why: string };
export type BulkOutcome = {
  /** Jobs as they are now; a rerun's are the new ones. */
  jobs: Job[];
  /** Ids of those for which it was done. */
  done: string[];
  refused: Refusal[];
};

/**
 * Does it in requests of 100 jobs, one after the other. `onProgress` is told how many are through. Where a request as a
 * whole fails, its jobs count as refused with the request's error, and the others are still tried.
 */
export async function runBulk(
  client: Pick<GatewayClient, "bulk">,
  action: BulkAction,
  ids: readonly string[],
  tag: string | undefined,
  onProgress: (done: number) => void,
): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { jobs: [], done: [], refused: [] };
  for (let from = 0; from < ids.length; from += jobsAtOnce) {
    const jobs = ids.slice(from, from + jobsAtOnce);
    for (const result of await ask(client, { action, jobs, ...(tag === undefined ? {} : { tag }) })) {
      if (!result.ok) {
        outcome.refused.push({ id: result.job, why: result.problem.detail ?? result.problem.title });
        continue;
      }
      outcome.done.push(result.job);
      if (result.is) outcome.jobs.push(result.is);
    }
    onProgress(from + jobs.length);
  }
  return outcome;
}

async function ask(client: Pick<GatewayClient, "bulk">, request: BulkRequest): Promise<BulkResult[]> {
  try {
    return await client.bulk(request);
  } catch (error) {
    // signed out: nothing more will be accepted
    if (error instanceof ProblemError && error.status === 401) throw error;
    const status = error instanceof ProblemError ? error.status : 503;
    const code = error instanceof ProblemError ? error.code : "unavailable";
    const detail = error instanceof TypeError ? "the server did not answer" : (error as Error).message;
    const problem = { type: `/problems/${code}`, title: detail, status, code, detail };
    return request.jobs.map((job) => ({ job, ok: false, problem }));
  }
}
