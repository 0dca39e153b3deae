// Automatic retry: by reason and limit, in one write with the end of the attempt, and late news goes to where it belongs.
import { describe, expect, test } from "vitest";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { move, type Observation } from "../../../shared/job/move.ts";
import { movePast, withRetry } from "../../../shared/job/retry.ts";
import { submittedJob } from "./submitted-job.ts";

const second = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();
const running = (o: Partial<JobRecord> = {}): JobRecord =>
  submittedJob({ state: "running", group: "G1", index: 4, slurmId: "17_4", startedAt: second(1), ...o });
const end = (o: Partial<Observation> = {}): Observation => ({
  attempt: 1,
  state: "failed",
  reason: "node-failure",
  source: "jobcomp",
  at: second(9),
  endedAt: second(8),
  ...o,
});
const heard = (job: JobRecord, seen: Observation): JobRecord => {
  const moved = move(job, seen);
  if (!moved) return job;
  const { changes, events = [] } = withRetry(job, moved);
  return JSON.parse(JSON.stringify({ ...job, ...changes, events: [...job.events, ...events] })) as JobRecord;
};

describe("an end after which the job is tried again", () => {
  test("submits the next attempt in the same write, keeps the last one whole and leaves nothing of it behind", () => {
    const next = heard(running({ folder: "/home/alice/x" }), end({ detail: "node n7 went down" }));
    expect(next).toEqual({
      ...submittedJob({ source: "reconcile", attempt: 2 }),
      attempts: [
        {
          attempt: 1,
          reason: "node-failure",
          detail: "node n7 went down",
          slurmId: "17_4",
          folder: "/home/alice/x",
          startedAt: second(1),
          endedAt: second(8),
          results: { state: "pending" },
          group: "G1",
          index: 4,
          source: "jobcomp",
        },
      ],
      events: [
        { at: second(8), state: "failed", attempt: 1, cause: "node n7 went down", source: "jobcomp" },
        {
          at: second(8),
          state: "submitted",
          attempt: 2,
          cause: "tried again after node-failure: attempt 2 of at most 3",
          source: "reconcile",
        },
      ],
    });
  });

  test("comes no more often than the limit", () => {
    let job = running({ retry: { limit: 2, on: ["preempted"] } });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      job = heard({ ...job, state: "running", group: `G${attempt}`, index: 0 }, end({ attempt, reason: "preempted" }));
    }
    expect(job).toMatchObject({ state: "failed", reason: "preempted", attempt: 3 });
    expect(job.attempts?.map(({ attempt, group }) => [attempt, group])).toEqual([
      [1, "G1"],
      [2, "G2"],
    ]);
  });

  test.each<[string, Partial<JobRecord>, Partial<Observation>]>([
    ["another reason", {}, { reason: "exit-code", exitCode: 3 }],
    ["no retry wanted", { retry: { limit: 0, on: ["node-failure"] } }, {}],
    ["a reason that was not named", { retry: { limit: 2, on: ["exit-code"] } }, {}],
    ["a cancelling that was asked for", { cancelRequestedAt: second(5) }, {}],
    ["a job that was deleted", { deletedAt: second(5) }, {}],
    ["success", {}, { state: "succeeded", reason: undefined }],
    ["a job that is lost", {}, { reason: "lost" }],
    [
      "a job that has ended, whatever a stronger witness says of it",
      { state: "failed", reason: "signal", source: "job" },
      {},
    ],
  ])("is not %s", (_what, o, seen) => {
    const ended = heard(running(o), end(seen));
    expect([ended.attempt, ended.attempts]).toEqual([1, undefined]);
    expect(["failed", "succeeded"]).toContain(ended.state);
  });

  test("may be one of a job that was thought lost", () => {
    const lost = heard(running(), end({ reason: "lost", source: "headnode" }));
    expect(heard(lost, end())).toMatchObject({ state: "submitted", attempt: 2 });
  });
});

describe("what is heard late of an earlier attempt", () => {
  const place = { group: "G1", index: 4 };
  const next = heard(running(), end());
  const results = { attempt: 1, results: { state: "available" as const, files: 2, bytes: 9, skipped: 0 } };
  const location = { slice: 0, collection: "C", offset: 5, length: 7 };

  test("brings its results, and corrects its end by a stronger witness", () => {
    const stronger = end({ source: "sacct", reason: "preempted", slurmId: "99", folder: "/x" });
    const { changes } = movePast(next, place, stronger, { ...results, location }) ?? {};
    expect(changes).toEqual({
      attempts: [
        {
          ...next.attempts?.[0],
          reason: "preempted",
          source: "sacct",
          folder: "/x",
          results: results.results,
          location,
        },
      ],
    });
  });

  test("never touches the present attempt, is nothing the second time, and is nothing of another group", () => {
    const { changes } = movePast(next, place, end({ source: "squeue" }), results) ?? {};
    const after = { ...next, ...changes };
    expect(Object.keys(changes ?? {})).toEqual(["attempts"]);
    expect(movePast(after, place, end({ source: "squeue" }), results)).toBeUndefined();
    expect(movePast(next, { ...place, group: "G2" }, end(), results)).toBeUndefined();
    expect(movePast(next, place, end({ attempt: 2 }), { ...results, attempt: 2 })).toBeUndefined();
    expect(move(next, end())).toBeUndefined();
  });
});
