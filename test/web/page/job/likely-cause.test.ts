import { describe, expect, it } from "vitest";
import { failureReasons, type Job } from "../../../../shared/contract/job.ts";
import { likelyCause } from "../../../../web/page/job/likely-cause.ts";

const failed = (change: Partial<Job>) => ({
  state: "failed" as const,
  resources: {},
  account: "alice",
  application: "script",
  ...change,
});

describe("the likely cause of a failure", () => {
  it("is told of failed jobs only", () => {
    expect(likelyCause({ ...failed({}), state: "succeeded" })).toBeUndefined();
    expect(likelyCause({ ...failed({ reason: "time-limit" }), state: "cancelled" })).toBeUndefined();
  });

  it("has a sentence and an advice for every reason", () => {
    for (const reason of [...failureReasons, undefined]) {
      const likely = likelyCause(failed(reason ? { reason } : {}));
      expect(likely?.cause, reason).toMatch(/^[A-Z].*\.$/);
      expect(likely?.advice, reason).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("knows what shells mean by their exit codes", () => {
    const cause = (exitCode: number, change: Partial<Job> = {}) =>
      likelyCause(failed({ reason: "exit-code", exitCode, ...change }))?.cause;
    expect(cause(127)).toContain("not found");
    expect(cause(127, { application: "bumps" })).toContain("bumps was most likely not found on the cluster");
    expect(cause(126)).toContain("may not be executed");
    expect(cause(124)).toContain("timeout");
    expect(cause(42)).toBe("What exit code 42 means is the program's own choice.");
  });

  it("takes a killed program for one that needed more memory, and says how much it had", () => {
    const likely = likelyCause(failed({ reason: "signal", signal: 9, exitCode: 137, resources: { memoryMb: 512 } }));
    expect(likely?.cause).toContain("most likely it needed more memory");
    expect(likely?.advice).toBe("Ask for more memory. It had 512 MB.");
    expect(likelyCause(failed({ reason: "signal", signal: 11 }))?.cause).toContain("SIGSEGV");
    expect(likelyCause(failed({ reason: "signal", signal: 60 }))?.cause).toContain("signal 60");
  });

  it("says of a time limit what was asked for", () => {
    const likely = likelyCause(failed({ reason: "time-limit", resources: { wallMinutes: 90 } }));
    expect(likely?.cause).toContain("1 h 30 min");
    expect(likely?.advice).toContain("Ask for more time");
  });

  it("reads Slurm's words of a refusal", () => {
    const advice = (detail: string) => likelyCause(failed({ reason: "rejected", detail }))?.advice;
    expect(advice("sbatch: error: Requested node configuration is not available")).toContain("fewer CPUs");
    expect(advice("sbatch: error: QOSMaxCpuPerUserLimit")).toContain("Ask for less");
    expect(advice("invalid partition specified: x")).toContain("another partition");
    expect(advice("Requested time limit is invalid (missing or exceeds some limit)")).toContain("less time");
    expect(advice("something new")).toContain("words above");
  });

  it("tells an account that is not admitted from one that Slurm does not know, and a partition that is too small from one that is not there", () => {
    const cause = (detail: string) => likelyCause(failed({ reason: "rejected", detail }))?.cause;
    for (const words of [
      'the account "bob" is not on this cluster\'s allow list',
      'there is no account "bob" on this cluster',
      'the account "daemon" has uid 1: jobs run only as uid 1000 or above',
      'jobs of this cluster run as "alice" only, not as "bob"',
    ])
      expect(cause(words), words).toContain("does not let your Unix account run jobs");
    expect(cause("Batch job submission failed: Invalid account or account/partition combination specified")).toContain(
      "does not know the account",
    );
    expect(cause("the memory a node 9000 MB is over the 4000 MB of partition debug")).toContain("as large as");
    expect(cause("the time limit 90 minutes is over the 30 minutes of partition debug")).toContain("more time");
    expect(cause('there is no partition "x" on this cluster; it has debug, long')).toContain("is not there");
    expect(cause("Batch job submission failed: User's group not permitted to use this partition")).toContain("for you");
    expect(cause("the folder /home/a/headgate/x cannot be written: EDQUOT: quota exceeded")).toContain("quota");
  });

  it("does not blame a computer where the job's folder was at fault, nor the job's wish where its time was shortened", () => {
    const cause = (change: Partial<Job>) => likelyCause(failed(change))?.cause;
    const fault = (detail: string) => cause({ reason: "node-failure", detail });
    expect(fault("Slurm's state is NODE_FAIL: a node that it ran on failed")).toContain("computer that it ran on");
    expect(fault("the job's folder was gone when it started, or by the time it ended")).toContain("was removed");
    expect(fault("Slurm could not start it (FAILED 0:53: its folder or output file could not be opened)")).toContain(
      "could not be written",
    );
    expect(fault("Slurm could not start it (FAILED 0:5)")).toContain("could not start it");
    const times = { startedAt: "2026-11-22T03:00:00.000Z", endedAt: "2026-11-22T03:00:45.000Z" };
    const short = cause({ reason: "time-limit", resources: { wallMinutes: 30 }, ...times });
    expect(short).toContain("after 45 s, before the 30 min");
    const late = { ...times, endedAt: "2026-11-22T03:30:12.000Z" };
    expect(cause({ reason: "time-limit", resources: { wallMinutes: 30 }, ...late })).toContain("not ended after");
  });
});
