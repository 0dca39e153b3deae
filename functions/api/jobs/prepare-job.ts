// What a submission becomes: checked whole, and nothing written.
import { renderJob } from "../../../shared/application/applications.ts";
import { iso } from "../../../shared/aws/clock.ts";
import { defaultRetry, type JobSubmission } from "../../../shared/contract/job.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import type { Caller } from "../../edge/operation.ts";
import { knownPartitions, requireOpen } from "../catalogue/cluster-view.ts";
import type { ApiParts } from "../parts.ts";
import { checkResources } from "./check-resources.ts";
import { findCluster } from "./find-cluster.ts";
import { checkInputNames, findInputs } from "./find-inputs.ts";

/** A job is one item of the table (400 KB), whose timeline takes up to 80 KB and whose earlier attempts up to 40 KB. */
const maxJobBytes = 280_000;

/** The job without its id. */
export type JobDraft = Omit<JobRecord, "id">;
export type PreparedJob = { draft: JobDraft; rendered: ReturnType<typeof renderJob> };

/** The job and its script. Throws each of the problems for which a submission is refused. */
export async function prepareJob(body: JobSubmission, { person }: Caller, parts: ApiParts): Promise<PreparedJob> {
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
  if (body.mail && !parts.site.mail)
    throw new GatewayError("mail-not-available", "this site sends no mail; accepted is a submission without mail", {
      issues: [{ field: "mail", accepted: "a submission without it" }],
    });
  const known = await parts.clusterTable.get(cluster.id);
  requireOpen(cluster, known, parts);
  checkResources(rendered.resources, knownPartitions(known, parts.now()) ?? []);
  const inputs = await findInputs(body.inputs, person.id, parts.inputs);

  const at = iso(parts.now());
  const { name, description, tags, projectId, rerunOf, retry = defaultRetry, mail, sweep } = body;
  const draft: JobDraft = {
    person: person.id,
    application: body.application,
    version: rendered.version,
    cluster: cluster.id,
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    ...(projectId === undefined ? {} : { projectId }),
    ...(rerunOf === undefined ? {} : { rerunOf }),
    retry,
    ...(mail === undefined ? {} : { mail }),
    ...(sweep === undefined ? {} : { sweep }),
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
  const bytes = Buffer.byteLength(JSON.stringify(draft));
  if (bytes > maxJobBytes) {
    const accepted = `parameters, inputs' names and description of together at most ${maxJobBytes} bytes; put more into an input`;
    throw new GatewayError("invalid-request", `the job has ${bytes} bytes; accepted are ${accepted}`, {
      issues: [{ field: "", accepted }],
    });
  }
  return { draft, rendered };
}
