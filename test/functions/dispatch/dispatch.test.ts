// Dispatch: alike jobs in one group, the same groups after a crash at any step, no job's fault in the others' way.
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { takeMessage } from "../../../functions/dispatch/take-message.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { Job } from "../../../shared/contract/job.ts";
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
});

const submit = async (as: string, o: Record<string, unknown> = {}): Promise<string> => {
  const answer = await gateway.request<Job>("POST", "/v1/jobs", { as, body: scriptJob(o) });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
};
const sentGroups = async () => {
  const batches = await Promise.all(gateway.commands.map(({ batch }) => gateway.batch(batch)));
  return batches.flatMap((batch) => (batch.verb === "submit" ? batch.groups : []));
};
const take = (job: string, parts = gateway.parts.dispatch) =>
  takeMessage(JSON.stringify({ cluster: cluster.id, job }), [cluster], parts);

test("puts alike jobs into one group and others into their own, in one command", async () => {
  const alike = [await submit("alice", { name: "1" }), await submit("alice", { parameters: { text: "echo other\n" } })];
  const large = await submit("alice", { resources: { nodes: 2 } });
  const bobs = await submit("bob");
  await gateway.deliver();

  expect(gateway.commands).toHaveLength(1);
  const groups = (await sentGroups()).map((group) => group.members.map((member) => member.job));
  expect(groups.map((members) => members.join()).sort()).toEqual([alike.join(), large, bobs].sort());
});

test("no group is larger than the arrays of its cluster", async () => {
  const { clusterTable } = gateway.parts.api;
  await clusterTable.describe(cluster.id, { maxArraySize: 2 });
  for (let count = 0; count < 5; count += 1) await submit("alice");
  await gateway.deliver();
  await clusterTable.describe(cluster.id, { maxArraySize: 0 });
  for (let count = 0; count < 2; count += 1) await submit("alice");
  await gateway.deliver();
  await clusterTable.describe(cluster.id, { maxArraySize: 1_001 });

  const groups = (await sentGroups()).map((group) => group.members.map((member) => member.index));
  expect(groups).toEqual([[0, 1], [0, 1], [0], [0], [0]]);
});

test("a job that can no longer be rendered is refused with its reason, and the others go", async () => {
  const bad = await submit("alice");
  const good = await submit("alice");
  await gateway.parts.api.jobs.change(bad, () => ({ changes: { version: "0.0-gone" } }));
  await gateway.deliver();

  const refused = await gateway.request<Job>("GET", `/v1/jobs/${bad}`, { as: "alice" });
  expect(refused.body).toMatchObject({ state: "failed", reason: "rejected", results: { state: "unavailable" } });
  expect(refused.body.detail).toContain("0.0-gone");
  expect((await sentGroups()).map((group) => group.members.map((member) => member.job))).toEqual([[good]]);
});

test("of a group that cannot be made when it is sent, nothing more is waited for, and of its others as ever", async () => {
  const { api, dispatch } = gateway.parts;
  const fixedGroup = async (jobs: string[]) => {
    const members = jobs.map((job) => ({ job, attempt: 1 }));
    const at = new Date().toISOString();
    const group = {
      id: ulid(),
      cluster: cluster.id,
      stage: "fixed" as const,
      members,
      acknowledged: false,
      revision: 0,
    };
    await dispatch.groups.create({ ...group, settled: "0".repeat(jobs.length), createdAt: at, newsAt: at });
    for (const [index, job] of jobs.entries()) await api.jobs.claim(job, 1, group.id, index);
    return group.id;
  };
  const [alone, bad, good] = [await submit("alice"), await submit("alice"), await submit("alice")];
  for (const job of [alone, bad]) await api.jobs.change(job, () => ({ changes: { version: "0.0-gone" } }));
  const [lone, mixed] = [await fixedGroup([alone]), await fixedGroup([bad, good])];
  gateway.messages.length = 0;
  await take(good);

  expect(await dispatch.groups.get(lone)).toMatchObject({ stage: "closed", settled: "1" });
  expect(await dispatch.groups.get(mixed)).toMatchObject({ stage: "sent", settled: "10" });
  expect((await sentGroups()).map((group) => group.members.map((member) => member.job))).toEqual([[good]]);
});

test("a message of another form, of another cluster or of no job is dropped", async () => {
  await takeMessage("{", [cluster], gateway.parts.dispatch);
  await takeMessage(JSON.stringify({ cluster: "local", job: "x" }), [cluster], gateway.parts.dispatch);
  await take("01JZZZZZZZZZZZZZZZZZZZZZZZ");
  const job = await submit("alice");
  await takeMessage(JSON.stringify({ cluster: "local", job }), [{ ...cluster, id: "other" }], gateway.parts.dispatch);

  expect(gateway.commands).toEqual([]);
  expect((await gateway.parts.api.jobs.get(job))?.state).toBe("failed");
});

test("a cancellation names all of a group without its indices, and nobody's, ended or foreign jobs not at all", async () => {
  const jobs = [await submit("alice"), await submit("alice")];
  const ended = await submit("bob");
  const unsent = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
  await gateway.deliver();
  gateway.commands.length = 0;
  const { api, dispatch } = gateway.parts;
  const cancelRequestedAt = new Date().toISOString();
  const cancel = (ids: string[], clusters = [cluster]) =>
    takeMessage(JSON.stringify({ cluster: cluster.id, cancel: ids }), clusters, dispatch);
  await cancel([...jobs, unsent]);
  expect(gateway.commands, "nobody has asked for it").toEqual([]);

  await api.jobs.change(ended, () => ({ changes: { cancelRequestedAt, state: "succeeded" } }));
  for (const job of jobs) await api.jobs.change(job, () => ({ changes: { cancelRequestedAt } }));
  await cancel([...jobs, ended, unsent], [{ ...cluster, id: "other" }]);
  expect(gateway.commands, "a cluster that is no longer there").toEqual([]);
  await cancel([...jobs, ended, unsent]);

  const record = await api.jobs.get(jobs[0] ?? "");
  const group = await dispatch.groups.get(record?.group ?? "");
  const batches = await Promise.all(gateway.commands.map(({ batch }) => gateway.batch(batch)));
  expect(group?.members).toHaveLength(2);
  expect(batches).toEqual([expect.objectContaining({ verb: "cancel", groups: [{ group: group?.id }] })]);
});

test.each(["before", "after"] as const)(
  "a crash %s any side effect, then a repeat, ends with the same group and every job in it once",
  async (when) => {
    let crashes = 0;
    for (let at = 1; at <= 60; at += 1) {
      gateway.commands.length = 0;
      const jobs = [await submit("alice"), await submit("alice"), await submit("alice")];
      const bomb: Bomb = { at, when, seen: 0 };
      const crash = await take(jobs[0] ?? "", explosive(gateway, bomb).dispatch).then(
        () => undefined,
        (error: unknown) => error,
      );
      for (const job of jobs) await take(job);
      const records = await Promise.all(jobs.map((job) => gateway.parts.api.jobs.get(job)));
      const [group] = records.map((record) => record?.group);
      const sent = (await sentGroups()).filter((one) => one.members.some((member) => jobs.includes(member.job)));

      expect(records.map((record) => [record?.state, record?.group, record?.index])).toEqual(
        [0, 1, 2].map((index) => ["dispatched", group, index]),
      );
      expect(sent.length).toBeGreaterThan(0);
      for (const one of sent) expect([one.group, one.members.map((member) => member.job)]).toEqual([group, jobs]);
      expect(await gateway.parts.dispatch.groups.get(group ?? "")).toMatchObject({ stage: "sent" });
      if (crash === undefined) break;
      crashes += 1;
    }
    // Proposal, three claims, fixing, batch, command, noting it, three jobs.
    expect(crashes).toBe(11);
  },
);

test("two dispatchers at once put no job into two groups", async () => {
  const jobs = await Promise.all(Array.from({ length: 12 }, () => submit("alice")));
  await Promise.all([take(jobs[0] ?? ""), take(jobs[5] ?? ""), take(jobs[11] ?? "")]);
  for (const job of jobs) await take(job);

  const groupOf = new Map<string, Set<string>>();
  for (const group of await sentGroups()) {
    for (const { job } of group.members) groupOf.set(job, (groupOf.get(job) ?? new Set()).add(group.group));
  }
  expect([...groupOf.keys()].sort()).toEqual([...jobs].sort());
  expect([...groupOf.values()].every((groups) => groups.size === 1)).toBe(true);
});

test("deleted jobs are forgotten at the places of all their attempts, and no others", async () => {
  const [gone, kept] = [await submit("alice"), await submit("alice")];
  const never = await submit("alice");
  await gateway.deliver();
  const { group = "", index = 0 } = (await gateway.parts.api.jobs.get(gone)) ?? {};
  const earlier = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
  const deletedAt = new Date().toISOString();
  const past = {
    ...{ attempt: 1, reason: "node-failure" as const, endedAt: deletedAt, results: { state: "unavailable" as const } },
    ...{ group: earlier, index: 4 },
  };
  await gateway.parts.api.jobs.change(gone, () => ({ changes: { deletedAt, attempts: [past] } }));
  await gateway.parts.api.jobs.change(never, () => ({ changes: { deletedAt, cluster: "elsewhere" } }));
  gateway.commands.length = 0;
  gateway.messages.push({ cluster: cluster.id, forget: [gone, kept, never, earlier] });
  gateway.messages.push({ cluster: "elsewhere", forget: [gone] });
  await gateway.deliver();

  expect(gateway.commands).toHaveLength(1);
  const batch = await gateway.batch(gateway.commands[0]?.batch ?? "");
  expect(batch).toMatchObject({ verb: "forget" });
  expect(new Set<unknown>(batch.groups)).toEqual(
    new Set<unknown>([
      { group: earlier, members: [4] },
      { group, members: [index] },
    ]),
  );
});
