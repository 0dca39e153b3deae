import { describe, expect, it } from "vitest";
import { noResultsWords } from "../../../../web/page/job/no-results-words.ts";
import { parameterRows, valueWords } from "../../../../web/page/job/parameter-rows.ts";
import { hashOf, placeOf } from "../../../../web/page/job/place.ts";

describe("a place in a job's page", () => {
  it("comes back from its address, whatever the file is called", () => {
    for (const name of ["fit/line.par", "a b#c%?&.txt", "ü/🎉", "%2F", "x".repeat(255)])
      expect(placeOf(hashOf("files", name))).toEqual({ tab: "files", file: name });
    expect(placeOf(hashOf("log"))).toEqual({ tab: "log", file: undefined });
  });

  it("is none where the address is another's", () => {
    for (const hash of ["", "#", "#nothing", "#files/%", "#Results"]) expect(placeOf(hash).file).toBeUndefined();
    expect(placeOf("#content").tab).toBeUndefined();
  });
});

describe("a job's parameters", () => {
  const application = {
    parameters: {
      type: "object",
      properties: {
        fitter: { type: "string", title: "Fitter", default: "amoeba" },
        steps: { type: "integer", title: "Steps", "x-unit": "steps" },
        words: { type: "array", default: [] },
      },
    },
  };

  it("are in the application's order, with titles, units and what is a default", () => {
    const rows = parameterRows({ other: 1, words: [], steps: 500, fitter: "dream" }, application);
    expect(rows.map(({ name, title, unit, isDefault }) => [name, title, unit, isDefault])).toEqual([
      ["fitter", "Fitter", undefined, false],
      ["steps", "Steps", "steps", false],
      ["words", "words", undefined, true],
      ["other", "other", undefined, false],
    ]);
  });

  it("are shown where the application is not known, too", () => {
    expect(parameterRows({ toString: "x" }, undefined)).toMatchObject([{ title: "toString", isDefault: undefined }]);
  });

  it("have their values in words", () => {
    expect([true, 1e-9, [], ["a", 2], { a: 1 }, null, "x"].map(valueWords)).toEqual([
      "yes",
      "1e-9",
      "none",
      "a, 2",
      '{"a":1}',
      "null",
      "x",
    ]);
  });
});

describe("why there are no results", () => {
  const words = (
    state: "running" | "collecting" | "failed",
    results: Parameters<typeof noResultsWords>[0]["results"],
  ) => noResultsWords({ state, results, folder: "/home/alice/x" });

  it("is said in every state", () => {
    expect(words("running", { state: "pending" })).toContain("when the job has ended");
    expect(words("collecting", { state: "pending" })).toContain("being brought");
    expect(words("failed", { state: "withheld", reason: "812 GB > 50 GB" })).toBe(
      "They were left on the cluster in /home/alice/x, since they are over the limit: 812 GB > 50 GB.",
    );
    expect(words("failed", { state: "unavailable", reason: "it never ran" })).toContain("it never ran");
    expect(words("failed", { state: "available" })).toBeUndefined();
  });
});
