// The state machine whole: attempts, retries, cancelling and results, under any interleaving, repetition and loss of what is told.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EvidenceSource, FailureReason, JobResults, JobState } from "../../../shared/contract/job.ts";
import { cancel } from "../../../shared/job/cancel.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import {
  type Change,
  isSettled,
  move,
  moveResults,
  type Observation,
  type ResultsObservation,
} from "../../../shared/job/move.ts";
import { movePast, withRetry } from "../../../shared/job/retry.ts";
import { hasEnded, legalMoves, rank } from "../../../shared/job/states.ts";
import { submittedJob } from "./submitted-job.ts";

const second = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();
const limit = 2;
const retried: readonly FailureReason[] = ["node-failure", "preempted"];

/** How an attempt truly ends; its witnesses agree in that, and each says its own of the particulars. */
type Truth = { state: JobState; reason?: FailureReason };
type Told =
  | { kind: "state"; attempt: number; seen: Observation }
  | { kind: "results"; attempt: number; seen: ResultsObservation }
  | { kind: "cancel"; at: string };

const groupOf = (attempt: number) => `G${attempt}`;

/** What dispatch does between messages: a job that waits is put into the group of its attempt. */
function dispatched(job: JobRecord): JobRecord {
  if (job.state !== "submitted" || job.group !== undefined) return job;
  const { attempt } = job;
  const claimed = { ...job, group: groupOf(attempt), index: 0 };
  return written(claimed, move(claimed, { attempt, state: "dispatched", source: "dispatch", at: second(1) }));
}

function written(job: JobRecord, change: Change | undefined): JobRecord {
  if (!change) return job;
  const next: JobRecord = { ...job, ...change.changes, events: [...job.events, ...(change.events ?? [])] };
  const clean = JSON.parse(JSON.stringify(next)) as JobRecord;
  expect(clean.attempt === job.attempt || clean.attempt === job.attempt + 1).toBe(true);
  if (clean.attempt === job.attempt && clean.state !== job.state) expect(legalMoves[job.state]).toContain(clean.state);
  if (hasEnded(job)) expect([clean.state, clean.attempt]).toEqual([job.state, job.attempt]);
  for (const past of job.attempts ?? []) {
    const same = clean.attempts?.find(({ attempt }) => attempt === past.attempt);
    expect([same?.group, same?.index]).toEqual([past.group, past.index]);
  }
  return clean;
}

/** What observe does with one receipt's word of one member. */
function heard(job: JobRecord, told: Told): JobRecord {
  if (told.kind === "cancel") return written(job, cancel(job, told.at));
  const group = groupOf(told.attempt);
  const [seen, results] = told.kind === "state" ? [told.seen, undefined] : [undefined, told.seen];
  if (job.group !== group) return written(job, movePast(job, { group, index: 0 }, seen, results));
  const moved = seen && move(job, seen);
  const collected = results && moveResults({ ...job, ...moved?.changes }, results);
  if (!moved && !collected) return job;
  return written(job, withRetry(job, { ...moved, changes: { ...moved?.changes, ...collected?.changes } }));
}

const live = (told: readonly Told[], start: JobRecord): JobRecord =>
  told.reduce((job, one) => heard(dispatched(job), one), dispatched(start));

const truth = fc.oneof(
  fc.constantFrom<FailureReason>(...retried).map((reason): Truth => ({ state: "failed", reason })),
  fc
    .constantFrom<FailureReason>("exit-code", "signal", "time-limit", "out-of-memory")
    .map((reason): Truth => ({ state: "failed", reason })),
  fc.constantFrom<JobState>("succeeded", "cancelled").map((state): Truth => ({ state })),
);
const available: JobResults = { state: "available", files: 1, bytes: 2, skipped: 0 };

const attemptStory = (attempt: number) =>
  fc
    .record({
      truth,
      passing: fc.array(fc.constantFrom<JobState>("queued", "running", "collecting"), { maxLength: 4 }),
      lost: fc.boolean(),
      witnesses: fc.uniqueArray(fc.constantFrom<EvidenceSource>("sacct", "jobcomp", "squeue", "job"), { minLength: 1 }),
    })
    .map((one) => {
      const base = attempt * 1_000;
      const state = (seen: Omit<Observation, "attempt">): Told => ({
        kind: "state",
        attempt,
        seen: { attempt, ...seen },
      });
      const ends = one.witnesses.map((source, place) =>
        state({
          ...one.truth,
          source,
          at: second(base + 60 + place),
          endedAt: second(base + 50),
          detail: `by ${source}`,
        }),
      );
      const results = [available, { state: "unavailable", reason: "once" } as const].map(
        (seen): Told => ({ kind: "results", attempt, seen: { attempt, results: seen } }),
      );
      return {
        ...one,
        attempt,
        ends,
        told: [
          ...one.passing.map((passed, place) =>
            state({ state: passed, source: "squeue", at: second(base + place + 2) }),
          ),
          ...(one.lost ? [state({ state: "failed", reason: "lost", source: "headnode", at: second(base + 40) })] : []),
          ...ends,
          ...results,
        ],
      };
    });

const story = fc.tuple(attemptStory(1), attemptStory(2), attemptStory(3));
type Story = [...(typeof story extends fc.Arbitrary<infer T> ? (T extends readonly unknown[] ? T : never) : never)];

const submitted = submittedJob({ retry: { limit, on: ["node-failure", "preempted"] } });
const isRetried = ({ truth: { reason } }: Story[number]) => reason !== undefined && retried.includes(reason);
const strongest = (sources: readonly EvidenceSource[]) => [...sources].sort((a, b) => rank(a) - rank(b))[0];
/** What is told of an attempt that never was is told by nobody. */
const lived = (attempts: Story) => {
  const last = attempts.findIndex((one) => !isRetried(one));
  return attempts.slice(0, last < 0 ? attempts.length : last + 1);
};

describe("whatever is told, in any order and however often", () => {
  const shuffled = story.chain((attempts) => {
    const told = lived(attempts).flatMap((one) => one.told);
    return fc.tuple(fc.constant(attempts), fc.shuffledSubarray([...told, ...told], { minLength: told.length * 2 }));
  });

  test("ends in what the strongest evidence says of each attempt, once everything was told after all", () => {
    fc.assert(
      fc.property(shuffled, ([attempts, told]) => {
        // a receipt of an attempt that is yet to come is told again, as reconcile does
        const ordered = lived(attempts).flatMap((one) => one.told);
        const job = live([...told, ...ordered], submitted);
        const all = lived(attempts);
        const last = all.at(-1);
        expect([job.state, job.reason, job.attempt]).toEqual([last?.truth.state, last?.truth.reason, all.length]);
        expect([job.source, job.detail]).toEqual([
          strongest(last?.witnesses ?? []),
          `by ${strongest(last?.witnesses ?? [])}`,
        ]);
        expect(isSettled(job)).toBe(true);
        expect(job.results).toEqual(available);
        expect(
          (job.attempts ?? []).map(({ attempt, reason, source, results }) => [attempt, reason, source, results]),
        ).toEqual(all.slice(0, -1).map((one) => [one.attempt, one.truth.reason, strongest(one.witnesses), available]));
        expect(live([...ordered, ...told], job)).toEqual(job);
      }),
      { numRuns: 500 },
    );
  });

  test("and whatever of it is lost, is never at a later attempt than was earned, nor ended otherwise than was told", () => {
    const some = story.chain((attempts) => {
      const told = lived(attempts).flatMap((one) => one.told);
      const cancels: Told[] = [{ kind: "cancel", at: second(5) }];
      return fc.tuple(fc.constant(attempts), fc.shuffledSubarray([...told, ...told, ...cancels]));
    });
    fc.assert(
      fc.property(some, ([attempts, told]) => {
        const job = live(told, submitted);
        const own = attempts[job.attempt - 1];
        const byApi = job.source === "api" && job.state === "cancelled";
        if (hasEnded(job) && !byApi) expect([job.state, job.reason]).toEqual([own?.truth.state, own?.truth.reason]);
        for (const past of job.attempts ?? []) {
          const one = attempts[past.attempt - 1];
          expect(one && told.some((word) => one.ends.includes(word))).toBe(true);
          expect(past.reason).toBe(one?.truth.reason);
        }
        expect(job.attempts?.length ?? 0).toBe(job.attempt - 1);
        expect(job.attempt).toBeLessThanOrEqual(limit + 1);
        if (job.cancelRequestedAt) expect(heard(job, { kind: "cancel", at: second(9) })).toEqual(job);
      }),
      { numRuns: 500 },
    );
  });

  test("leaves no final state but lost", () => {
    fc.assert(
      fc.property(story, story, (one, other) => {
        const job = live(
          lived(one).flatMap(({ told }) => told),
          submitted,
        );
        // another story's words of the same attempts: forged, or of a cluster that contradicts itself
        const after = live(
          other.flatMap(({ told }) => told),
          job,
        );
        expect([after.state, after.attempt, after.attempts?.length]).toEqual([
          job.state,
          job.attempt,
          job.attempts?.length,
        ]);
        const lost = live(
          [
            {
              kind: "state",
              attempt: 1,
              seen: { attempt: 1, state: "failed", reason: "lost", source: "headnode", at: second(3) },
            },
          ],
          submitted,
        );
        expect(hasEnded(lost)).toBe(false);
        expect(
          live(
            lived(one).flatMap(({ told }) => told),
            lost,
          ).state,
        ).toBe(job.state);
      }),
      { numRuns: 300 },
    );
  });
});
