// A job's whole life in words: its attempts, its mail, its sweep, its folder, and the end of a log that is being written.
import { describe, expect, it } from "vitest";
import type { Job } from "../../../../shared/contract/job.ts";
import {
  folderIsGone,
  mailSentence,
  retryWords,
  sweepWords,
  triedAgainWords,
} from "../../../../web/page/job/life-words.ts";
import { extentWords, lastOf, likelyLog, liveLines } from "../../../../web/page/job/live-text.ts";

const id = "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z";
const job = (change: Partial<Job>): Job => ({
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
  createdAt: "2026-01-01T00:00:00.000Z",
  changedAt: "2026-01-01T00:00:00.000Z",
  ...change,
});
const past = {
  attempt: 1,
  reason: "node-failure",
  endedAt: "2026-01-01T00:00:00.000Z",
  results: { state: "pending" },
} as const;

describe("trying again", () => {
  it("is told from the second attempt on, with the reason of the one before and how many there may be", () => {
    expect(triedAgainWords(job({}))).toBeUndefined();
    expect(triedAgainWords(job({ attempt: 2, attempts: [past] }))).toBe(
      "Tried again after a node failure (attempt 2 of 3)",
    );
    const more = job({
      attempt: 4,
      attempts: [past, { ...past, attempt: 3, reason: "out-of-memory" }],
      retry: { limit: 5, on: [] },
    });
    expect(triedAgainWords(more)).toBe("Tried again after running out of memory (attempt 4 of 6)");
    // the limit was lower than what has happened: never "attempt 4 of 2"
    expect(triedAgainWords(job({ attempt: 4, retry: { limit: 1, on: [] } }))).toBe("Tried again (attempt 4 of 4)");
  });

  it("is said for the details, the default too", () => {
    expect(retryWords()).toBe("at most 2 times: after a node failure or making way for another job");
    expect(retryWords({ limit: 1, on: ["signal"] })).toBe("once: after a signal that stopped the program");
    expect(retryWords({ limit: 0, on: ["signal"] })).toBe("never");
    expect(retryWords({ limit: 3, on: [] })).toBe("never");
  });
});

describe("mail, sweep and folder", () => {
  it("are said in words", () => {
    expect(mailSentence({ to: ["a@x.org"], on: ["failed"] })).toBe("when it has failed, to a@x.org");
    expect(mailSentence({ to: ["a@x.org", "b@x.org", "c@x.org"], on: ["running", "succeeded"] })).toBe(
      "when it starts or it has succeeded, to a@x.org, b@x.org and c@x.org",
    );
    expect(sweepWords({ id, index: 2, size: 12 })).toBe("member 3 of 12");
    expect(sweepWords(undefined)).toBeUndefined();
    const kept = { folderKeptUntil: "2026-01-01T00:00:00.000Z" };
    expect(folderIsGone(kept, Date.parse("2025-12-31T23:59:59Z"))).toBe(false);
    expect(folderIsGone(kept, Date.parse("2026-01-01T00:00:00Z"))).toBe(true);
    expect(folderIsGone({}, 0)).toBe(false);
  });
});

describe("the end of a log that is being written", () => {
  it("is told by how much of it is here, and from which of the two outputs", () => {
    expect(extentWords({ from: 0, size: 812 })).toBe("all 812 B so far");
    expect(extentWords({ from: 3_134_464, size: 3_200_000 })).toBe("the last 65.5 kB of 3.20 MB");
    const some = { size: 3, from: 0, text: "ab\n" };
    expect(likelyLog({})).toBe("stdout");
    expect(likelyLog({ stderr: some })).toBe("stderr");
    expect(likelyLog({ stdout: some, stderr: some })).toBe("stdout");
  });

  it("is read with its colours, half a line at its beginning, and without the empty lines at its end", () => {
    const live = liveLines({ size: 1_000, from: 970, text: "alf a line\nstep \x1b[32m7\x1b[0m\n\n \n" });
    expect(live.lines).toEqual(["alf a line", "step 7", "", " "]);
    expect(live.starts[1]).toBe(981);
    expect(lastOf(live, 8)).toEqual([0, 1]);
    expect(lastOf(live, 1)).toEqual([1]);
    expect(lastOf(liveLines({ size: 0, from: 0, text: "" }), 8)).toEqual([]);
  });
});
