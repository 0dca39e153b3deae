// The jobs of a sweep, submitted a few at once; where it stops, how far it came and how it goes on.
import type { Job, JobSubmission } from "../../shared/contract/job.ts";
import type { GatewayClient } from "../client/gateway-client.ts";
import { isPassing } from "../client/retry.ts";
import type { Cli } from "./cli.ts";
import { CliError, explain, kindOf } from "./cli-error.ts";
import { inParallel } from "./in-parallel.ts";
import { jobLine } from "./words.ts";

const atOnce = 8;

/** What became of a sweep: its jobs in their order, and where it stopped the faults, the first one first. */
export type SubmittedSweep = { id: string; size: number; jobs: Job[]; faults: unknown[] };

/** Submits each under a key of its own, which the sweep's id gives it: repeated, it makes none twice. */
export async function submitSweep(
  cli: Cli,
  client: GatewayClient,
  id: string,
  members: readonly JobSubmission[],
): Promise<SubmittedSweep> {
  const size = members.length;
  const jobs: (Job | undefined)[] = [];
  const faults: unknown[] = [];
  const release = cli.onInterrupt(() => faults.push(new CliError("other", "interrupted")));
  await inParallel(members, atOnce, async (member, index) => {
    // those under way are waited for: they are told of too
    if (faults.length > 0) return;
    try {
      jobs[index] = await client.submit({ ...member, sweep: { id, index, size } }, `${id}-${index}`);
    } catch (error) {
      faults.push(error);
    }
  });
  release();
  return { id, size, jobs: jobs.filter((job) => job !== undefined), faults };
}

/** Why a sweep stopped, which of its jobs there are, and under which key the same command makes the others. */
export function stoppedSweep({ id, size, jobs, faults }: SubmittedSweep, key: string | undefined): unknown {
  const [fault] = faults;
  const unknown = faults.filter(isPassing).length;
  if (jobs.length + unknown === 0) return fault;
  const others = unknown === 0 ? "" : `; of ${unknown} it is not known`;
  const lines = [
    explain(fault),
    `${jobs.length} of the ${size} jobs of sweep ${id} were accepted${others}`,
    ...jobs.map((job) => `  ${jobLine(job)}`),
  ];
  if (key !== undefined) lines.push(`the same command with --key ${key} goes on where it stopped`);
  return new CliError(kindOf(fault), lines.join("\n"));
}
