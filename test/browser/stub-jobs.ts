// The jobs of the stand-in: listed, filtered and acted upon as the API does it.
import type { BulkRequest, BulkResult, Job } from "../../shared/contract/job.ts";

/** A filtered answer looks through so many at most. */
const mostSeen = 2_000;
const ended = new Set(["succeeded", "failed", "cancelled"]);

/** The answer of GET /v1/jobs. */
export function listStubJobs(jobs: readonly Job[], query: URLSearchParams) {
  const limit = Number(query.get("limit") ?? "50");
  const sorted = jobs.toSorted((a, b) => (a.changedAt < b.changedAt ? 1 : -1));
  const filtered = [...query.keys()].some((name) => name !== "limit" && name !== "cursor");
  const from = Number(query.get("cursor") ?? "0");
  const found: Job[] = [];
  let at = from;
  for (; at < sorted.length && found.length < limit && (!filtered || at - from < mostSeen); at += 1) {
    const job = sorted[at];
    if (job && passes(job, query)) found.push(job);
  }
  return { jobs: found, ...(at < sorted.length ? { cursor: String(at) } : {}), seen: at - from };
}

function passes(job: Job, query: URLSearchParams): boolean {
  const any = (name: string, values: readonly string[]) =>
    !query.has(name) || (query.get(name) ?? "").split(",").some((value) => values.includes(value));
  const text = [job.name, job.description, job.id, ...(job.tags ?? []), ...job.inputs.map(({ name }) => name)].join(
    "\n",
  );
  const words = (query.get("text") ?? "").toLowerCase().split(/\s+/);
  return (
    any("state", [job.state]) &&
    any("application", [job.application]) &&
    any("cluster", [job.cluster]) &&
    any("tag", job.tags ?? []) &&
    words.every((word) => text.toLowerCase().includes(word)) &&
    job.createdAt >= (query.get("since") ?? "") &&
    (!query.has("until") || job.createdAt < (query.get("until") ?? ""))
  );
}

/** Does what POST /v1/jobs/bulk does to `jobs`, and answers. A job named "Refuses" is refused. */
export function bulkStubJobs(jobs: Job[], { action, jobs: ids, tag = "" }: BulkRequest): { results: BulkResult[] } {
  const results = ids.map((id): BulkResult => {
    const at = jobs.findIndex((job) => job.id === id);
    const job = jobs[at];
    if (!job || job.name === "Refuses") {
      const detail = job ? "it does not want to" : "there is no such job";
      const problem = { type: "/problems/conflict", title: "conflict", status: 409, code: "conflict", detail };
      return { job: id, ok: false, problem };
    }
    if (action === "delete") {
      jobs.splice(at, 1);
      return { job: id, ok: true };
    }
    const is = changed(job, action, tag, jobs.length);
    if (action === "rerun") jobs.unshift(is);
    else jobs[at] = is;
    return { job: id, ok: true, is };
  });
  return { results };
}

function changed(job: Job, action: BulkRequest["action"], tag: string, count: number): Job {
  const now = new Date().toISOString();
  const tags = (job.tags ?? []).filter((one) => one !== tag);
  if (action === "tag") return { ...job, tags: [...tags, tag], changedAt: now };
  if (action === "untag") return { ...job, tags, changedAt: now };
  if (action === "cancel") return ended.has(job.state) ? job : { ...job, state: "cancelled", changedAt: now };
  const id = `01JRERUN${String(count).padStart(18, "0")}`;
  return {
    ...job,
    id,
    rerunOf: job.id,
    state: "submitted",
    results: { state: "pending" },
    createdAt: now,
    changedAt: now,
  };
}
