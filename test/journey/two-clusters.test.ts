// Two clusters at once, each a real Slurm of its own: they share people and the page, and nothing else.
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiError, call } from "../../infra/local/api-client.ts";
import { headnodePlace } from "../../infra/local/headnode-home.ts";
import { confValue } from "../../infra/local/slurm/slurm-conf.ts";
import type { Cluster as Described } from "../../shared/contract/catalogue.ts";
import type { Job } from "../../shared/contract/job.ts";
import { type Session, sessionOf } from "./api-session.ts";
import { type LocalStack, startStack } from "./local-stack.ts";
import { haveSlurm, isRoot, slurmOf } from "./machine.ts";

const run = promisify(execFile);
const clusters = ["local", "second"] as const;
type Cluster = (typeof clusters)[number];

describe.skipIf(!haveSlurm())("two clusters at once", () => {
  let stack: LocalStack;
  let alice: Session;

  beforeAll(async () => {
    const flags = ["--clusters=2", "--slurm=private", "--nodes=2,1", "--no-welcome"];
    stack = await startStack({ flags, seconds: 280 });
    alice = await sessionOf(stack, "alice");
  }, 300_000);

  afterAll(async () => {
    await stack?.stop();
    if (stack) rmSync(stack.data, { recursive: true, force: true });
  }, 60_000);

  const slurm = (cluster: Cluster) => slurmOf(stack.data, cluster === "local" ? undefined : cluster);
  const nameOf = (cluster: Cluster) => confValue(readFileSync(slurm(cluster).conf ?? "", "utf8"), "ClusterName");
  /** Folders of the jobs that a cluster's Slurm knows: those that it holds and those that ended. */
  const foldersOn = async (cluster: Cluster): Promise<string> => {
    const { bin, conf, jobcomp } = slurm(cluster);
    const held = await run(path.join(bin, "squeue"), ["-h", "-t", "all", "-o", "%Z"], {
      env: { ...process.env, SLURM_CONF: conf },
    });
    return `${held.stdout}${readFileSync(jobcomp ?? "", "utf8")}`;
  };
  const refusal = async (asking: Promise<unknown>) => {
    const error = await asking.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error instanceof ApiError ? error.message : `not refused: ${String(error)}`;
  };

  it("run a job each, and each Slurm knows its own only", async () => {
    const text = 'echo "$SLURM_CLUSTER_NAME" > where.txt\n';
    const submitted = await Promise.all(clusters.map((cluster) => alice.submitScript(text, {}, { cluster })));
    const ended = await Promise.all(submitted.map(({ id }) => alice.ended(id, 120)));

    for (const [at, cluster] of clusters.entries()) {
      const job = ended[at] as Job;
      const other = ended[1 - at] as Job;
      expect(job).toMatchObject({ state: "succeeded", cluster });
      const { files } = await alice.files(job.id);
      const file = files.find((one) => one.path === "where.txt");
      expect(file && (await alice.download(file)).toString().trim()).toBe(nameOf(cluster));
      // a job's folder names its group, a group's name is given once
      const folders = await foldersOn(cluster);
      const group = (one: Job) => one.folder?.split("/members/")[0] ?? "?";
      expect(folders).toContain(group(job));
      expect(folders).not.toContain(group(other));
    }
    expect(nameOf("local")).not.toBe(nameOf("second"));
  });

  it.runIf(isRoot())("refuse who has an account on the other only, by the cluster's name", async () => {
    const bob = await sessionOf(stack, "bob");
    expect(await refusal(bob.submitScript("true\n", {}, { cluster: "second" }))).toContain("The second cluster");
    const job = await bob.submitScript("true\n", {}, { cluster: "local" });
    expect(await bob.ended(job.id, 120)).toMatchObject({ state: "succeeded", account: "bob" });
  });

  it("are both asked once in a while what their partitions give", async () => {
    const described = async () => {
      const { api } = stack.local;
      const answer = await call<{ clusters: Described[] }>(api, alice.token, "GET", "/v1/clusters");
      return answer.clusters.filter(({ partitions = [] }) => partitions.length > 0).map(({ id }) => id);
    };
    await expect.poll(described, { timeout: 120_000, interval: 500 }).toEqual(["local", "second"]);
  });

  it.each([
    ["resources.nodes", { nodes: 2 }],
    ["resources.cpusPerTask", { cpusPerTask: 6 }],
    ["resources.partition", { partition: "long" }],
  ])("refuse %s where it is beyond the one's partition, and take it on the other", async (field, resources) => {
    const wish = (cluster: Cluster) => alice.submitScript("true\n", {}, { cluster, resources });
    expect(await refusal(wish("second"))).toContain(field);
    const { id } = await wish("local");
    expect(await alice.ended(id, 120)).toMatchObject({ state: "succeeded" });
  });

  it("go on where the other's head node cannot be reached, and it takes up its jobs when it is back", async () => {
    const { home } = headnodePlace({
      data: stack.data,
      cluster: "second",
      slurm: { accounts: isRoot() ? "mapped" : "starter" },
    });
    const launcher = path.join(home, "bin", "headnode");
    renameSync(launcher, `${launcher}.away`);
    writeFileSync(launcher, "#!/bin/sh\nexec sleep 15\n");
    chmodSync(launcher, 0o755);
    const stuck = await alice.submitScript("echo late\n", {}, { cluster: "second" });
    for (let n = 0; n < 3; n += 1) {
      const { id } = await alice.submitScript(`echo ${n}\n`, {}, { cluster: "local" });
      expect(await alice.ended(id, 120)).toMatchObject({ state: "succeeded" });
    }
    expect(["submitted", "dispatched"]).toContain((await alice.get(stuck.id)).state);
    renameSync(`${launcher}.away`, launcher);
    expect(await alice.ended(stuck.id, 200)).toMatchObject({ state: "succeeded", attempt: 1 });
  });
});
