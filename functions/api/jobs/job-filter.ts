// Which jobs of a list are shown.
import type * as z from "zod";
import type { Routes } from "../../../shared/contract/routes.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";

export type JobsQuery = z.output<Routes["listJobs"]["query"]>;

/** Whether a job is one that the query means; undefined where it means every one. */
export function jobFilter(query: JobsQuery): ((job: JobRecord) => boolean) | undefined {
  const tests: ((job: JobRecord) => boolean)[] = [];
  const { state, application, cluster, tag, since, until } = query;
  if (state) tests.push((job) => state.includes(job.state));
  if (application) tests.push((job) => application.includes(job.application));
  if (cluster) tests.push((job) => cluster.includes(job.cluster));
  if (tag) tests.push((job) => job.tags?.some((one) => tag.includes(one)) === true);
  if (since) tests.push((job) => Date.parse(job.createdAt) >= Date.parse(since));
  if (until) tests.push((job) => Date.parse(job.createdAt) < Date.parse(until));
  const words = (query.text ?? "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length > 0) tests.push((job) => hasWords(job, words));
  return tests.length === 0 ? undefined : (job) => tests.every((test) => test(job));
}

function hasWords(
  { id, name = "", description = "", tags = [], inputs }: JobRecord,
  words: readonly string[],
): boolean {
  const texts = [id, name, description, ...tags, ...inputs.map((input) => input.name)].map((text) =>
    text.toLowerCase(),
  );
  return words.every((word) => texts.some((text) => text.includes(word)));
}

const lastInstant = Date.parse("9999-12-31T23:59:59.999Z");

/** No job that the query means last changed before this (ISO 8601 in UTC): none changes before it is created. */
export const changedSince = ({ since }: JobsQuery): string | undefined =>
  since === undefined ? undefined : new Date(Math.min(Math.max(0, Date.parse(since)), lastInstant)).toISOString();
