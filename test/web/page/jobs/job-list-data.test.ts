// What the list knows of the jobs while they change, come and go.
import { describe, expect, it } from "vitest";
import type { Job } from "../../../../shared/contract/job.ts";
import { type JobListData, jobsOf, progressOf, withChanges } from "../../../../web/page/jobs/job-list-data.ts";

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

  const all = () => true;
  const none = new Set<string>();

  it("takes in what is new and what moved, and keeps what is further down", () => {
    const next = withChanges(known, [job("b", at(5)), job("e", at(6))], none, all);
    expect(ids(next)).toEqual(["e", "b", "d", "c"]);
    expect(progressOf(next)).toEqual({ seen: 4, more: false });
    expect(ids(withChanges(next, [job("e", at(7)), job("f", at(8))], none, all))).toEqual(["f", "e", "b", "d", "c"]);
  });

  it("takes out what is gone, and what does not pass its filter any more", () => {
    const running = ({ state }: Job) => state === "running";
    const next = withChanges(known, [job("c", at(9), { state: "failed" })], new Set(["b", "unknown"]), running);
    expect(ids(next)).toEqual(["d"]);
    expect(ids(withChanges(next, [job("x", at(9), { state: "failed" })], none, running))).toEqual(["d"]);
    expect(ids(withChanges(next, [job("c", at(10))], none, running))).toEqual(["c", "d"]);
  });

  it("keeps what is known to be newer than what it is told", () => {
    const next = withChanges(known, [job("d", at(1), { state: "queued" })], none, all);
    expect(jobsOf(next).map(({ id, state }) => [id, state])).toEqual([
      ["d", "running"],
      ["c", "running"],
      ["b", "running"],
    ]);
  });

  it("is the same list when the same is told twice", () => {
    const told = [job("b", at(5)), job("e", at(6))];
    const once = withChanges(known, told, new Set(["c"]), all);
    expect(withChanges(once, told, new Set(["c"]), all)).toEqual(once);
  });
});
