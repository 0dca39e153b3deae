// The list of jobs: filters that all hold, cursors that pass over nothing and show nothing twice, bounded reading.
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ulid } from "../../../shared/aws/ulid.ts";
import { type Job, type JobState, jobStates } from "../../../shared/contract/job.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { type Gateway, startGateway } from "../gateway.ts";

type Page = { jobs: Job[]; cursor?: string; seen: number };

let gateway: Gateway;
const made: JobRecord[] = [];
const start = Date.parse("2026-01-01T00:00:00.000Z");
const day = 24 * 3_600_000;
const applications = ["script", "bumps"];
const clusters = ["local", "far"];
const tags = ["a", "b c", "é"];

beforeAll(async () => {
  gateway = await startGateway();
  const [alice, bob] = [await gateway.member("alice"), await gateway.member("bob")];
  for (let n = 0; n < 450; n += 1) {
    const at = new Date(start + n * (day / 4)).toISOString();
    const job = record(n, n % 9 === 0 ? bob : alice, at);
    await gateway.parts.api.jobs.create(job);
    if (job.person === alice) made.push(job);
  }
}, 60_000);
afterAll(() => gateway.stop());

const record = (n: number, person: string, at: string): JobRecord => ({
  id: ulid(new Date(at)),
  person,
  application: applications[n % 2] ?? "",
  version: "1",
  cluster: clusters[n % 3 === 0 ? 1 : 0] ?? "",
  ...(n % 4 === 0 ? {} : { name: `Fit of sample ${n}` }),
  ...(n % 5 === 0 ? { description: "before the Magnet was changed" } : {}),
  ...(n % 7 === 0 ? {} : { tags: tags.slice(0, n % 4) }),
  state: jobStates[n % jobStates.length] ?? "held",
  source: "api",
  attempt: 1,
  parameters: {},
  resources: {},
  inputs: n % 11 === 0 ? [{ name: `data/Run${n}.dat`, size: 1, etag: "e", upload: ulid(new Date(at)) }] : [],
  results: { state: "pending" },
  account: "alice",
  createdAt: at,
  changedAt: at,
  events: [],
  revision: 1,
});

const list = async (query: Record<string, string>): Promise<Page> => {
  const answer = await gateway.request<Page>("GET", `/v1/jobs?${new URLSearchParams(query)}`, { as: "alice" });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};

/** All pages of a query, and how many of the jobs were looked through. */
const all = async (query: Record<string, string>) => {
  const jobs: Job[] = [];
  let seen = 0;
  let pages = 0;
  for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages += 1) {
    const page = await list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    jobs.push(...page.jobs);
    seen += page.seen;
    cursor = page.cursor;
    if (pages > 600) throw new Error("the pages have no end");
  }
  return { ids: jobs.map((job) => job.id), seen, pages };
};

type Wish = {
  state?: JobState[];
  application?: string[];
  cluster?: string[];
  tag?: string[];
  text?: string;
  since?: number;
  until?: number;
};
const wishes: fc.Arbitrary<Wish> = fc.record(
  {
    state: fc.uniqueArray(fc.constantFrom(...jobStates), { minLength: 1, maxLength: 4 }),
    application: fc.uniqueArray(fc.constantFrom(...applications, "none"), { minLength: 1, maxLength: 2 }),
    cluster: fc.uniqueArray(fc.constantFrom(...clusters), { minLength: 1, maxLength: 2 }),
    tag: fc.uniqueArray(fc.constantFrom(...tags), { minLength: 1, maxLength: 2 }),
    text: fc.constantFrom("fit", "SAMPLE 1", "magnet", "run", "nothing of the kind", "  "),
    since: fc.integer({ min: -10, max: 130 }),
    until: fc.integer({ min: -10, max: 130 }),
  },
  { requiredKeys: [] },
);
const at = (days: number) => start + days * day;

function isMeant(job: JobRecord, wish: Wish): boolean {
  const words = (wish.text ?? "").toLowerCase().split(" ").filter(Boolean);
  const text = JSON.stringify([job.id, job.name, job.description, job.inputs[0]?.name]).toLowerCase();
  return (
    (wish.state?.includes(job.state) ?? true) &&
    (wish.application?.includes(job.application) ?? true) &&
    (wish.cluster?.includes(job.cluster) ?? true) &&
    (wish.tag?.some((tag) => job.tags?.includes(tag)) ?? true) &&
    words.every((word) => text.includes(word)) &&
    (wish.since === undefined || Date.parse(job.createdAt) >= at(wish.since)) &&
    (wish.until === undefined || Date.parse(job.createdAt) < at(wish.until))
  );
}

test("pages with any filter and limit together hold each job that is meant once, the latest changed first", async () => {
  await fc.assert(
    fc.asyncProperty(wishes, fc.constantFrom(1, 7, 50, 250, 1_000), async (wish, size) => {
      const { since, until, ...rest } = wish;
      const limit = Object.keys(wish).length === 0 ? Math.max(size, 50) : Math.max(size, 7);
      const found = await all({
        ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
        ...(since === undefined ? {} : { since: new Date(at(since)).toISOString() }),
        // the same instant in another zone
        ...(until === undefined ? {} : { until: new Date(at(until) + 3_600_000).toISOString().replace("Z", "+01:00") }),
        limit: String(limit),
      });
      const meant = made.filter((job) => isMeant(job, wish)).map((job) => job.id);
      expect(found.ids).toEqual(meant.reverse());
      expect(found.seen).toBeGreaterThanOrEqual(found.ids.length);
      expect(found.seen).toBeLessThanOrEqual(made.length);
    }),
    { numRuns: 40 },
  );
}, 60_000);

test("says how many were looked through where the filter lets few or none through", async () => {
  const none = await list({ text: "nothing of the kind" });

  expect(none).toEqual({ jobs: [], seen: made.length });
  expect((await list({ since: "2026-03-01T00:00:00Z", text: "nothing" })).seen).toBe(
    made.filter((job) => job.createdAt >= "2026-03-01").length,
  );
});

test("a cursor that lies before since ends the list, and instants at the end of time are no fault", async () => {
  const { cursor = "" } = await list({ limit: "50", until: "2026-02-01T00:00:00Z" });

  expect(await list({ cursor, since: "2026-03-01T00:00:00Z" })).toEqual({ jobs: [], seen: 0 });
  expect((await list({ since: "9999-12-31T23:59:59-23:59" })).jobs).toEqual([]);
  expect((await list({ until: "0000-01-01T00:00:00+23:59" })).jobs).toEqual([]);
});

test("a value that is none of the list is named with what is accepted", async () => {
  const answer = await gateway.request("GET", "/v1/jobs?state=running,runing", { as: "alice" });
  const empty = await gateway.request("GET", "/v1/jobs?application=", { as: "alice" });
  const day = await gateway.request("GET", "/v1/jobs?since=yesterday", { as: "alice" });

  expect([answer.status, answer.problem.issues?.[0]]).toEqual([
    422,
    { field: "state.1", value: '"running,runing"', accepted: expect.stringContaining("one of held, submitted") },
  ]);
  expect([empty.status, day.status]).toEqual([422, 422]);
  expect(day.problem.issues?.[0]?.accepted).toBe("an instant such as 2026-01-31T09:30:00Z");
});
