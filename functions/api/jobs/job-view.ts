// A job as the API shows it, and one's own job by its id.
import { refusal } from "../../../shared/access/allowed.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { Change } from "../../../shared/job/move.ts";
import type { Caller } from "../../edge/operation.ts";
import type { ApiParts } from "../parts.ts";

const shown = [
  "id",
  "application",
  "version",
  "cluster",
  "name",
  "description",
  "tags",
  "projectId",
  "state",
  "reason",
  "detail",
  "exitCode",
  "signal",
  "attempt",
  "retry",
  "mail",
  "sweep",
  "parameters",
  "resources",
  "results",
  "account",
  "slurmId",
  "folder",
  "folderKeptUntil",
  "rerunOf",
  "cancelRequestedAt",
  "createdAt",
  "changedAt",
  "startedAt",
  "endedAt",
] as const satisfies readonly (keyof Job)[];

/** What everybody who may see a job sees of it. */
export function jobView(job: JobRecord): Job {
  const fields = shown.filter((name) => job[name] !== undefined).map((name) => [name, job[name]]);
  const inputs = job.inputs.map(({ name, size, etag, upload }) => ({ name, size, etag, upload }));
  const attempts = job.attempts?.map(
    ({ group: _group, index: _index, location: _location, source: _source, ...attempt }) => attempt,
  );
  return {
    ...(Object.fromEntries(fields) as Omit<Job, "inputs">),
    inputs,
    ...(attempts ? { attempts } : {}),
  };
}

/** The caller's job of that id; another's, and one that was deleted, answers as if it were not there. */
export async function ownJob(id: string, { person }: Caller, parts: ApiParts): Promise<JobRecord> {
  const job = await parts.jobs.get(id);
  if (job && !job.deletedAt && refusal(person, "read-job", job) === undefined) return job;
  throw noSuchJob();
}

/** Writes what `decide` changes of the caller's job of that id; returns the job as it is then. Throws `not-found` as ownJob. */
export async function changeOwnJob(
  id: string,
  { person }: Caller,
  parts: ApiParts,
  decide: (job: JobRecord) => Change | undefined,
): Promise<JobRecord> {
  let isOwn = false;
  const job = await parts.jobs.change(id, (one) => {
    isOwn = !one.deletedAt && refusal(person, "change-job", one) === undefined;
    return isOwn ? decide(one) : undefined;
  });
  if (job && isOwn) return job;
  throw noSuchJob();
}

const noSuchJob = () => new GatewayError("not-found", "there is no such job");
