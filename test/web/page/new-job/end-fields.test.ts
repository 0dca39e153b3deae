// Retry and mail of a new job: the form shows what the document says, and writes nothing of what is the default.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JobSubmission, mailedStates, retryableReasons } from "../../../../shared/contract/job.ts";
import { emptyDocument, toSubmission } from "../../../../web/page/new-job/document.ts";
import { addressesOf, mailOf, retryOf, withMail, withRetry } from "../../../../web/page/new-job/end-fields.ts";

const empty = emptyDocument({ id: "bumps", version: "1" });

describe("what happens when a new job ends or fails", () => {
  it("comes back from the document as it was chosen, and is accepted as it is written", () => {
    const chosen = fc.record({
      limit: fc.integer({ min: 0, max: 5 }),
      on: fc.subarray([...retryableReasons]),
      to: fc.uniqueArray(fc.constantFrom("a@example.org", "b@example.org"), { minLength: 1 }),
      states: fc.subarray([...mailedStates]),
    });
    fc.assert(
      fc.property(chosen, ({ limit, on, to, states }) => {
        const document = withMail(withRetry(empty, { limit, on }), { to, on: states });
        expect(retryOf(document)).toEqual({ limit, on });
        expect(mailOf(document)).toEqual(states.length === 0 ? { to: [], on: [] } : { to, on: states });
        expect(JobSubmission.safeParse(toSubmission(document, () => "")).success).toBe(true);
      }),
    );
  });

  it("is not written where it is the default, nor where there is no mail", () => {
    const other = withMail(withRetry(empty, { limit: 1, on: ["signal"] }), { to: ["a@example.org"], on: ["failed"] });
    expect(withMail(withRetry(other, { limit: 2, on: ["preempted", "node-failure"] }), { to: [], on: [] })).toEqual(
      empty,
    );
  });

  it("is shown as far as it makes sense where somebody wrote nonsense as JSON", () => {
    expect(retryOf({ retry: { limit: "many", on: ["preempted", "rain"] } })).toEqual({ limit: 2, on: ["preempted"] });
    expect(mailOf({ mail: { to: "a@example.org", on: ["failed", 7] } })).toEqual({ to: [], on: ["failed"] });
    expect(addressesOf(" a@x.org, b@x.org;a@x.org\n")).toEqual(["a@x.org", "b@x.org"]);
  });
});
