// What a person does with their jobs besides submitting: check, name, cancel, delete; one by one and many at once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reconcileCluster } from "../../../functions/reconcile/reconcile-cluster.ts";
import type { BulkResult, CheckedJob, Job } from "../../../shared/contract/job.ts";
import { type Bomb, explosive } from "../crash.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
  await gateway.member("bob");
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.messages.length = 0;
  gateway.commands.length = 0;
  gateway.time.offset = 0;
});

const call = <T = Job>(method: string, path: string, body?: unknown, o: { as?: string; key?: string } = {}) =>
  gateway.request<T>(method, path, {
    as: o.as ?? "alice",
    ...(body === undefined ? {} : { body }),
    headers: o.key === undefined ? {} : { "idempotency-key": o.key },
  });
const submit = async (o: Record<string, unknown> = {}, as = "alice"): Promise<Job> => {
  const { status, body } = await call("POST", "/v1/jobs", scriptJob(o), { as });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
};
/** Submitted and sent to the cluster. */
const sent = async (o: Record<string, unknown> = {}): Promise<Job> => {
  const job = await submit(o);
  await gateway.deliver();
  gateway.commands.length = 0;
  return job;
};
const recordOf = (id: string) => gateway.parts.api.jobs.get(id);
const batches = () => Promise.all(gateway.commands.map(({ batch }) => gateway.batch(batch)));
const bulk = async (body: Record<string, unknown>, key?: string): Promise<BulkResult[]> => {
  const answer = await call<{ results: BulkResult[] }>("POST", "/v1/jobs/bulk", body, key === undefined ? {} : { key });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.results;
};
const nobodys = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

describe("checking", () => {
  test("says what the job would be and its script, and leaves nothing behind", async () => {
    const before = await call<{ jobs: Job[] }>("GET", "/v1/jobs?limit=1000");
    const { status, body } = await call<CheckedJob>("POST", "/v1/jobs/check", scriptJob({ resources: { nodes: 2 } }));
    const after = await call<{ jobs: Job[] }>("GET", "/v1/jobs?limit=1000");

    expect(status).toBe(200);
    expect(body).toMatchObject({ application: "script", version: "2", cluster: "local", resources: { nodes: 2 } });
    expect(body.parameters).toMatchObject({ interpreter: "auto", arguments: [] });
    expect(body.script).toMatch(/^#!\/bin\/sh\n#SBATCH --nodes=2\n#SBATCH --ntasks=1\n/);
    expect(body.script).toContain("echo hello");
    expect(gateway.messages).toEqual([]);
    expect(after.body.jobs).toHaveLength(before.body.jobs.length);
  });

  test.each([
    scriptJob({ application: "nonesuch" }),
    scriptJob({ cluster: "nowhere" }),
    scriptJob({ inputs: [{ upload: nobodys, name: "x" }] }),
    scriptJob({ parameters: {} }),
    scriptJob({ priority: 1 }),
  ])("refuses what submitting refuses, in the same words %#", async (wrong) => {
    const [checked, submitted] = [await call("POST", "/v1/jobs/check", wrong), await call("POST", "/v1/jobs", wrong)];
    expect(checked.status).toBe(422);
    expect(checked.problem).toEqual(submitted.problem);
  });
});

describe("naming", () => {
  test("sets what is named, removes what is null and leaves the rest", async () => {
    const job = await submit({ name: "old", description: "words" });
    const changed = await call("PATCH", `/v1/jobs/${job.id}`, { name: "new", tags: ["a", "b"] });
    const removed = await call("PATCH", `/v1/jobs/${job.id}`, { description: null });

    expect(changed.body).toMatchObject({ name: "new", description: "words", tags: ["a", "b"], state: "submitted" });
    expect([removed.status, "description" in removed.body]).toEqual([200, false]);
    expect((await call("GET", `/v1/jobs/${job.id}`)).body).toEqual(removed.body);
  });

  test("writes nothing where nothing is otherwise", async () => {
    const job = await submit({ name: "same", tags: ["a"] });
    const again = await call("PATCH", `/v1/jobs/${job.id}`, { name: "same", tags: ["a"], description: null });

    expect(again.body).toEqual(job);
    expect((await recordOf(job.id))?.revision).toBe(1);
  });

  test("refuses a tag with a comma, by which a filter's values are separated", async () => {
    const job = await submit();
    const refused = await call("PATCH", `/v1/jobs/${job.id}`, { tags: ["a,b"] });
    expect([refused.status, refused.problem.issues?.[0]?.field]).toEqual([422, "tags.0"]);
  });
});

describe("cancelling", () => {
  test("a job that no group has taken ends it at once, and no dispatch takes it any more", async () => {
    const job = await submit();
    const cancelled = await call("POST", `/v1/jobs/${job.id}/cancel`);
    await gateway.deliver();

    expect(cancelled.body).toMatchObject({
      state: "cancelled",
      cancelRequestedAt: expect.any(String),
      results: { state: "unavailable", reason: "the job did not start" },
    });
    expect(gateway.commands).toEqual([]);
    expect((await recordOf(job.id))?.group).toBeUndefined();
    const events = await call<{ events: { state: string; source: string }[] }>("GET", `/v1/jobs/${job.id}/events`);
    expect(events.body.events.at(-1)).toMatchObject({ state: "cancelled", source: "api" });
  });

  test("a job that was sent asks the head node, in a batch that names its group and index", async () => {
    const jobs = [await submit(), await submit(), await submit()];
    await gateway.deliver();
    gateway.commands.length = 0;
    const asked = await call("POST", `/v1/jobs/${jobs[1]?.id}/cancel`);
    await gateway.deliver();
    const { group, index = -1 } = (await recordOf(jobs[1]?.id ?? "")) ?? {};

    expect(asked.body).toMatchObject({ state: "dispatched", cancelRequestedAt: expect.any(String) });
    expect(await batches()).toMatchObject([{ verb: "cancel", groups: [{ group, members: [index] }] }]);
    expect((await recordOf(jobs[1]?.id ?? ""))?.state).toBe("dispatched");
  });

  test("twice asks twice and changes nothing; one that has ended is answered as it is", async () => {
    const job = await sent();
    const first = await call("POST", `/v1/jobs/${job.id}/cancel`);
    const second = await call("POST", `/v1/jobs/${job.id}/cancel`);
    expect(second.body).toEqual(first.body);
    expect(gateway.messages).toHaveLength(2);

    await gateway.parts.api.jobs.change(job.id, () => ({ changes: { state: "succeeded" } }));
    gateway.messages.length = 0;
    const ended = await call("POST", `/v1/jobs/${job.id}/cancel`);
    expect([ended.status, ended.body.state, gateway.messages]).toEqual([200, "succeeded", []]);
  });

  test("a crash at any side effect, then a repeat, ends with the head node asked", async () => {
    let crashes = 0;
    for (const when of ["before", "after"] as const) {
      for (let at = 1; at <= 20; at += 1) {
        const job = await sent();
        const bomb: Bomb = { at, when, seen: 0 };
        const parts = explosive(gateway, bomb);
        const path = `/v1/jobs/${job.id}/cancel`;
        await gateway.request("POST", path, { as: "alice", through: gateway.handlerOn(parts.api) });
        await gateway.deliver(parts.dispatch).catch(() => undefined);
        const crashed = bomb.seen >= at;
        expect((await call("POST", path)).status).toBe(200);
        await gateway.deliver();

        const group = (await recordOf(job.id))?.group ?? "";
        expect((await batches()).at(-1)).toMatchObject({ verb: "cancel", groups: [{ group }] });
        expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ cancels: "1" });
        if (!crashed) break;
        crashes += 1;
      }
    }
    // the job, the message, the group, the batch, the command, the job again: each before and after
    expect(crashes).toBe(12);
  });

  test("races with a dispatch: the job is cancelled or sent, never both", async () => {
    for (let turn = 0; turn < 12; turn += 1) {
      const job = await submit();
      gateway.commands.length = 0;
      const [, answer] = await Promise.all([gateway.deliver(), call("POST", `/v1/jobs/${job.id}/cancel`)]);
      const record = await recordOf(job.id);
      expect(answer.status).toBe(200);
      expect(record?.cancelRequestedAt).toBeDefined();
      expect(record?.state === "cancelled").toBe(record?.group === undefined);
      const named = (await batches()).flatMap((batch) =>
        batch.verb === "submit" ? batch.groups.flatMap((group) => group.members.map((member) => member.job)) : [],
      );
      expect(named.includes(job.id)).toBe(record?.group !== undefined);
      gateway.messages.length = 0;
    }
  });

  test("is asked for again by reconcile where its message was lost, and no more once its group says so", async () => {
    const job = await sent();
    await call("POST", `/v1/jobs/${job.id}/cancel`);
    gateway.messages.length = 0;
    const asked = async (minutes: number) => {
      gateway.time.offset = minutes * 60_000;
      gateway.messages.length = 0;
      await reconcileCluster(cluster, gateway.parts.reconcile);
      return gateway.messages.filter((message) => "cancel" in message).flatMap((message) => message.cancel);
    };
    expect(await asked(1)).not.toContain(job.id);
    expect(await asked(3)).toContain(job.id);
    expect(await asked(4), "one under way").toEqual([]);
    expect(await asked(6)).toContain(job.id);
    await gateway.deliver();
    expect(await gateway.parts.dispatch.groups.get((await recordOf(job.id))?.group ?? "")).toMatchObject({
      cancels: "1",
    });
    expect(await asked(9)).toEqual([]);
  });

  test("is asked for again by reconcile until the member has settled", async () => {
    const job = await sent();
    await call("POST", `/v1/jobs/${job.id}/cancel`);
    await gateway.deliver();
    const group = (await recordOf(job.id))?.group ?? "";
    const { groups } = gateway.parts.dispatch;
    await groups.change(group, (one) => ({ acknowledged: true, newsAt: one.newsAt }));
    const cancels = async () => {
      gateway.commands.length = 0;
      await reconcileCluster(cluster, gateway.parts.reconcile);
      return (await batches()).filter((batch) => JSON.stringify(batch).includes(group)).map((batch) => batch.verb);
    };
    // other groups of this gateway wait too: nothing else is to be due
    for (const other of await groups.quietSince("local", "~", 500))
      if (other.id !== group) await groups.change(other.id, () => ({ stage: "closed" }));

    gateway.time.offset = 4 * 60_000;
    expect(await cancels()).not.toContain("cancel");
    gateway.time.offset = 30 * 60_000;
    expect(await cancels()).toEqual(["cancel"]);
    await groups.change(group, () => ({ settled: "1" }));
    gateway.time.offset = 90 * 60_000;
    expect(await cancels()).not.toContain("cancel");
  });
});

describe("deleting", () => {
  test("a job makes it absent for its owner everywhere, and its key does not bring it back", async () => {
    const body = scriptJob({ name: "gone" });
    const { body: job } = await call("POST", "/v1/jobs", body, { key: "gone" });
    const deleted = await call("DELETE", `/v1/jobs/${job.id}`);
    await gateway.deliver();

    expect([deleted.status, gateway.commands]).toEqual([204, []]);
    const asked = [
      call("GET", `/v1/jobs/${job.id}`),
      call("GET", `/v1/jobs/${job.id}/events`),
      call("GET", `/v1/jobs/${job.id}/files`),
      call("GET", `/v1/jobs/${job.id}/files/stdout`),
      call("PATCH", `/v1/jobs/${job.id}`, { name: "x" }),
      call("POST", `/v1/jobs/${job.id}/cancel`),
      call("POST", `/v1/jobs/${job.id}/rerun`, {}),
      call("DELETE", `/v1/jobs/${job.id}`),
    ];
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 404));
    const list = await call<{ jobs: Job[] }>("GET", "/v1/jobs?limit=1000");
    expect(list.body.jobs.map((one) => one.id)).not.toContain(job.id);
    const again = await call("POST", "/v1/jobs", body, { key: "gone" });
    expect([again.status, again.problem.code]).toEqual([409, "conflict"]);
    expect((await call("GET", `/v1/jobs/${job.id}`)).status).toBe(404);
    const item = await gateway.real.table.get({ pk: `JOB#${job.id}`, sk: "JOB" });
    expect(Number(item?.ttl) - Date.now() / 1_000).toBeGreaterThan(89 * 24 * 3_600);
    expect(item).toMatchObject({
      gsi1sk: expect.stringMatching(`^GONE#.*#${job.id}$`),
      gsi4pk: expect.stringMatching("^ERASE#[0-3]$"),
    });
  });

  test("a live job asks its cluster to cancel it first, and what is heard of it later brings it back to nobody", async () => {
    const job = await sent();
    await call("DELETE", `/v1/jobs/${job.id}`);
    await gateway.deliver();

    const record = await recordOf(job.id);
    expect(await batches()).toMatchObject([{ verb: "cancel", groups: [{ group: record?.group }] }]);
    await gateway.parts.api.jobs.change(job.id, () => ({ changes: { state: "cancelled" } }));
    const list = await call<{ jobs: Job[] }>("GET", "/v1/jobs?limit=1000");
    expect(list.body.jobs.map((one) => one.id)).not.toContain(job.id);
    expect((await call("GET", `/v1/jobs/${job.id}`)).status).toBe(404);
  });
});

test("nobody touches another's job, or learns that it is there", async () => {
  const job = await submit({}, "bob");
  const before = await recordOf(job.id);
  const asked = [
    call("PATCH", `/v1/jobs/${job.id}`, { name: "mine" }),
    call("POST", `/v1/jobs/${job.id}/cancel`),
    call("POST", `/v1/jobs/${job.id}/rerun`, {}),
    call("DELETE", `/v1/jobs/${job.id}`),
  ];
  const absent = await call("PATCH", `/v1/jobs/${nobodys}`, { name: "mine" });
  for (const { status, problem } of await Promise.all(asked)) {
    expect(status).toBe(404);
    expect(problem).toEqual(absent.problem);
  }
  for (const action of ["cancel", "delete", "rerun"])
    expect(await bulk({ action, jobs: [job.id] })).toMatchObject([
      { job: job.id, ok: false, problem: { status: 404 } },
    ]);
  expect(await bulk({ action: "tag", jobs: [job.id], tag: "x" })).toMatchObject([{ ok: false }]);
  expect(await recordOf(job.id)).toEqual(before);
});

describe("many at once", () => {
  test("are cancelled with one message to the cluster; what is not there stops no other", async () => {
    const jobs = [await submit({ resources: { nodes: 2 } }), await submit(), await submit({ resources: { nodes: 3 } })];
    await gateway.deliver();
    gateway.commands.length = 0;
    const fresh = await submit();
    gateway.messages.length = 0;
    const ids = [...jobs.map((job) => job.id), nobodys, fresh.id, fresh.id];
    const results = await bulk({ action: "cancel", jobs: ids });

    expect(results.map((result) => [result.job, result.ok])).toEqual([
      ...jobs.map((job) => [job.id, true]),
      [nobodys, false],
      [fresh.id, true],
    ]);
    expect(results[3]).toMatchObject({ problem: { code: "not-found", status: 404, type: "/problems/not-found" } });
    expect(results[4]).toMatchObject({ is: { state: "cancelled" } });
    expect(gateway.messages).toHaveLength(1);
    await gateway.deliver();
    const [batch, ...more] = await batches();
    expect(more).toEqual([]);
    expect(batch?.verb === "cancel" && batch.groups).toHaveLength(3);
  });

  test("are tagged, untagged and deleted", async () => {
    const jobs = [(await submit({ tags: ["a"] })).id, (await submit()).id];
    const tagged = await bulk({ action: "tag", jobs, tag: "b" });
    const again = await bulk({ action: "tag", jobs, tag: "b" });
    const untagged = await bulk({ action: "untag", jobs, tag: "a" });
    const deleted = await bulk({ action: "delete", jobs: [...jobs, nobodys] });

    expect(tagged).toMatchObject([{ is: { tags: ["a", "b"] } }, { is: { tags: ["b"] } }]);
    expect(again).toEqual(tagged);
    expect(untagged).toMatchObject([{ is: { tags: ["b"] } }, { is: { tags: ["b"] } }]);
    expect(deleted).toMatchObject([{ ok: true }, { ok: true }, { ok: false }]);
    for (const id of jobs) expect((await call("GET", `/v1/jobs/${id}`)).status).toBe(404);
  });

  test("refuse a tag too many, and a tag where none belongs", async () => {
    const full = await submit({ tags: Array.from({ length: 32 }, (_, n) => `t${n}`) });
    const results = await bulk({ action: "tag", jobs: [full.id], tag: "one more" });
    const wrong = await call("POST", "/v1/jobs/bulk", { action: "cancel", jobs: [full.id], tag: "x" });
    const missing = await call("POST", "/v1/jobs/bulk", { action: "tag", jobs: [full.id] });

    expect(results).toMatchObject([{ ok: false, problem: { code: "invalid-request" } }]);
    expect([wrong.status, wrong.problem.issues?.[0]?.field]).toEqual([422, "tag"]);
    expect([missing.status, missing.problem.issues?.[0]?.accepted]).toEqual([422, "a tag"]);
  });
});
