// How far a fit is, by what bumps 0.9 really writes (each text below was written by it).
import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderJob } from "../../../shared/application/applications.ts";
import { bumpsProgressFile, readBumpsProgress } from "../../../shared/application/bumps-progress.ts";
import { Progress } from "../../../shared/contract/job.ts";

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, "../../fixtures/bumps", name), "utf8");
const dream = `# steps: 60, # draws: 1200
step 1 cost 5003.70(13)
                                       b .....|....          0 in (-5,5)
                                       m ..|.......          1 in (0,4)
step 6 cost 5002.99(13)
step 11 cost 4998.67(13)
`;

describe("the progress of a fit", () => {
  it("is read from the file that bumps names for the model", () => {
    const files = ["line.py", "deep/er/a.b.py", "-x.py", ".py", "..py", "a..py"].map((model) =>
      bumpsProgressFile({ model }),
    );
    expect(files).toEqual(["fit/line.mon", "fit/a.b.mon", "fit/-x.mon", "fit/.py.mon", "fit/..py.mon", "fit/a..mon"]);
    const job = { application: "bumps", parameters: { model: "line.py" }, resources: {}, inputs: ["line.py"] };
    expect(renderJob(job).progress).toBe("fit/line.mon");
  });

  it("is known of a sampler from its burn-in and steps, or from its samples as it announced them", () => {
    expect(readBumpsProgress(dream, { fitter: "dream", steps: 60, burn: 20 })).toEqual({
      done: 11 / 80,
      words: "step 11 of 80 (burn-in)",
      measure: { name: "chisq", value: 4998.67 },
    });
    const later = `${dream}step 99 cost 1.46(13)\n`;
    expect(readBumpsProgress(later, { fitter: "dream", samples: 1200, burn: 50 })).toMatchObject({
      done: 99 / 110,
      words: "step 99 of 110",
    });
    expect(readBumpsProgress("step 150 cost 7(1)\n", { fitter: "dream" })).toEqual({
      words: "step 150",
      measure: { name: "chisq", value: 7 },
    });
    expect(readBumpsProgress("step 150 cost 7(1)\n", { fitter: "pt" })).toMatchObject({ words: "step 150 of 500" });
  });

  it("is known of the others at most, since they end where they converge", () => {
    const text = "step 14 cost 6.44(13)\nstep 18 cost 2.17(13)\n";
    expect(readBumpsProgress(text, { fitter: "de", steps: 60 })).toEqual({
      done: 0.3,
      words: "step 18 of at most 60",
      measure: { name: "chisq", value: 2.17 },
    });
    expect(readBumpsProgress(text, { fitter: "newton" })?.words).toBe("step 18 of at most 3000");
    expect(readBumpsProgress(text, { fitter: "amoeba" })?.words).toBe("step 18 of at most 1000");
  });

  it("says when the fit itself is done", () => {
    expect(readBumpsProgress(fixture("line-amoeba/line.mon"), { fitter: "amoeba" })).toEqual({
      done: 1,
      words: "fitted; its results are being written",
      measure: { name: "chisq", value: 0.68 },
    });
  });

  it("takes no line that is half written, and nothing of what is none of bumps'", () => {
    expect(readBumpsProgress("step 1 cost 5(1)\nstep 12 cost 3", { fitter: "de" })?.words).toBe(
      "step 1 of at most 1000",
    );
    for (const text of ["", "step 1 cost 5(1)", "hello\n", "step x cost 2\n", "step 1 cost\n"])
      expect(readBumpsProgress(text, { fitter: "de" })).toBeUndefined();
    expect(readBumpsProgress("step 4 cost inf\n", { fitter: "de" })).toEqual({
      done: 0.004,
      words: "step 4 of at most 1000",
    });
    expect(readBumpsProgress("step 4 cost 500.00(10)e6\n", {})).toEqual({
      words: "step 4",
      measure: { name: "chisq", value: 500e6 },
    });
  });

  it("is a progress or nothing, whatever the file and the parameters hold", () => {
    const pieces = fc.constantFrom(
      "step ",
      "12",
      "999999999999",
      " cost ",
      "1.3(4)",
      "e99",
      "\n",
      "[chisq=",
      "]",
      "# steps: 0, # draws: 0",
      "NaN",
    );
    const text = fc.oneof(
      fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }).map((parts) => parts.join("")),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => new TextDecoder().decode(bytes)),
    );
    const parameters = fc.record(
      {
        model: fc.anything(),
        fitter: fc.oneof(fc.constantFrom("dream", "pt", "de", "toString"), fc.anything()),
        steps: fc.oneof(fc.integer(), fc.anything()),
        burn: fc.oneof(fc.integer(), fc.anything()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(text, parameters, (words, given) => {
        const progress = readBumpsProgress(words, given);
        if (progress !== undefined) expect(Progress.safeParse(progress).success).toBe(true);
        bumpsProgressFile(given);
      }),
    );
  });
});
