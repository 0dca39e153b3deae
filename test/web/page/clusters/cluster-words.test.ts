// Clusters in words: when one takes no jobs, and for how long folders stay.
import { describe, expect, it } from "vitest";
import { closedWords, daysWords, foldersWords } from "../../../../web/page/clusters/cluster-words.ts";

describe("a cluster in words", () => {
  it("takes jobs unless it is closed, or is silent and wants to be heard", () => {
    const larch = { name: "Larch", silent: false };
    expect(closedWords(larch)).toBeUndefined();
    expect(closedWords({ ...larch, silent: true })).toBeUndefined();
    expect(closedWords({ ...larch, silent: true, accept: "always" })).toBeUndefined();
    expect(closedWords({ ...larch, accept: "unless-silent" })).toBeUndefined();
    expect(closedWords({ ...larch, silent: true, accept: "unless-silent" })).toMatch(/while it is silent/);
    expect(closedWords({ ...larch, accept: "never" })).toMatch(/no new jobs now/);
  });

  it("says where folders live and for how long", () => {
    expect(foldersWords(undefined)).toBeUndefined();
    expect(foldersWords({ root: "{home}/headgate", keepDays: 14 })).toBe(
      "A folder for each job in ~/headgate, kept for 14 days after its results were collected.",
    );
    expect([14, 1, 1.5, 0.5, 0.001].map(daysWords)).toEqual(["14 days", "1 day", "1.5 days", "12 hours", "1 minute"]);
  });
});
