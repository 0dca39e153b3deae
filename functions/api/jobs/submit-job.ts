// POST /v1/jobs: first the idempotency key, then the job, then the message; a repeat rolls forward from where it stopped.
import { createHash } from "node:crypto";
import { renderJob } from "../../../shared/application/applications.ts";
import { iso } from "../../../shared/aws/clock.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { JobSubmission } from "../../../shared/contract/job.ts";
import { GatewayError, shortened } from "../../../shared/contract/problem.ts";
import { canonicalJson } from "../../../shared/job/groups.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { Caller } from "../../edge/operation.ts";
import type { ApiOperation, ApiParts } from "../parts.ts";
import { checkResources } from "./check-resources.ts";
import { findCluster } from "./find-cluster.ts";
import { checkInputNames, findInputs } from "./find-inputs.ts";
import { jobView } from "./job-view.ts";

/** A job is one item of the table (400 KB), whose timeline takes up to 80 KB. */
const maxJobBytes = 320_000;

export const submitJob: ApiOperation<"submitJob"> = async ({ body, headers, caller, parts }) => {
  const key = headers["idempotency-key"];
  const hash = createHash("sha256").update(canonicalJson(body)).digest("hex");
  const person = caller.person.id;

  const earlier = key === undefined ? undefined : await parts.keys.get(person, key);
  if (earlier) refuseOtherBody(earlier.hash, hash, key);
  const there = earlier && (await parts.jobs.get(earlier.job));
  if (there) return { body: jobView(await askAgain(there, parts)) };

  // Everything is checked before anything is written: a refused submission leaves nothing behind.
  const draft = await prepare(body, caller, parts);
  const proposed = { hash, job: ulid(parts.now()) };
  const counts = key === undefined ? proposed : await parts.keys.remember(person, key, proposed);
  refuseOtherBody(counts.hash, hash, key);

  const job: JobRecord = { ...draft, id: counts.job };
  const first = await parts.jobs.create(job);
  const kept = first ? job : ((await parts.jobs.get(job.id)) ?? job);
  return { body: jobView(await askAgain(kept, parts)) };
};

/** Asks for a dispatch while none has taken the job; one asking too many does no harm. */
async function askAgain(job: JobRecord, parts: ApiParts): Promise<JobRecord> {
  if (job.state === "submitted" && job.group === undefined)
    await parts.dispatch.ask({ cluster: job.cluster, job: job.id });
  return job;
}

function refuseOtherBody(earlier: string, now: string, key: string | undefined): void {
  if (earlier === now) return;
  throw new GatewayError(
    "idempotency-key-reused",
    "this Idempotency-Key was sent with another body; accepted is the same body, or another key",
    {
      issues: [
        {
          field: "idempotency-key",
          value: shortened(key) ?? "",
          accepted: "a key that was not used with another body",
        },
      ],
    },
  );
}

async function prepare(body: JobSubmission, { person }: Caller, parts: ApiParts): Promise<Omit<JobRecord, "id">> {
  const cluster = findCluster(body.cluster, parts.clusters);
  checkInputNames(body.inputs);
  const rendered = renderJob({
    application: body.application,
    version: body.version,
    parameters: body.parameters,
    resources: body.resources,
    inputs: body.inputs.map((input) => input.name),
  });
  const account = Object.hasOwn(person.accounts, cluster.id) ? person.accounts[cluster.id] : undefined;
  if (account === undefined) {
    throw new GatewayError(
      "no-unix-account",
      `an administrator has not yet given you a Unix account on ${cluster.name}`,
    );
  }
  const { partitions } = await parts.clusterTable.get(cluster.id);
  if (partitions) checkResources(rendered.resources, partitions);
  const inputs = await findInputs(body.inputs, person.id, parts.inputs);

  const at = iso(parts.now());
  const { name, description, tags, projectId } = body;
  const job: Omit<JobRecord, "id"> = {
    person: person.id,
    application: body.application,
    version: rendered.version,
    cluster: cluster.id,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    ...(projectId === undefined ? {} : { projectId }),
    state: "submitted",
    source: "api",
    attempt: 1,
    parameters: rendered.parameters,
    resources: rendered.resources,
    inputs,
    results: { state: "pending" },
    account,
    createdAt: at,
    changedAt: at,
    events: [{ at, state: "submitted", attempt: 1, cause: "accepted", source: "api" }],
    revision: 1,
  };
  const bytes = Buffer.byteLength(JSON.stringify(job));
  if (bytes > maxJobBytes) {
    const accepted = `parameters, inputs' names and description of together at most ${maxJobBytes} bytes; put more into an input`;
    throw new GatewayError("invalid-request", `the job has ${bytes} bytes; accepted are ${accepted}`, {
      issues: [{ field: "", accepted }],
    });
  }
  return job;
}
