// The page's own reading of a filter against the API's: what moves is shown or hidden as the API would list it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jobFilter } from "../../../../functions/api/jobs/job-filter.ts";
import { type Job, jobStates } from "../../../../shared/contract/job.ts";
import { routes } from "../../../../shared/contract/routes.ts";
import type { JobRecord } from "../../../../shared/job/job-record.ts";
import { passesFilter } from "../../../../web/page/changes/passes-filter.ts";
import { queryOf } from "../../../../web/page/jobs/job-filter.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const words = fc.constantFrom("fit", "Fit of a line", "line.py", "ÄRGER", "x y", "a");
const job = fc
  .record({
    state: fc.constantFrom(...jobStates),
    application: fc.constantFrom("bumps", "script"),
    cluster: fc.constantFrom("local", "second"),
    name: fc.option(words, { nil: undefined }),
    description: fc.option(words, { nil: undefined }),
    tags: fc.option(fc.array(words, { maxLength: 2 }), { nil: undefined }),
    inputs: fc.array(
      words.map((name) => ({ name, size: 1, etag: "e", upload: "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z" })),
      { maxLength: 2 },
    ),
    days: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ days, ...fields }) => {
    const createdAt = new Date(now - days * 86_400_000).toISOString();
    return { id: "01JD8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z8Z", createdAt, changedAt: createdAt, ...fields } as unknown as Job;
  });
const filter = fc.record({
  state: fc.uniqueArray(fc.constantFrom(...jobStates), { maxLength: 3 }),
  application: fc.uniqueArray(fc.constantFrom("bumps", "script"), { maxLength: 1 }),
  cluster: fc.uniqueArray(fc.constantFrom("local", "second"), { maxLength: 1 }),
  tag: fc.uniqueArray(words, { maxLength: 2 }),
  text: fc.constantFrom("", "fit", "LINE", "ärger", "fit line", " x  y ", "01jd8", "nothing"),
  since: fc.constantFrom("", "7d", "2026-02-25"),
  until: fc.constantFrom("", "3d", "2026-02-27"),
});

describe("a filter of the page", () => {
  it("says of every job what the API says", () => {
    fc.assert(
      fc.property(job, filter, (one, asked) => {
        const { state, application, cluster, tag, ...rest } = queryOf(asked, now);
        const lists = Object.entries({ state, application, cluster, tag }).flatMap(([name, values]) =>
          values ? [[name, values.join(",")]] : [],
        );
        const query = routes.listJobs.query.parse({ ...Object.fromEntries(lists), ...rest });
        const api = jobFilter(query)?.(one as unknown as JobRecord) ?? true;
        expect(passesFilter(one, asked, now)).toBe(api);
      }),
      { numRuns: 500 },
    );
  });
});
