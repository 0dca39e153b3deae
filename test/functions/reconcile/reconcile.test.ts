// Reconcile: whatever was lost on the way is asked for again, once at a time.
import { afterEach, beforeEach, expect, test } from "vitest";
import { reconcileCluster } from "../../../functions/reconcile/reconcile-cluster.ts";
import { hoursBetween } from "../../../functions/reconcile/reread-receipts.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { heartbeatKey, receiptKey } from "../../../shared/headnode/receipt.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
});
afterEach(() => gateway.stop());

const minutes = (count: number) => {
  gateway.time.offset += count * 60_000;
};
const reconcile = () => reconcileCluster(cluster, gateway.parts.reconcile);
const submit = async () => (await gateway.request<Job>("POST", "/v1/jobs", { as: "alice", body: scriptJob() })).body.id;

test("a submitted job whose message was lost is asked for again, less and less often", async () => {
  const job = await submit();
  gateway.messages.length = 0;
  await reconcile();
  expect(gateway.messages).toEqual([]);
  minutes(3);
  await reconcile();
  await reconcile();
  expect(gateway.messages).toEqual([{ cluster: "local", job }]);
  minutes(1.5);
  await reconcile();
  expect(gateway.messages).toHaveLength(2);
  minutes(1.5);
  await reconcile();
  expect(gateway.messages).toHaveLength(2);

  await gateway.deliver();
  expect((await gateway.parts.api.jobs.get(job))?.state).toBe("dispatched");
  minutes(2.5);
  await reconcile();
  expect(gateway.messages).toEqual([]);
});

test("a group that nobody acknowledged is sent again, the same in a new batch with fresh addresses", async () => {
  const job = await submit();
  await gateway.deliver();
  minutes(2);
  await reconcile();
  expect(gateway.commands).toHaveLength(1);
  minutes(2);
  await Promise.all([reconcile(), reconcile(), reconcile()]);
  expect(gateway.commands).toHaveLength(2);

  const [first, second] = await Promise.all(gateway.commands.map(({ batch }) => gateway.batch(batch)));
  if (first?.verb !== "submit" || second?.verb !== "submit") throw new Error("expected two submissions");
  expect(second.batch).not.toBe(first.batch);
  expect(second.groups.map((group) => [group.group, group.members.map((member) => member.job)])).toEqual([
    [first.groups[0]?.group, [job]],
  ]);
  await reconcile();
  expect(gateway.commands, "one in flight").toHaveLength(2);
});

test("a receipt whose event was lost is found in its hour's folder", async () => {
  const job = await submit();
  await gateway.deliver();
  const group = (await gateway.parts.api.jobs.get(job))?.group;
  const receipt = ulid();
  const [hour = ""] = hoursBetween(Date.now(), Date.now());
  const body = {
    version: 1,
    kind: "states",
    cluster: "local",
    receipt,
    at: new Date().toISOString(),
    groups: [{ group, members: [{ index: 0, job, attempt: 1, state: "running", source: "squeue" }] }],
  };
  await gateway.s3.put("results", receiptKey("local", hour, receipt), Buffer.from(JSON.stringify(body)));
  await reconcile();
  expect((await gateway.parts.api.jobs.get(job))?.state).toBe("running");
  expect(gateway.commands).toHaveLength(1);

  minutes(40);
  await reconcile();
  const report = await gateway.batch(gateway.commands[1]?.batch ?? "");
  expect(report).toMatchObject({ verb: "report", groups: [group] });
});

test("a group of which the head node has had no memory for a day is lost, with words, and asked for no more", async () => {
  const job = await submit();
  await gateway.deliver();
  const group = (await gateway.parts.api.jobs.get(job))?.group ?? "";
  const folder = `/home/alice/headgate/${group}/members/0`;
  await gateway.parts.api.jobs.change(job, () => ({ changes: { state: "running", folder } }));
  const now = () => gateway.time.now().toISOString();
  const unknownSince = now();
  await gateway.parts.dispatch.groups.change(group, () => ({ acknowledged: true, unknownSince, newsAt: now() }));

  minutes(23 * 60);
  await reconcile();
  expect((await gateway.parts.api.jobs.get(job))?.state).toBe("running");
  minutes(2 * 60);
  await reconcile();

  const lost = await gateway.parts.api.jobs.get(job);
  expect(lost).toMatchObject({
    state: "failed",
    reason: "lost",
    source: "reconcile",
    results: { state: "unavailable" },
  });
  expect(lost?.detail).toContain("no memory of it");
  expect(JSON.stringify(lost?.results)).toContain(folder);
  expect(await gateway.parts.dispatch.groups.get(group)).toMatchObject({ stage: "closed" });
  const sent = gateway.commands.length;
  minutes(60);
  await reconcile();
  const asked = await Promise.all(gateway.commands.slice(sent).map(({ batch }) => gateway.batch(batch)));
  expect(JSON.stringify(asked)).not.toContain(group);
});

const partition = { name: "main", default: true, nodes: 2, cpusPerNode: 4, memoryMbPerNode: 8_000 };
const beat = (said: Record<string, unknown>) => {
  const body = { version: 1, cluster: "local", at: new Date().toISOString(), kind: "slurm", liveGroups: 0, ...said };
  return gateway.s3.put("results", heartbeatKey("local"), Buffer.from(JSON.stringify(body)));
};
const shown = async () =>
  (await gateway.request<{ clusters: Cluster[] }>("GET", "/v1/clusters", { as: "alice" })).body.clusters[0];
const record = () => gateway.parts.api.clusterTable.get("local");

test("the heartbeat says when the cluster was heard and what it has; another form of it is dropped", async () => {
  await beat({ partitions: [partition], cluster: "other" });
  await reconcile();
  expect((await record()).kind).toBeUndefined();
  await beat({ partitions: [partition] });
  await reconcile();
  expect(await shown()).toMatchObject({ id: "local", kind: "slurm", silent: false, partitions: [partition] });
});

test("a heartbeat while Slurm is away changes nothing of what the cluster has; one without partitions does", async () => {
  const folders = { root: "{home}/headgate", keepDays: 3 };
  await beat({ partitions: [partition], maxArraySize: 501 });
  await reconcile();
  const { describedAt } = await record();
  await beat({ folders });
  await reconcile();
  expect(await record()).toMatchObject({ partitions: [partition], maxArraySize: 501, describedAt, folders });
  const wish = scriptJob({ resources: { nodes: 3 } });
  expect((await gateway.request("POST", "/v1/jobs", { as: "alice", body: wish })).problem.code).toBe(
    "resources-exceeded",
  );
  await beat({ partitions: [] });
  await reconcile();
  expect((await shown())?.partitions).toEqual([]);
});

test("a cluster whose Slurm is away is asked for a description again, but not each minute", async () => {
  const { clusterTable } = gateway.parts.api;
  const asked: number[] = [];
  minutes(24 * 60);
  for (let minute = 0; minute < 25; minute += 1) {
    const before = gateway.commands.length;
    await reconcile();
    if (gateway.commands.length > before) {
      asked.push(minute);
      // the answer, by the clock of this test: S3 has another
      const at = new Date(gateway.time.now().getTime() + 1).toISOString();
      await clusterTable.heard("local", at);
      await clusterTable.describe("local", { undescribedAt: at });
    }
    minutes(1);
  }
  expect(asked).toEqual([0, 10, 20]);
});

test("hours are counted in UTC and across midnight", () => {
  expect(hoursBetween(Date.UTC(2026, 0, 1, 22, 59), Date.UTC(2026, 0, 2, 1, 0))).toEqual([
    "2026010122",
    "2026010123",
    "2026010200",
    "2026010201",
  ]);
});
