// How observations move a job: in any order and however often, the end is the same.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EvidenceSource, JobState } from "../../../shared/contract/job.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import {
  isSettled,
  maxEvents,
  move,
  moveResults,
  type Observation,
  type ResultsObservation,
} from "../../../shared/job/move.ts";
import { hasEnded, legalMoves } from "../../../shared/job/states.ts";
import { submittedJob } from "./submitted-job.ts";

const submitted = submittedJob();

type Seen = { kind: "state"; seen: Observation } | { kind: "results"; seen: ResultsObservation };

function apply(job: JobRecord, seen: readonly Seen[]): JobRecord {
  let one = job;
  for (const observation of seen) {
    const change = observation.kind === "state" ? move(one, observation.seen) : moveResults(one, observation.seen);
    if (!change) continue;
    const next = { ...one, ...change.changes, events: [...one.events, ...(change.events ?? [])] };
    if (next.state !== one.state) expect(legalMoves[one.state], `${one.state} to ${next.state}`).toContain(next.state);
    one = next;
  }
  return one;
}

const second = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();
const state = (seen: Omit<Observation, "attempt">): Seen => ({ kind: "state", seen: { attempt: 1, ...seen } });

/** One life as a head node tells it: what passed, one end by one or two witnesses, its results. */
const life = fc
  .record({
    passing: fc.array(
      fc.record({
        state: fc.constantFrom<JobState>("queued", "running", "collecting"),
        source: fc.constantFrom<EvidenceSource>("squeue", "sacct", "headnode"),
        started: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    lost: fc.boolean(),
    end: fc.option(fc.constantFrom<JobState>("succeeded", "failed", "cancelled"), { nil: undefined }),
    witnesses: fc.uniqueArray(fc.constantFrom<EvidenceSource>("sacct", "jobcomp", "job"), { minLength: 1 }),
    results: fc.option(fc.constantFrom("available", "withheld", "unavailable"), { nil: undefined }),
  })
  .map(({ passing, lost, end, witnesses, results }): Seen[] => [
    state({ state: "dispatched", source: "dispatch", at: second(500) }),
    ...passing.map((one, place) =>
      state({
        state: one.state,
        source: one.source,
        at: second(place + 1),
        slurmId: "17",
        ...(one.started && one.state !== "queued" ? { startedAt: second(place) } : {}),
      }),
    ),
    ...(lost ? [state({ state: "failed", reason: "lost", source: "headnode", at: second(50) })] : []),
    ...(end
      ? witnesses.map((source, place) =>
          state({
            state: end,
            source,
            at: second(60 + place),
            endedAt: second(59),
            slurmId: "17",
            ...(end === "failed" ? { reason: "exit-code" as const, exitCode: 3, detail: `by ${source}` } : {}),
          }),
        )
      : []),
    ...(results
      ? [
          {
            kind: "results" as const,
            seen: { attempt: 1, results: { state: "unavailable" as const, reason: "once" } },
          },
          {
            kind: "results" as const,
            seen: {
              attempt: 1,
              results:
                results === "available"
                  ? { state: results, files: 1, bytes: 1, skipped: 0 }
                  : { state: results, reason: "once" },
            },
          },
        ]
      : []),
  ]);

const facts = ({ events: _events, revision: _revision, changedAt: _changedAt, seenAt: _seenAt, ...rest }: JobRecord) =>
  JSON.parse(JSON.stringify(rest)) as unknown;

test("any order and any repetition of what was seen ends the same", () => {
  const shuffledLife = life.chain((seen) =>
    fc.tuple(
      fc.constant(seen),
      fc.shuffledSubarray([...seen, ...seen], { minLength: seen.length * 2, maxLength: seen.length * 2 }),
    ),
  );
  fc.assert(
    fc.property(shuffledLife, ([seen, shuffled]) => {
      expect(facts(apply(submitted, shuffled))).toEqual(facts(apply(submitted, seen)));
    }),
    { numRuns: 3_000 },
  );
});

test("what has ended is never left, and a repeat changes nothing", () => {
  fc.assert(
    fc.property(life, life, (seen, more) => {
      const once = apply(submitted, seen);
      expect(apply(once, seen)).toEqual(once);
      if (hasEnded(once)) expect(apply(once, more).state).toBe(once.state);
    }),
    { numRuns: 1_000 },
  );
});

describe("a single observation", () => {
  test("of another attempt says nothing", () => {
    expect(move(submitted, { attempt: 2, state: "running", source: "squeue", at: second(1) })).toBeUndefined();
    expect(moveResults(submitted, { attempt: 2, results: { state: "available" } })).toBeUndefined();
  });

  test("after lost may bring a job back", () => {
    const lost = apply(submitted, [state({ state: "failed", reason: "lost", source: "headnode", at: second(5) })]);
    expect(apply(lost, [state({ state: "running", source: "squeue", at: second(3) })])).toMatchObject({
      state: "failed",
    });
    const back = apply(lost, [state({ state: "succeeded", source: "sacct", at: second(3) })]);
    expect(back).toMatchObject({ state: "succeeded", source: "sacct" });
    expect(back.reason).toBeUndefined();
  });

  test("by a stronger witness of the same end corrects it, by a weaker one does not", () => {
    const failed = apply(submitted, [
      state({ state: "failed", reason: "signal", signal: 9, source: "job", at: second(5) }),
    ]);
    const corrected = apply(failed, [
      state({ state: "failed", reason: "out-of-memory", source: "sacct", at: second(6) }),
    ]);
    expect(corrected).toMatchObject({ reason: "out-of-memory", source: "sacct" });
    expect(corrected.signal).toBeUndefined();
    expect(apply(corrected, [state({ state: "failed", reason: "signal", source: "job", at: second(9) })])).toEqual(
      corrected,
    );
  });

  test("requeued is an event of its own", () => {
    const running = apply(submitted, [state({ state: "running", source: "squeue", at: second(5) })]);
    const queued = apply(running, [state({ state: "queued", source: "squeue", at: second(6) })]);
    expect(queued.events.at(-1)).toMatchObject({ state: "queued", cause: "requeued", source: "squeue" });
  });

  test("of a refusal before the start leaves nothing to wait for", () => {
    const refused = apply(submitted, [
      state({ state: "failed", reason: "rejected", detail: "not on the list", source: "allow-list", at: second(1) }),
    ]);
    expect(isSettled(refused)).toBe(true);
    expect(refused.events.at(-1)?.cause).toBe("not on the list");
    expect(maxEvents).toBe(200);
  });
});
