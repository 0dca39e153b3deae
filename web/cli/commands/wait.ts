// wait: until jobs have ended, and their exit code.
import type { Command } from "commander";
import type { Job } from "../../../shared/contract/job.ts";
import { isSettled } from "../../client/follow.ts";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { isPassing, sleep } from "../../client/retry.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError, explain } from "../cli-error.ts";
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
  let jobs: Job[];
  try {
    jobs = ids.length <= fewJobs ? await followEach(client, ids, tell) : await followAll(client, ids, tell);
  } catch (error) {
    if (error instanceof CliError && error.kind === "usage") throw error;
    cli.say(`headgate: ${explain(error)}\n`);
    throw new ExitCode(unknownCode);
  }
  if (options.json) for (const job of jobs) outJson(cli, job);
  const failed = jobs.map(waitCode).find((code) => code !== 0);
  if (failed !== undefined) throw new ExitCode(failed);
}

function followEach(client: GatewayClient, ids: readonly string[], tell: (job: Job) => void): Promise<Job[]> {
  return inParallel(ids, fewJobs, async (id) => {
    let last: Job | undefined;
    for await (const job of client.follow(id)) {
      if (standing(job) !== (last && standing(last))) tell(job);
      last = job;
    }
    if (!last) throw new CliError("absent", `there is no job ${id}`);
    return last;
  });
}

/** By GET /v1/changes: one question for any number of jobs. */
async function followAll(client: GatewayClient, ids: readonly string[], tell: (job: Job) => void): Promise<Job[]> {
  let { changes } = await client.changes();
  const known = new Map<string, Job>();
  const take = (job: Job) => {
    const before = known.get(job.id);
    if (!before || standing(before) !== standing(job)) tell(job);
    known.set(job.id, job);
  };
  for (const job of await inParallel(ids, fewJobs, (id) => client.job(id))) take(job);
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
    const gone = changes.deleted.find((id) => wanted.has(id));
    if (gone !== undefined) throw new CliError("absent", `job ${gone} was deleted`);
  }
  return ids.map((id) => known.get(id)).filter((job) => job !== undefined);
}
