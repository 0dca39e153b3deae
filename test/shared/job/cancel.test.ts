// Cancelling against everything else that happens to a job: one end, whatever the order.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JobState } from "../../../shared/contract/job.ts";
import { awaitsCancel, cancel } from "../../../shared/job/cancel.ts";
import { openCancels, withCancels } from "../../../shared/job/group-marks.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { type Change, isSettled, move, type Observation } from "../../../shared/job/move.ts";
import { hasEnded, legalMoves } from "../../../shared/job/states.ts";
import { submittedJob } from "./submitted-job.ts";

const submitted = submittedJob();
const second = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();

type Step =
  | { kind: "cancel"; at: string }
  /** A dispatcher's claim, as JobTable.claim decides it. */
  | { kind: "claim" }
  | { kind: "see"; seen: Omit<Observation, "attempt"> };

function change(job: JobRecord, step: Step): Change | undefined {
  if (step.kind === "cancel") return cancel(job, step.at);
  if (step.kind === "claim")
    return job.group === undefined && job.state === "submitted" ? { changes: { group: "G", index: 0 } } : undefined;
  // of a job that is in no group no head node can tell
  return job.group === undefined ? undefined : move(job, { attempt: 1, ...step.seen });
}

function live(steps: readonly Step[]): JobRecord {
  let job = submitted;
  for (const step of steps) {
    const made = change(job, step);
    if (!made) continue;
    const next = { ...job, ...made.changes, events: [...job.events, ...(made.events ?? [])] };
    if (next.state !== job.state) expect(legalMoves[job.state]).toContain(next.state);
    if (hasEnded(job)) expect(next.state).toBe(job.state);
    if (job.cancelRequestedAt) expect(next.cancelRequestedAt).toBe(job.cancelRequestedAt);
    job = next;
  }
  return job;
}

const end = fc.constantFrom<JobState>("succeeded", "failed", "cancelled");
const passing = fc.array(fc.constantFrom<JobState>("dispatched", "queued", "running", "collecting"), { maxLength: 6 });

describe("any interleaving of cancelling, claiming and what the cluster tells", () => {
  const story = fc
    .tuple(passing, end, fc.array(fc.nat({ max: 200 }), { minLength: 1, maxLength: 4 }))
    .chain(([states, last, cancels]) =>
      fc
        .shuffledSubarray<Step>(
          [
            { kind: "claim" },
            ...states.map(
              (state, place): Step => ({
                kind: "see",
                seen: { state, source: state === "dispatched" ? "dispatch" : "squeue", at: second(place + 1) },
              }),
            ),
            {
              kind: "see",
              seen: {
                state: last,
                source: "sacct",
                at: second(50),
                ...(last === "failed" ? { reason: "signal" } : {}),
              },
            },
            ...cancels.map((at): Step => ({ kind: "cancel", at: second(at) })),
          ],
          { minLength: states.length + 2 + cancels.length },
        )
        .map((steps) => ({ steps, last })),
    );

  test("ends once: cancelled by the API where no group had the job, else as Slurm says", () => {
    fc.assert(
      fc.property(story, ({ steps, last }) => {
        const told = steps.filter((step) => step.kind === "see");
        // what came before the claim comes again, as every hop may repeat
        const job = live([...steps, ...told]);
        const claimed = steps.findIndex((step) => step.kind === "claim");
        const asked = steps.findIndex((step) => step.kind === "cancel");
        expect(hasEnded(job)).toBe(true);
        expect([job.state, job.source]).toEqual(asked < claimed ? ["cancelled", "api"] : [last, "sacct"]);
        expect(job.events.filter((event) => ["succeeded", "failed", "cancelled"].includes(event.state))).toHaveLength(
          1,
        );
        expect(awaitsCancel(job)).toBe(false);
        if (asked < claimed) expect(isSettled(job)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("a job that was sent is asked of its cluster once it is written down, and keeps its state", () => {
  const sent: JobRecord = { ...submitted, state: "running", group: "G", index: 3 };
  const asked = { ...sent, ...cancel(sent, second(7))?.changes };

  expect(asked).toEqual({ ...sent, cancelRequestedAt: second(7) });
  expect([awaitsCancel(sent), awaitsCancel(asked)]).toEqual([false, true]);
  expect(cancel(asked, second(8))).toBeUndefined();
  expect(cancel({ ...sent, state: "succeeded" }, second(8))).toBeUndefined();
  expect(cancel({ ...sent, state: "failed", reason: "lost" }, second(8))).toBeDefined();
});

test("a group's marks only grow, and what has settled is not asked for", () => {
  const group = { members: [null, null, null, null], settled: "0100" };
  const cancels = withCancels({ ...group, cancels: withCancels(group, [1, 3]) }, [0, 3, 9]);

  expect(cancels).toBe("1101");
  expect(openCancels({ ...group, cancels })).toEqual([0, 3]);
  expect(openCancels(group)).toEqual([]);
});
