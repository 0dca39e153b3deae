// Clusters: what operators say of them, which jobs they take, since when one is silent, and what its head node tells.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reconcileCluster } from "../../../functions/reconcile/reconcile-cluster.ts";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import type { Job } from "../../../shared/contract/job.ts";
import { heartbeatKey } from "../../../shared/headnode/receipt.ts";
import { cluster, type Gateway, scriptJob, startGateway } from "../gateway.ts";

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await gateway.member("alice");
  await gateway.request("GET", "/v1/me", { as: "root:admins" });
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  gateway.commands.length = 0;
  await change({ accept: "always", notice: null });
});

const change = (body: unknown, o: { as?: string; id?: string } = {}) =>
  gateway.request<Cluster>("PATCH", `/v1/clusters/${o.id ?? "local"}`, { as: o.as ?? "root:admins", body });
const shown = async (): Promise<Cluster | undefined> =>
  (await gateway.request<{ clusters: Cluster[] }>("GET", "/v1/clusters", { as: "alice" })).body.clusters[0];
const call = (path: string, body: unknown) => gateway.request<Job>("POST", path, { as: "alice", body });
const reconcile = (minutes: number) => {
  gateway.time.offset += minutes * 60_000;
  return reconcileCluster(cluster, gateway.parts.reconcile);
};
const heartbeat = (o: object = {}) => {
  const partitions = [
    {
      name: "gpu",
      default: true,
      nodes: 2,
      cpusPerNode: 4,
      memoryMbPerNode: 8_000,
      gpusPerNode: 1,
      up: true,
      qos: ["normal"],
    },
  ];
  const at = new Date().toISOString();
  const body = { version: 1, cluster: "local", at, kind: "slurm", partitions, liveGroups: 0, ...o };
  return gateway.s3.put("results", heartbeatKey("local"), Buffer.from(JSON.stringify(body)));
};

describe("an operator", () => {
  test("sets a notice and takes it back, and nobody else does", async () => {
    expect((await change({ notice: "down on Monday" })).body).toMatchObject({ id: "local", notice: "down on Monday" });
    expect(await shown()).toMatchObject({ notice: "down on Monday", accept: "always" });
    expect((await change({ notice: null })).body).not.toHaveProperty("notice");
    expect((await change({})).status).toBe(200);
    expect((await change({ notice: "x" }, { as: "alice" })).status).toBe(403);
    expect((await change({ notice: "x" }, { id: "nowhere" })).status).toBe(404);
    expect((await change({ accept: "sometimes" })).status).toBe(422);
  });

  test("closes a cluster to submitting, checking and running anew, with words that say what to do", async () => {
    const old = (await call("/v1/jobs", scriptJob())).body;
    await change({ accept: "never", notice: "the cooling has failed" });
    for (const [path, body] of [
      ["/v1/jobs", scriptJob()],
      ["/v1/jobs/check", scriptJob()],
      [`/v1/jobs/${old.id}/rerun`, {}],
    ] as const) {
      const { status, problem, headers } = await call(path, body);
      expect([status, problem.code, headers["retry-after"]]).toEqual([503, "cluster-closed", "300"]);
      expect(problem.detail).toBe(
        "This machine (local) takes no new jobs until an administrator opens it again; choose another cluster, or try later. Its administrators say: the cooling has failed",
      );
    }
    await change({ accept: "always" });
    expect((await call("/v1/jobs", scriptJob())).status).toBe(201);
  });
});

test("a cluster that answers nothing is silent since it was first asked, and closed where an operator wants that", async () => {
  await change({ accept: "unless-silent" });
  const job = (await call("/v1/jobs", scriptJob())).body;
  await gateway.deliver();
  for (let turn = 0; turn < 5; turn += 1) await reconcile(4);
  const silent = await shown();
  expect(silent).toMatchObject({ silent: true, silentSince: expect.any(String) });
  const refused = await call("/v1/jobs", scriptJob());
  expect([refused.status, refused.problem.detail]).toEqual([
    503,
    expect.stringContaining(`has not answered since ${silent?.silentSince}`),
  ]);
  expect((await gateway.request<Job>("GET", `/v1/jobs/${job.id}`, { as: "alice" })).body.state).toBe("dispatched");

  await gateway.parts.observe.clusterTable.heard("local", new Date(gateway.time.now().getTime() + 1).toISOString());
  const heard = await shown();
  expect([heard?.silent, heard?.silentSince]).toEqual([false, undefined]);
  expect((await call("/v1/jobs", scriptJob())).status).toBe(201);
  gateway.time.offset += 24 * 3_600_000;
  expect((await shown())?.silent, "it rests, and nobody asks").toBe(false);
});

test("a cluster is asked to describe itself, once in six hours, and what it says is shown", async () => {
  const { groups, clusterTable } = gateway.parts.reconcile;
  for (const { id } of await groups.quietSince("local", "~", 500)) await groups.change(id, () => ({ stage: "closed" }));
  const asked = async () => {
    const batches = await Promise.all(gateway.commands.splice(0).map(({ batch }) => gateway.batch(batch)));
    return batches.map(({ verb, groups: named }) => [verb, named]);
  };
  await reconcile(40);
  expect(await asked()).toEqual([["report", []]]);
  await heartbeat({ folders: { root: "{home}/headgate", keepDays: 14 } });
  gateway.time.offset = 0;
  await reconcile(0);
  expect(await shown()).toMatchObject({
    kind: "slurm",
    folders: { root: "{home}/headgate", keepDays: 14 },
    partitions: [{ name: "gpu", gpusPerNode: 1, up: true, qos: ["normal"] }],
  });
  await clusterTable.note("local", { askedAt: "2026-01-01T00:00:00.000Z" });
  await reconcile(5 * 60);
  expect(await asked()).toEqual([]);
  await reconcile(2 * 60);
  expect(await asked()).toEqual([["report", []]]);
});
