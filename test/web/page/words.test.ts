// Facts in words.
import { describe, expect, it } from "vitest";
import { failureReasons, type Job, jobStates } from "../../../shared/contract/job.ts";
import { jobSentence, momentWords, resultsWords, sizeWords, spanWords, utcWords } from "../../../web/page/words.ts";

describe("words", () => {
  it("writes sizes with three digits", () => {
    const sizes = [0, 1, 999, 1_000, 1_234, 99_949, 99_950, 999_499, 999_500, 1_048_576, 50e9, 1.5e15, 2e18];
    expect(sizes.map(sizeWords)).toEqual([
      "0 B",
      "1 B",
      "999 B",
      "1.00 kB",
      "1.23 kB",
      "99.9 kB",
      "100 kB",
      "999 kB",
      "1.00 MB",
      "1.05 MB",
      "50.0 GB",
      "1.50 PB",
      "2000 PB",
    ]);
  });

  it("writes spans of time in two units at most", () => {
    const spans = [-5, 0, 449, 9_949, 9_960, 59_400, 60_000, 200_000, 3_600_000, 7_500_000, 86_400_000, 356_400_000];
    expect(spans.map(spanWords)).toEqual([
      "0.0 s",
      "0.0 s",
      "0.4 s",
      "9.9 s",
      "10 s",
      "59 s",
      "1 min",
      "3 min 20 s",
      "1 h",
      "2 h 5 min",
      "1 d",
      "4 d 3 h",
    ]);
  });

  it("says each state and each reason in a sentence", () => {
    const base = { results: { state: "pending" }, cluster: "local" } as Job;
    for (const state of jobStates) expect(jobSentence({ ...base, state }, "Juniper")).toMatch(/^[A-Z].*[a-z]\.$/);
    for (const reason of failureReasons)
      expect(jobSentence({ ...base, state: "failed", reason }, "Juniper")).toMatch(/^(The|It|An) .*[a-z]\.$/);
    expect(jobSentence({ ...base, state: "failed", reason: "exit-code", exitCode: 3 }, "Juniper")).toBe(
      "The program ended with exit code 3.",
    );
  });

  it("says what there is of results", () => {
    expect(resultsWords({ state: "pending" })).toBe("not yet");
    expect(resultsWords({ state: "available", files: 1, bytes: 12 })).toBe("1 file, 12 B");
    expect(resultsWords({ state: "available", files: 12_000, bytes: 1e9 })).toBe("12,000 files, 1.00 GB");
    expect(resultsWords({ state: "withheld", reason: "812 GB > 50 GB" })).toBe("withheld");
  });

  it("writes a moment of today as the time alone, with UTC apart", () => {
    const at = "2026-03-04T12:34:56.789Z";
    expect(momentWords(at, new Date(at))).toMatch(/^\d\d:34:56$/);
    expect(momentWords(at, new Date("2026-03-09T12:00:00Z"))).toMatch(/4.*\d\d:34$/);
    expect(utcWords(at)).toBe("2026-03-04 12:34:56 UTC");
  });
});
