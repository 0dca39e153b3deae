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
    expect(cause(42)).toContain("exit code 42");
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
});
