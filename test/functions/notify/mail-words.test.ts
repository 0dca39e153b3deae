// Whatever people call their jobs: a mail's subject is one line, and its HTML says what its text says.
import fc from "fast-check";
import { expect, it } from "vitest";
import { jobMail } from "../../../functions/notify/job-mail.ts";
import { duration, oneLine, size } from "../../../functions/notify/mail-words.ts";
import { submittedJob } from "../../shared/job/submitted-job.ts";

const site = { name: "Headgate", pageOrigin: "https://page.example" };
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: "grapheme", maxLength: 200 }),
  fc.constantFrom("a\r\nBcc: x@y.org", "\ud800", "\u202egpj.exe", "</td><script>alert(1)</script>", "\n\n", "'\"&amp;"),
);

it("keeps every name and detail on its own line, and out of the markup", () => {
  fc.assert(
    fc.property(anyText, anyText, (name, detail) => {
      const job = submittedJob({ name, detail, state: "failed", reason: "rejected" });
      const { subject, text, html } = jobMail(job, "failed", site);
      expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(subject.isWellFormed() && text.isWellFormed() && html.isWellFormed()).toBe(true);
      expect([...subject].length).toBeLessThanOrEqual(200);
      expect(subject.trim()).not.toBe("");
      // the same lines whatever the words, so none can look like another
      const labels = text.split("\n").flatMap((line) => /^([A-Z]\w+): /.exec(line)?.[1] ?? []);
      expect(labels.filter((label) => label !== "Detail")).toEqual([
        "Job",
        "Application",
        "Cluster",
        "State",
        "Ended",
        "Results",
      ]);
      const tags = [...html.matchAll(/<([a-z]+)/g)].map(([, tag]) => tag);
      const rows = labels.length;
      expect(tags.filter((tag) => tag === "td")).toHaveLength(rows);
      expect(
        tags.filter(
          (tag) => !["html", "head", "meta", "body", "p", "table", "tr", "th", "td", "a"].includes(tag ?? ""),
        ),
      ).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ["", 5, ""],
  ["a\r\n\tb", 5, "a b"],
  ["abcdef", 5, "abcd…"],
  ["\u202eabc", 5, "abc"],
  ["👩‍🔬👩‍🔬", 3, "👩‍…"],
])("makes a line of %j", (text, longest, line) => {
  expect(oneLine(text, longest)).toBe(line);
});

it.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [3_723, "1 h 2 min"],
  [86_400 * 3 + 60, "3 d"],
  [-5, "0 s"],
])("says %d seconds as %s", (seconds, words) => {
  const from = "2026-01-01T00:00:00.000Z";
  expect(duration(from, new Date(Date.parse(from) + seconds * 1_000).toISOString())).toBe(words);
  expect(duration(undefined, from)).toBeUndefined();
});

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [812_000_000_000, "812 GB"],
])("says %d bytes as %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
