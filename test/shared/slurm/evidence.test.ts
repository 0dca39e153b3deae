// What follows from the records: every word of Slurm's, and no conclusion from silence.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Evidence, judge, patience } from "../../../shared/slurm/evidence.ts";
import { meanings, readState, type SlurmState, slurmStates } from "../../../shared/slurm/job-state.ts";

const end = (code: number) => ({ code, startedAt: "2026-11-22T03:00:00.000Z", endedAt: "2026-11-22T03:00:01.000Z" });
const cancelledAt = "2026-11-22T03:00:00.000Z";
const row = (state: SlurmState, exit: { exitCode?: number; signal?: number } = {}) =>
  ({ id: "7", index: undefined, uid: 1001, state, source: "squeue", ...exit }) as const;
const nothing: Evidence = {
  row: undefined,
  claimed: false,
  end: undefined,
  denied: false,
  deniedForMs: 0,
  endedForMs: Number.POSITIVE_INFINITY,
};

describe("a member's evidence", () => {
  it.each<[string, Partial<Evidence>, object]>([
    [
      "COMPLETED and its own end",
      { row: row("COMPLETED"), claimed: true, end: end(0) },
      { state: "succeeded", exitCode: 0 },
    ],
    ["COMPLETED without an end, at once", { row: row("COMPLETED"), endedForMs: 0 }, { kind: "unknown" }],
    ["COMPLETED without an end, for long", { row: row("COMPLETED") }, { state: "failed", reason: "node-failure" }],
    [
      "exit code 3",
      { row: row("FAILED", { exitCode: 3, signal: 0 }), claimed: true, end: end(3) },
      {
        reason: "exit-code",
        exitCode: 3,
        detail: "ended with exit code 3",
      },
    ],
    [
      "a program ended by signal 11",
      { row: row("FAILED", { exitCode: 139, signal: 0 }), claimed: true, end: end(139) },
      { reason: "signal", signal: 11 },
    ],
    [
      "the script itself killed",
      { row: row("FAILED", { exitCode: 0, signal: 9 }), claimed: true },
      { reason: "signal", signal: 9 },
    ],
    ["a fenced start", { row: row("FAILED", { exitCode: 113, signal: 0 }), claimed: true }, { reason: "node-failure" }],
    [
      "a fenced start beside work that succeeded",
      { row: row("FAILED", { exitCode: 113, signal: 0 }), claimed: true, end: end(0) },
      { state: "succeeded", source: "job" },
    ],
    [
      "a program's own 113",
      { row: row("FAILED", { exitCode: 113, signal: 0 }), claimed: true, end: end(113) },
      { reason: "exit-code", exitCode: 113 },
    ],
    [
      "an output file that could not be opened",
      { row: row("FAILED", { exitCode: 0, signal: 53 }) },
      { reason: "node-failure" },
    ],
    ["the time limit", { row: row("TIMEOUT"), claimed: true, end: end(143) }, { reason: "time-limit" }],
    ["a cancellation that came first", { row: row("CANCELLED"), claimed: true, end: end(0) }, { state: "cancelled" }],
    [
      "a cancellation that nobody asked for here",
      { row: row("CANCELLED"), claimed: true, end: end(143) },
      { state: "cancelled", detail: "it was cancelled on the cluster itself, not from here" },
    ],
    ["too much memory", { row: row("OUT_OF_MEMORY") }, { reason: "out-of-memory" }],
    [
      "a killed job whose output speaks of memory",
      {
        row: row("FAILED", { exitCode: 0, signal: 9 }),
        claimed: true,
        memoryWords: "slurmstepd: error: Exceeded job memory limit",
      },
      {
        reason: "out-of-memory",
        signal: 9,
        detail: 'its output says "slurmstepd: error: Exceeded job memory limit"; it ended by signal 9 (SIGKILL)',
      },
    ],
    [
      "a script whose step was killed for its memory",
      {
        row: row("FAILED", { exitCode: 1, signal: 0 }),
        claimed: true,
        end: end(1),
        memoryWords: "srun: error: n1: task 0: Out Of Memory",
      },
      { reason: "out-of-memory", exitCode: 1 },
    ],
    [
      "a success whose output speaks of memory",
      {
        row: row("COMPLETED"),
        claimed: true,
        end: end(0),
        memoryWords: "slurmstepd: error: Exceeded job memory limit",
      },
      { state: "succeeded" },
    ],
    [
      "the time limit of what speaks of memory",
      {
        row: row("TIMEOUT"),
        claimed: true,
        end: end(143),
        memoryWords: "slurmstepd: error: Exceeded job memory limit",
      },
      { reason: "time-limit" },
    ],
    ["preemption", { row: row("PREEMPTED") }, { reason: "preempted" }],
    ["silence", {}, { kind: "unknown" }],
    ["an end record before anybody was asked", { claimed: true, end: end(0) }, { kind: "unknown" }],
    [
      "an end record that no record knows of",
      { claimed: true, end: end(0), denied: true },
      { state: "succeeded", source: "job" },
    ],
    ["denial for an hour", { denied: true, deniedForMs: 3_600_000 }, { kind: "unknown" }],
    ["denial for a day", { denied: true, deniedForMs: patience.lostAfterMs }, { state: "failed", reason: "lost" }],
    [
      "denial of what had begun before slurmctld's start, and whose node has just been heard",
      { denied: true, claimed: true, stoppedForMs: 1_000 },
      { kind: "unknown" },
    ],
    [
      "denial of what had begun before slurmctld's start, and whose node was heard a while ago",
      { denied: true, claimed: true, stoppedForMs: patience.completedGraceMs },
      { state: "failed", reason: "node-failure", source: "headnode" },
    ],
    [
      "the end of what its node had been told to stop",
      { denied: true, claimed: true, stoppedForMs: patience.completedGraceMs, end: end(0) },
      { state: "succeeded", source: "job" },
    ],
    [
      "denial of a waiting member whose array is known, at first",
      { denied: true, deniedForMs: 1_000, arrayKnown: true },
      { kind: "unknown" },
    ],
    [
      "denial of a waiting member whose array is known, for long",
      { denied: true, deniedForMs: patience.completedGraceMs, arrayKnown: true },
      {
        state: "cancelled",
        source: "squeue",
        detail: "it was cancelled on the cluster itself while it waited, not from here",
      },
    ],
    [
      "denial of a member that had begun, whose array is known",
      { denied: true, deniedForMs: patience.completedGraceMs, arrayKnown: true, claimed: true },
      { kind: "unknown" },
    ],
    [
      "denial of what Slurm forgot and then refused, at first",
      { denied: true, deniedForMs: 1_000, refused: "no such partition" },
      { kind: "unknown" },
    ],
    [
      "denial of what Slurm forgot and then refused, for long",
      { denied: true, deniedForMs: patience.completedGraceMs, refused: "no such partition" },
      {
        state: "failed",
        reason: "rejected",
        source: "sbatch",
        detail: "Slurm forgot it as it waited, and then refused it: no such partition",
      },
    ],
    [
      "denial of what had begun and whose array was refused then",
      {
        denied: true,
        deniedForMs: patience.completedGraceMs,
        refused: "no such partition",
        claimed: true,
        end: end(0),
      },
      { state: "succeeded", source: "job" },
    ],
    ["denial of what was taken back, at first", { denied: true, cancelledAt }, { kind: "unknown" }],
    [
      "denial of what was taken back, for a look",
      { denied: true, deniedForMs: 1_000, cancelledAt },
      { state: "cancelled", source: "headnode" },
    ],
    [
      "denial of what was taken back and had begun",
      { denied: true, deniedForMs: 1_000, claimed: true, cancelledAt },
      { kind: "unknown" },
    ],
    [
      "denial of what was taken back and had begun, for long",
      { denied: true, deniedForMs: patience.completedGraceMs, claimed: true, cancelledAt },
      { state: "cancelled" },
    ],
    [
      "a signal after it was taken back",
      { denied: true, claimed: true, end: end(143), cancelledAt: "2026-11-22T03:00:00.500Z" },
      { state: "cancelled", exitCode: 143, endedAt: "2026-11-22T03:00:01.000Z" },
    ],
    [
      "a signal before it was taken back",
      { denied: true, claimed: true, end: end(139), cancelledAt: "2026-11-22T03:00:02.000Z" },
      { state: "failed", reason: "signal" },
    ],
    [
      "an end of its own in spite of being taken back",
      { denied: true, claimed: true, end: end(0), cancelledAt },
      { state: "succeeded", source: "job" },
    ],
    ["what runs although it was taken back", { row: row("RUNNING"), cancelledAt }, { kind: "live", state: "running" }],
    [
      "Slurm's end of what was taken back too late",
      { row: row("COMPLETED"), claimed: true, end: end(0), cancelledAt },
      { state: "succeeded", source: "squeue" },
    ],
  ])("judges %s", (_, evidence, verdict) => {
    expect(judge({ ...nothing, ...evidence })).toMatchObject(verdict);
  });

  describe("whose second start's row Slurm tells of", () => {
    const failed = { ...row("FAILED", { exitCode: 1, signal: 0 }), startedAt: "2026-11-22T03:00:10.000Z" };

    it("is what the first start came to", () => {
      const first = { row: failed, claimed: true, claimedAt: "2026-11-22T03:00:00.000Z", end: end(0) };
      expect(judge({ ...nothing, ...first })).toMatchObject({ state: "succeeded", source: "job" });
      expect(judge({ ...nothing, ...first, claimedAt: "2026-11-22T03:00:10.000Z" })).toMatchObject({
        reason: "node-failure",
      });
    });
  });

  it("is a failure of the node's where the node stopped what a restarted slurmctld did not know", () => {
    const stopped = { ...nothing, claimed: true, denied: true, claimedAt: cancelledAt };
    const controllerStartedAt = "2026-11-22T03:00:01.000Z";
    expect(judge({ ...stopped, end: end(143), controllerStartedAt })).toMatchObject({ reason: "node-failure" });
    expect(judge({ ...stopped, end: end(143) })).toMatchObject({ reason: "signal" });
    expect(judge({ ...stopped, end: end(139), controllerStartedAt })).toMatchObject({ reason: "signal" });
    expect(judge({ ...stopped, end: end(0), controllerStartedAt })).toMatchObject({ state: "succeeded" });
    const later = "2026-11-22T03:00:09.000Z";
    expect(judge({ ...stopped, end: end(143), controllerStartedAt: later })).toMatchObject({ reason: "signal" });
  });

  describe("that Slurm cancelled without anybody's wish", () => {
    const at = (second: number) => new Date(Date.parse("2026-11-22T03:04:00.000Z") + second * 1_000).toISOString();
    const refused = {
      ...row("CANCELLED", { exitCode: 0, signal: 0 }),
      placed: true,
      startedAt: at(10),
      endedAt: at(10),
    };
    const judged = (more: Partial<Evidence>, of: Partial<typeof refused> = {}) =>
      judge({ ...nothing, row: { ...refused, ...of }, ...more });
    const earlier = { claimed: true, claimedAt: at(3) };
    const ended = (code: number, second: number) => ({ code, startedAt: at(3), endedAt: at(second) });

    it("is a failure of the node's, where that was within seconds of being given nodes", () => {
      expect(judged({})).toMatchObject({ state: "failed", reason: "node-failure" });
      expect(judged({ endedForMs: 0 })).toEqual({ kind: "unknown" });
      expect(judged({ cancelledAt })).toMatchObject({ state: "cancelled" });
      expect(judged({}, { placed: false })).toMatchObject({ state: "cancelled" });
      expect(judged({}, { endedAt: at(40) })).toMatchObject({ state: "cancelled" });
      expect(judged({ swept: true }, { placed: false, endedAt: at(40) })).toMatchObject({ reason: "node-failure" });
      expect(judge({ ...nothing, row: { ...refused, cancelledBy: 0 } })).toMatchObject({ reason: "node-failure" });
      expect(judge({ ...nothing, row: { ...refused, cancelledBy: 1001 } })).toMatchObject({ state: "cancelled" });
    });

    it("is cancelled where its own start was ended by a signal, but not soon after slurmctld or slurmd was started", () => {
      const own = { claimed: true, claimedAt: at(10), end: ended(143, 12) };
      expect(judged(own)).toMatchObject({ state: "cancelled", exitCode: 143 });
      expect(judged({ ...own, swept: true })).toMatchObject({ reason: "node-failure" });
      expect(judged({ ...own, controllerStartedAt: at(7) })).toMatchObject({ reason: "node-failure" });
      expect(judged({ ...own, nodeStartedAt: at(9) })).toMatchObject({ reason: "node-failure" });
      expect(judged({ ...own, nodeStartedAt: at(-60), controllerStartedAt: at(-60) })).toMatchObject({
        state: "cancelled",
      });
      expect(judged({ ...own, controllerStartedAt: at(50) })).toMatchObject({ state: "cancelled" });
    });

    it("is what the work came to, where that ended by itself", () => {
      expect(judged({ ...earlier, end: ended(0, 5) })).toMatchObject({ state: "succeeded", source: "job" });
      expect(judged({ ...earlier, end: ended(3, 5) })).toMatchObject({ reason: "exit-code", exitCode: 3 });
      expect(judged({ ...earlier, end: ended(139, 5) })).toMatchObject({ reason: "signal", signal: 11 });
      expect(judged({ ...earlier, end: ended(143, 11) })).toMatchObject({ reason: "node-failure" });
      expect(judged({ ...earlier, endedForMs: 10_000 })).toEqual({ kind: "unknown" });
      expect(judged({ ...earlier, endedForMs: 60_000 })).toMatchObject({ reason: "node-failure" });
    });

    it("is a failure, where slurmctld gave it up as it started without its record of jobs", () => {
      const waited = { placed: false, startedAt: at(10) };
      expect(judged({ controllerStartedAt: at(8) }, waited)).toMatchObject({ reason: "node-failure" });
      expect(judged({ controllerStartedAt: at(8), claimed: true }, waited)).toMatchObject({ state: "cancelled" });
      expect(judged({ controllerStartedAt: at(8), cancelledAt }, waited)).toMatchObject({ state: "cancelled" });
      expect(judged({ controllerStartedAt: at(-100) }, waited)).toMatchObject({ state: "cancelled" });
      expect(judged({}, waited)).toMatchObject({ state: "cancelled" });
    });
  });

  it("has a start only of what began: Slurm gives one of what was cancelled as it waited", () => {
    const at = "2026-11-22T03:00:00.000Z";
    const waited = { ...row("CANCELLED"), startedAt: at, endedAt: at };
    expect(judge({ ...nothing, row: waited, cancelledAt })).not.toHaveProperty("startedAt");
    expect(judge({ ...nothing, row: waited, cancelledAt, claimed: true })).toMatchObject({ startedAt: at });
    const ran = { ...waited, endedAt: "2026-11-22T03:00:05.000Z" };
    expect(judge({ ...nothing, row: ran, cancelledAt })).toMatchObject({ startedAt: at });
    expect(judge({ ...nothing, row: waited, cancelledAt })).not.toHaveProperty("detail");
  });

  it("has a meaning for every word of Slurm's, with its extras", () => {
    for (const state of slurmStates) {
      expect(meanings[state]).toBeDefined();
      expect(readState(`${state} by 1000`)).toBe(state);
      expect(readState(`${state}+`)).toBe(state);
    }
    expect(readState("SOMETHING_NEW")).toBeUndefined();
    expect(readState("x COMPLETED")).toBeUndefined();
  });

  const instants = [0, 1, 2, 30].map((second) => new Date(Date.parse(cancelledAt) + second * 1_000).toISOString());
  const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
    row: fc.option(
      fc
        .record({
          state: fc.constantFrom(...slurmStates),
          exitCode: fc.oneof(fc.nat(255), fc.constant(113)),
          signal: fc.nat(64),
          placed: fc.boolean(),
          startedAt: fc.constantFrom(...instants),
          endedAt: fc.constantFrom(...instants),
        })
        .map(({ state, ...facts }) => ({ ...row(state), ...facts })),
      { nil: undefined },
    ),
    claimed: fc.boolean(),
    claimedAt: fc.constantFrom(...instants),
    end: fc.option(fc.nat(255).map(end), { nil: undefined }),
    denied: fc.boolean(),
    deniedForMs: fc.nat(10 * 24 * 3_600_000),
    endedForMs: fc.nat(600_000),
    stoppedForMs: fc.nat(600_000),
    arrayKnown: fc.boolean(),
    refused: fc.option(fc.constant("no such partition"), { nil: undefined }),
  });
  const takenBack = fc.constantFrom(undefined, cancelledAt);

  it("never calls a success what lacks an end record of code 0, or COMPLETED where Slurm speaks of the start that wrote it", () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const verdict = judge(evidence);
        if (verdict.kind !== "ended" || verdict.state !== "succeeded") return;
        expect(evidence.end?.code).toBe(0);
        const ofAnother = evidence.row?.exitCode === 113 || evidence.row?.state === "CANCELLED";
        if (evidence.row !== undefined && !ofAnother) expect(evidence.row.state).toBe("COMPLETED");
        if (evidence.row?.state !== "COMPLETED") expect(verdict.source).toBe("job");
      }),
    );
  });

  it("is never told otherwise by a tombstone than Slurm or the job's own end tells, and never hears of one without it", () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const [without, told] = [judge(evidence), judge({ ...evidence, cancelledAt })];
        // that nobody asked for it here is all that may be said otherwise
        const plain = (verdict: object) => ({ ...verdict, detail: undefined });
        if (evidence.row !== undefined && /^(?:CANCELLED|REVOKED)$/.test(evidence.row.state)) {
          expect(told).toMatchObject({ state: "cancelled" });
          return;
        }
        if (without.kind === "ended" && without.state !== "cancelled" && evidence.row !== undefined)
          expect(told).toEqual(without);
        if (evidence.row !== undefined || !evidence.denied || evidence.end?.code === 0)
          expect(plain(told)).toEqual(plain(without));
        else if (told.kind === "ended" && evidence.end === undefined) expect(told.state).toBe("cancelled");
        // nor without others of its array, which show that slurmctld has forgotten nothing
        if (evidence.row === undefined && without.kind === "ended" && !(evidence.arrayKnown && !evidence.claimed))
          expect(without.state).not.toBe("cancelled");
      }),
    );
  });

  it("never ends what no record was asked about, nor what Slurm still has", () => {
    fc.assert(
      fc.property(anyEvidence, takenBack, (evidence, at) => {
        const verdict = judge({ ...evidence, ...(at ? { cancelledAt: at } : {}) });
        if (evidence.row === undefined && !evidence.denied) expect(verdict.kind).toBe("unknown");
        if (evidence.row !== undefined && meanings[evidence.row.state].phase !== "ended")
          expect(verdict.kind).toBe("live");
        if (verdict.kind === "ended" && verdict.state === "failed") expect(verdict.reason).toBeDefined();
      }),
    );
  });
});
