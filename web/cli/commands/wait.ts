// wait: until jobs have ended, and their exit code.
import type { Command } from "commander";
import type { Job } from "../../../shared/contract/job.ts";
import { isSettled } from "../../client/follow.ts";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { isPassing, sleep } from "../../client/retry.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError, explain, kindOf } from "../cli-error.ts";
import { inParallel } from "../in-parallel.ts";
import { jobId } from "../job-id.ts";
import { openSession } from "../session.ts";
import { unknownCode, waitCode } from "../wait-code.ts";
import { jobLine, standing } from "../words.ts";

type WaitOptions = GlobalOptions & { quiet?: boolean };

/** Up to so many jobs are asked for one by one; for more, all that moved is asked for at once. */
const fewJobs = 8;

/** Ends the command with this exit code; all that is to be said has been said. */
export class ExitCode extends Error {
  override readonly name = "ExitCode" as const;
  readonly code: number;
  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}

export function addWait(program: Command, cli: Cli): void {
  program
    .command("wait")
    .description("wait until jobs have ended and their results are decided; returns the job's exit code")
    .argument("<job...>", "ids")
    .option("--quiet", "say nothing of what happens meanwhile")
    .addHelpText(
      "after",
      `
Returns 0 for success, the exit code of a job that failed with one, 128+n for one that signal n ended; else 124 time
limit, 137 out of memory, 121 node failure, 122 preempted, 123 lost, 126 rejected by the cluster, 127 input missing, 130
cancelled; 125 where it could not be learned what became of it. Of several jobs, that of the first that did not succeed.`,
    )
    .action((ids: string[], _: unknown, command: Command) => {
      const options: WaitOptions = command.optsWithGlobals();
      return waitForJobs(cli, openSession(cli, options), ids.map(jobId), options);
    });
}

/** Waits; throws ExitCode where any of the jobs did not succeed. */
export async function waitForJobs(
  cli: Cli,
  client: GatewayClient,
  ids: readonly string[],
  options: WaitOptions,
): Promise<void> {
  const tell = (job: Job) => {
    if (!options.quiet) cli.say(`${ids.length === 1 ? standing(job) : jobLine(job)}\n`);
  };
  /** A job that is not there says nothing of the others. */
  const miss = (id: string, error: unknown): undefined => {
    if (kindOf(error) !== "absent") throw error;
    cli.say(`headgate: ${id}: ${explain(error)}\n`);
  };
  let jobs: (Job | undefined)[];
  try {
    jobs = ids.length <= fewJobs ? await followEach(client, ids, tell, miss) : await followAll(client, ids, tell, miss);
  } catch (error) {
    if (error instanceof CliError && error.kind === "usage") throw error;
    cli.say(`headgate: ${explain(error)}\n`);
    throw new ExitCode(unknownCode);
  }
  if (options.json) for (const job of jobs) if (job) outJson(cli, job);
  const failed = jobs.map((job) => (job ? waitCode(job) : unknownCode)).find((code) => code !== 0);
  if (failed !== undefined) throw new ExitCode(failed);
}

type Follower = (
  client: GatewayClient,
  ids: readonly string[],
  tell: (job: Job) => void,
  miss: (id: string, error: unknown) => undefined,
) => Promise<(Job | undefined)[]>;

const followEach: Follower = (client, ids, tell, miss) =>
  inParallel(ids, fewJobs, async (id) => {
    let last: Job | undefined;
    try {
      for await (const job of client.follow(id)) {
        if (standing(job) !== (last && standing(last))) tell(job);
        last = job;
      }
    } catch (error) {
      return miss(id, error);
    }
    return last;
  });

/** By GET /v1/changes: one question for any number of jobs. */
const followAll: Follower = async (client, ids, tell, miss) => {
  let { changes } = await client.changes();
  const known = new Map<string, Job>();
  const take = (job: Job) => {
    const before = known.get(job.id);
    if (!before || standing(before) !== standing(job)) tell(job);
    known.set(job.id, job);
  };
  const first = (id: string) => client.job(id).catch((error: unknown) => miss(id, error));
  for (const job of await inParallel(ids, fewJobs, first)) if (job) take(job);
  const wanted = new Set(ids);
  for (let etag: string | undefined; [...known.values()].some((job) => !isSettled(job)); ) {
    if (!changes?.more) await sleep(2_000);
    try {
      const answer = await client.changes(changes?.next, etag);
      etag = answer.etag;
      if (answer.changes === undefined) continue;
      // the tag is that of this very question: the next one is another
      if (answer.changes.next !== changes?.next) etag = undefined;
      changes = answer.changes;
    } catch (error) {
      if (!isPassing(error)) throw error;
      continue;
    }
    for (const job of changes.jobs) if (wanted.has(job.id)) take(job);
    for (const id of changes.deleted) {
      const job = known.get(id);
      // how one ended that was deleted later is known
      if (!job || isSettled(job)) continue;
      known.delete(id);
      miss(id, new CliError("absent", "the job was deleted"));
    }
  }
  return ids.map((id) => known.get(id));
};
