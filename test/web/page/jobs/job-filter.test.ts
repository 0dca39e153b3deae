// A filter of jobs: in the address bar, as tokens, and as the API is asked, always the same one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobStates, maxBulkJobs, Tag } from "../../../../shared/contract/job.ts";
import { isTag, jobsAtOnce } from "../../../../web/page/jobs/bulk.ts";
import { filterOf, tokensOf } from "../../../../web/page/jobs/filter-tokens.ts";
import { everything, isEverything, queryOf, readFilter, writeFilter } from "../../../../web/page/jobs/job-filter.ts";
import { states } from "../../../../web/page/words.ts";

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const tag = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => isTag(text) && text.trim() === text);
const filters = fc.record({
  state: fc.subarray([...jobStates]),
  application: fc.uniqueArray(word, { maxLength: 3 }),
  cluster: fc.uniqueArray(word, { maxLength: 3 }),
  tag: fc.uniqueArray(tag, { maxLength: 4 }),
  text: fc.array(tag, { maxLength: 3 }).map((words) => words.join(" ")),
  since: fc.constantFrom("", "7d", "2026-01-31"),
  until: fc.constantFrom("", "2026-02-28"),
});

describe("a filter of jobs", () => {
  it("is read from an address as it was written into it", () => {
    fc.assert(fc.property(filters, (filter) => void expect(readFilter(writeFilter(filter))).toEqual(filter)));
  });

  it("is the same after it was tokens", () => {
    fc.assert(fc.property(filters, (filter) => void expect(filterOf(tokensOf(filter))).toEqual(filter)));
  });

  it("leaves out what an address says that makes no sense", () => {
    const search = "state=running,flying&application=../x,bumps&since=2026-02-31&until=soon&text=%20%20a%20&nothing=1";
    expect(readFilter(search)).toEqual({ ...everything, state: ["running"], application: ["bumps"], text: "a" });
    fc.assert(
      fc.property(fc.string(), (text) => void expect(() => queryOf(readFilter(text), Date.now())).not.toThrow()),
    );
  });

  it("asks the API for days as instants of the local midnight, and for spans as from now", () => {
    const now = Date.parse("2026-03-10T12:00:00Z");
    const query = queryOf(readFilter("since=7d&until=2026-03-09&state=failed,running"), now);
    expect(query).toEqual({
      state: ["running", "failed"],
      since: "2026-03-03T12:00:00.000Z",
      until: new Date(2026, 2, 9).toISOString(),
    });
    expect(queryOf(everything, now)).toEqual({});
    expect(isEverything(readFilter("page=7"))).toBe(true);
  });

  it("knows the states, the tags and the most at once as the contract does", () => {
    expect(states).toEqual(jobStates);
    expect(jobsAtOnce).toBe(maxBulkJobs);
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (text) => void expect(isTag(text)).toBe(Tag.safeParse(text).success)),
    );
  });
});
