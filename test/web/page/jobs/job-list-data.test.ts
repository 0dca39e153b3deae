// What the list knows of the jobs while they change, come and go.
import { describe, expect, it } from "vitest";
import type { Job } from "../../../../shared/contract/job.ts";
import {
  type JobListData,
  jobsOf,
  progressOf,
  withBeginning,
  withJobs,
  withoutJobs,
} from "../../../../web/page/jobs/job-list-data.ts";

const job = (id: string, changedAt: string, change: Partial<Job> = {}): Job => ({
  id,
  application: "bumps",
  version: "1",
  cluster: "local",
  state: "running",
  attempt: 1,
  parameters: {},
  resources: {},
  inputs: [],
  results: { state: "pending" },
  account: "alice",
  createdAt: changedAt,
  changedAt,
  ...change,
});
const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;
const list = (...pages: { jobs: Job[]; cursor?: string; seen: number }[]): JobListData => ({
  pages,
  pageParams: pages.map(() => ({ limit: 2 })),
});
const ids = (data: JobListData) => jobsOf(data).map(({ id }) => id);

describe("the list of jobs", () => {
  const known = list(
    { jobs: [job("d", at(4)), job("c", at(3))], cursor: "x", seen: 2 },
    { jobs: [job("b", at(2))], seen: 1 },
  );

  it("holds each job once, as it was when it changed last, the latest first", () => {
    const twice = list(
      { jobs: [job("a", at(9)), job("c", at(3))], cursor: "x", seen: 2 },
      { jobs: [job("b", at(2)), job("a", at(1))], seen: 2 },
    );
    expect(ids(twice)).toEqual(["a", "c", "b"]);
    expect(progressOf(twice)).toEqual({ seen: 4, more: false });
    expect(progressOf(undefined)).toEqual({ seen: 0, more: false });
  });

  it("takes in what is new and what moved ahead, and keeps what is further down", () => {
    const next = withBeginning(known, { jobs: [job("e", at(6)), job("b", at(5))], cursor: "y", seen: 2 });
    expect(ids(next)).toEqual(["e", "b", "d", "c"]);
    expect(ids(withBeginning(next, { jobs: [job("f", at(8)), job("e", at(7))], cursor: "z", seen: 2 }))).toEqual([
      "f",
      "e",
      "b",
      "d",
      "c",
    ]);
  });

  it("drops what should be in the new beginning and is not, and keeps all where nothing was found in it", () => {
    const next = withBeginning(known, { jobs: [job("e", at(6)), job("c", at(3))], cursor: "y", seen: 2 });
    expect(ids(next)).toEqual(["e", "c", "b"]);
    expect(ids(withBeginning(known, { jobs: [], cursor: "y", seen: 2 }))).toEqual(["d", "c", "b"]);
  });

  it("begins anew where the beginning is all there is, or where nothing of it was known", () => {
    expect(ids(withBeginning(known, { jobs: [job("d", at(4))], seen: 1 }))).toEqual(["d"]);
    const fresh = withBeginning(known, { jobs: [job("y", at(9)), job("x", at(8))], cursor: "w", seen: 2 });
    expect(ids(fresh)).toEqual(["y", "x"]);
    expect(progressOf(fresh)).toEqual({ seen: 2, more: true });
  });

  it("changes single jobs and leaves others, and drops those that are gone", () => {
    const changed = withJobs(known, [job("c", at(9), { state: "failed" }), job("unknown", at(9))]);
    expect(jobsOf(changed).map(({ id, state }) => [id, state])).toEqual([
      ["c", "failed"],
      ["d", "running"],
      ["b", "running"],
    ]);
    expect(ids(withoutJobs(known, new Set(["d", "b"])))).toEqual(["c"]);
  });
});
