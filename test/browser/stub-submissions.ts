// The stand-in's uploads, checks and submissions: the rules are the application's own, what is kept is kept in memory.
import { renderJob } from "../../shared/application/applications.ts";
import { resourceIssues } from "../../shared/application/resource-issues.ts";
import { scriptText } from "../../shared/application/script-text.ts";
import type { Partition } from "../../shared/contract/catalogue.ts";
import { clashingNames } from "../../shared/contract/input-names.ts";
import { translateIssues } from "../../shared/contract/issues.ts";
import { type Job, JobSubmission } from "../../shared/contract/job.ts";
import { GatewayError } from "../../shared/contract/problem.ts";

export type StubUpload = { id: string; name: string; size: number; body?: string };
export type StubSubmissions = {
  uploads: StubUpload[];
  /** So many of the next uploads are cut off. */
  cutUploads: number;
  /** Uploads wait for this before they are answered. */
  held: Promise<void>;
  /** So many of the next submissions are taken and never answered. */
  cutSubmissions: number;
  /** Every submission that came, also a repeated one. */
  submitted: { key: string; body: JobSubmission }[];
};

export const noSubmissions = (): StubSubmissions => ({
  uploads: [],
  cutUploads: 0,
  held: Promise.resolve(),
  cutSubmissions: 0,
  submitted: [],
});

/** An id that sorts by its number, valid as a ULID. */
const idOf = (prefix: string, number: number) => `01J${prefix}${String(number).padStart(23 - prefix.length, "0")}`;

/** POST /v1/uploads: the upload as the API describes it; its bytes go to `origin`. */
export function createStubUpload(stub: StubSubmissions, text: string, origin: string) {
  const { name, size, type } = JSON.parse(text) as { name: string; size: number; type: string };
  const upload: StubUpload = { id: idOf("VP", stub.uploads.length), name, size };
  stub.uploads.push(upload);
  return {
    id: upload.id,
    method: "PUT",
    url: `${origin}/upload/${upload.id}`,
    headers: { "content-type": type, "if-none-match": "*" },
    expiresAt: "2030-01-01T00:00:00.000Z",
  };
}

/** POST /v1/jobs/check. Throws GatewayError as the API does. */
export function checkStubJob(stub: StubSubmissions, text: string, partitions: readonly Partition[]) {
  const value: unknown = JSON.parse(text);
  const read = JobSubmission.safeParse(value);
  if (!read.success)
    throw new GatewayError("invalid-request", "the request is not valid", {
      issues: translateIssues(JobSubmission, value, read.error),
    });
  const body = read.data;
  const names = body.inputs.map((input) => input.name);
  const clashes = clashingNames(names);
  if (clashes.length > 0) throw new GatewayError("invalid-request", "names clash", { issues: clashes });
  const rendered = renderJob({ ...body, inputs: names });
  const beyond = resourceIssues(rendered.resources, partitions);
  if (beyond.length > 0) throw new GatewayError("resources-exceeded", "it asks for too much", { issues: beyond });
  const absent = body.inputs.flatMap(({ upload }, place) =>
    stub.uploads.some((one) => one.id === upload && one.body !== undefined)
      ? []
      : [{ field: `inputs.${place}.upload`, value: upload, accepted: "the id of an upload whose bytes were sent" }],
  );
  if (absent.length > 0) throw new GatewayError("input-missing", "an input was not uploaded", { issues: absent });
  const { version, parameters, resources } = rendered;
  const cluster = body.cluster ?? "local";
  const { application } = body;
  return { body, checked: { application, version, cluster, parameters, resources, script: scriptText(rendered) } };
}

/** POST /v1/jobs: the same key gives the same job. */
export function submitStubJob(
  stub: StubSubmissions & { jobs: Job[] },
  text: string,
  key: string,
  partitions: readonly Partition[],
): Job {
  const { body, checked } = checkStubJob(stub, text, partitions);
  const earlier = stub.submitted.findIndex((one) => one.key === key);
  stub.submitted.push({ key, body });
  const id = idOf("B", earlier < 0 ? stub.submitted.length - 1 : earlier);
  const there = stub.jobs.find((one) => one.id === id);
  if (there) return there;
  const { script: _, ...rest } = checked;
  const now = new Date().toISOString();
  const job: Job = {
    ...rest,
    id,
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.tags === undefined ? {} : { tags: body.tags }),
    ...(body.retry === undefined ? {} : { retry: body.retry }),
    ...(body.mail === undefined ? {} : { mail: body.mail }),
    ...(body.rerunOf === undefined ? {} : { rerunOf: body.rerunOf }),
    state: "submitted",
    attempt: 1,
    inputs: body.inputs.map(({ upload, name }) => ({ upload, name, size: 1, etag: "e" })),
    results: { state: "pending" },
    account: "alice",
    createdAt: now,
    changedAt: now,
  };
  stub.jobs.unshift(job);
  return job;
}
