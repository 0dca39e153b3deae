// GET /v1/changes: a poller sees all that moves of its own and nothing else, and is told cheaply where nothing has.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Job } from "../../../shared/contract/job.ts";
import { type Answer, type Gateway, scriptJob, startGateway } from "../gateway.ts";

type Changes = { jobs: Job[]; deleted: string[]; next: string; more: boolean };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
  await gateway.member("bob");
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.messages.length = 0;
});

const changes = (
  o: { since?: string; limit?: number; as?: string; etag?: string | undefined } = {},
): Promise<Answer<Changes>> => {
  const query = new URLSearchParams();
  if (o.since !== undefined) query.set("since", o.since);
  if (o.limit !== undefined) query.set("limit", String(o.limit));
  const headers = o.etag === undefined ? {} : { "if-none-match": o.etag };
  return gateway.request<Changes>("GET", `/v1/changes?${query}`, { as: o.as ?? "alice", headers });
};
const submit = async (as = "alice", o: Record<string, unknown> = {}): Promise<string> =>
  (await gateway.request<Job>("POST", "/v1/jobs", { as, body: scriptJob(o) })).body.id;
const remove = (id: string) => gateway.request("DELETE", `/v1/jobs/${id}`, { as: "alice" });
const rename = (id: string, name: string) =>
  gateway.request("PATCH", `/v1/jobs/${id}`, { as: "alice", body: { name } });

/** A poller's picture of its own jobs. */
function poller(limit: number, since: string) {
  const picture = new Map<string, Job>();
  let next = since;
  let etag: string | undefined;
  return {
    picture,
    poll: async () => {
      for (let turns = 0; turns < 100; turns += 1) {
        const { status, body, headers } = await changes({ since: next, limit, etag });
        if (status === 304) return;
        for (const job of body.jobs) picture.set(job.id, job);
        for (const id of body.deleted) picture.delete(id);
        etag = body.next === next ? headers.etag : undefined;
        next = body.next;
        if (!body.more) return;
      }
    },
  };
}

test("without a cursor only says where to begin, and from there tells what moves, oldest first", async () => {
  const before = await submit();
  gateway.time.offset += 20_000;
  const { body: start } = await changes();
  expect(start).toEqual({ jobs: [], deleted: [], next: expect.any(String), more: false });
  const [one, two] = [await submit(), await submit()];
  await rename(one, "moved");
  await submit("bob");

  const { body } = await changes({ since: start.next });
  expect(body.jobs.map((job) => [job.id, job.name])).toEqual([
    [two, undefined],
    [one, "moved"],
  ]);
  expect(body.jobs.map((job) => job.id)).not.toContain(before);
  expect((await changes({ since: "2020-01-01T00:00:00+02:00" })).body.jobs.map((job) => job.id)).toContain(before);
  expect((await changes({ since: new Date(Date.now() + 3_600_000).toISOString() })).body.jobs).toEqual([]);
});

test("is not modified while nothing moves, and comes to rest with an empty answer", async () => {
  const id = await submit();
  const first = await changes({ since: new Date(gateway.time.now().getTime() - 5_000).toISOString() });
  expect(first.body.jobs.map((job) => job.id)).toContain(id);
  const second = await changes({ since: first.body.next });
  const again = await changes({ since: first.body.next, etag: second.headers.etag });
  expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, second.headers.etag]);

  gateway.time.offset += 30_000;
  const settled = await changes({ since: second.body.next, etag: second.headers.etag });
  expect(settled.status).toBe(200);
  const rest = await changes({ since: settled.body.next });
  expect(rest.body).toEqual({ jobs: [], deleted: [], next: settled.body.next, more: false });
  expect((await changes({ since: settled.body.next, etag: `W/${rest.headers.etag}` })).status).toBe(304);
  await rename(id, "woken");
  const woken = await changes({ since: settled.body.next, etag: rest.headers.etag });
  expect([woken.status, woken.body.jobs.map((job) => job.name)]).toEqual([200, ["woken"]]);
});

test("a poller in pages of any size ends with the list, whatever was submitted, changed and deleted meanwhile", async () => {
  const since = (await changes()).body.next;
  const pollers = [poller(1, since), poller(3, since), poller(1_000, since)];
  const ids: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (let n = 0; n < 3; n += 1) ids.push(await submit());
    await rename(ids[round] ?? "", `round ${round}`);
    await remove(ids[round * 2 + 1] ?? "");
    for (const one of pollers.slice(round % 3)) await one.poll();
    gateway.time.offset += 7_000;
  }
  const list = (await gateway.request<{ jobs: Job[] }>("GET", "/v1/jobs?limit=1000", { as: "alice" })).body.jobs;
  const listed = new Map(list.map((job) => [job.id, job]));
  for (const { picture, poll } of pollers) {
    await poll();
    for (const id of ids) expect(picture.get(id)).toEqual(listed.get(id));
    expect(picture.size).toBeGreaterThan(0);
    for (const id of picture.keys()) expect(listed.has(id)).toBe(true);
  }
});

test("what is no cursor of this list is refused by its name", async () => {
  for (const since of ["tomorrow", "Sk9CIw", Buffer.from("REST#2026-13-01T00:00:00.000Z#x").toString("base64url")]) {
    const { status, problem } = await changes({ since });
    expect([status, problem.issues?.[0]?.field]).toEqual([422, "since"]);
  }
});

test("HEAD answers as GET does, without a body", async () => {
  const get = await changes({ since: "2020-01-01T00:00:00Z", limit: 1 });
  const head = await gateway.request("HEAD", "/v1/changes?since=2020-01-01T00:00:00Z&limit=1", { as: "alice" });
  const { "content-type": type } = head.headers;
  expect([head.status, head.bytes.length, type]).toEqual([200, 0, get.headers["content-type"]]);
  expect((await gateway.request("HEAD", "/v1/jobs/01JZZZZZZZZZZZZZZZZZZZZZZZ", { as: "alice" })).status).toBe(404);
  const refused = await gateway.request("HEAD", "/v1/uploads", { as: "alice" });
  expect([refused.status, refused.headers.allow]).toEqual([405, "POST, OPTIONS"]);
});
