// How a program ended, and what its output says of memory, in words.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endingWords, signalOfCode, signalWords } from "../../../shared/slurm/ending-words.ts";
import { memoryWords } from "../../../shared/slurm/memory-words.ts";

describe("how a program ended", () => {
  it("is told by exit code, with what shells mean by it, or else by signal", () => {
    expect(endingWords({ exitCode: 3 })).toBe("ended with exit code 3");
    expect(endingWords({ exitCode: 127 })).toBe(
      "ended with exit code 127, which shells give where a program was not found",
    );
    expect(endingWords({ exitCode: 139, signal: 11 })).toBe(
      "ended with exit code 139, which shells give for a program that signal 11 (SIGSEGV) has ended",
    );
    expect(endingWords({ signal: 9 })).toBe("ended by signal 9 (SIGKILL)");
    expect([endingWords({}), endingWords({ exitCode: 0 })]).toEqual([undefined, undefined]);
  });

  it("knows a signal in codes of 129 to 192 only", () => {
    expect([128, 129, 137, 192, 193].map(signalOfCode)).toEqual([undefined, 1, 9, 64, undefined]);
    expect([signalWords(15), signalWords(50)]).toEqual(["signal 15 (SIGTERM)", "signal 50"]);
  });
});

describe("what an output says of memory", () => {
  it.each([
    "slurmstepd-n1: error: StepId=2.batch exceeded memory limit (410660864 > 104857600), being killed",
    "slurmstepd: error: Job 12 exceeded memory limit (2048 > 1024), being killed",
    "slurmstepd: error: Exceeded job memory limit",
    "slurmstepd: error: Exceeded step memory limit at some point.",
    "slurmstepd-n1: error: Detected 1 oom-kill event(s) in StepId=7.batch. Some of your processes may have been killed by the cgroup out-of-memory handler.",
    "slurmstepd: error: Detected 1 oom_kill event in StepId=7.0. Some of the step tasks have been OOM Killed.",
    "srun: error: n1: task 0: Out Of Memory",
  ])("is heard of %s", (line) => {
    expect(memoryWords(`before\n${line}\nafter\n`)).toBe(line);
  });

  it("is nothing where a program speaks of memory by itself", () => {
    for (const text of [
      "",
      "MemoryError",
      "Out Of Memory",
      "Killed",
      "error: exceeded memory limit",
      "x slurmstepd: error: oom-kill event",
    ])
      expect(memoryWords(text), text).toBeUndefined();
  });

  it("is one short line without control characters, whatever stands there", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const words = memoryWords(`slurmstepd: error: ${before} detected 1 oom-kill event ${after}`);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
        if (words !== undefined) expect(words).toMatch(/^[^\u0000-\u001f\u007f-\u009f]{1,300}$/u);
      }),
    );
  });
});
