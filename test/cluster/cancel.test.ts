// Cancelling on a real Slurm: what runs, what waits, what comes later than its cancelling; and nothing else.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import { findProgram } from "../../infra/local/slurm/programs.ts";
import type { Group } from "../../shared/headnode/batch.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

const canRun =
  process.getuid?.() === 0 && findProgram("slurmctld") !== undefined && findProgram("munged") !== undefined;

describe.skipIf(!canRun)("cancelling on a real Slurm", () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  const env = () => ({ PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf ?? "", HOME: "/" });
  const partition = (state: "up" | "down") =>
    execFileSync("scontrol", ["update", "partitionname=debug", `state=${state}`], { env: env() });
  const submit = async (group: Group) => await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
  const cancel = async (group: Group, members?: number[]) =>
    await node.run(
      await node.putBatch({ verb: "cancel", groups: [{ group: group.group, ...(members ? { members } : {}) }] }),
    );
  const ledger = 'echo "$(basename "$(dirname "$PWD")")" >> ../../../ledger';
  const begun = (group: Group) => {
    const path = join("/home/alice/headgate", group.group, "ledger");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").sort() : [];
  };
  const until = async (holds: () => boolean) => {
    for (let looks = 0; looks < 200 && !holds(); looks += 1) await sleep(100);
    expect(holds()).toBe(true);
  };
  const last = (states: { index: number; state: string }[], index: number) =>
    states.findLast((state) => state.index === index);
  /** Slurm's jobs of the group's name. */
  const namesOf = (group: Group) =>
    execFileSync("squeue", ["-h", "-t", "all", "-o", "%j"], { env: env(), encoding: "utf8" })
      .split("\n")
      .filter((name) => name.includes(group.group));

  beforeAll(async () => {
    ensureAccounts(["alice", "bob"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("cancel"), clean: true });
    node = await startTestHeadnode(slurm, { patience: { retrySeconds: 1, completedGraceSeconds: 2 } });
  });
  afterAll(async () => {
    await slurm?.stop();
    await node?.stop();
  });

  it("ends a job that runs, as Slurm says, and brings back what it had written", async () => {
    const group = testGroup(`${ledger}; echo begun; sleep 100; echo never >> ../../../ledger`);
    await submit(group);
    await until(() => begun(group).length === 1);
    expect(await cancel(group)).toMatchObject({ code: 0 });

    const { states, results } = await node.settled(group);
    expect(states.at(-1)).toMatchObject({ state: "cancelled", source: "squeue" });
    expect(results[0]?.members[0]?.results).toMatchObject({ state: "available" });
    expect(begun(group)).toEqual(["0"]);
  });

  it("ends the members of a running array that are named, and no other", async () => {
    const group = testGroup(`${ledger}; sleep 4`, { count: 3 });
    await submit(group);
    await until(() => begun(group).length === 3);
    await cancel(group, [1]);

    const { states } = await node.settled(group);
    expect([0, 1, 2].map((index) => last(states, index)?.state)).toEqual(["succeeded", "cancelled", "succeeded"]);
  });

  it("ends waiting members of an array, of which Slurm keeps no record, and leaves the others to run", async () => {
    partition("down");
    const group = testGroup(ledger, { count: 7 });
    await submit(group);
    await cancel(group, [1, 4, 5]);
    await until(() => {
      const words = ["-h", "-r", "-t", "pending", "-o", "%K %j"];
      const lines = execFileSync("squeue", words, { env: env(), encoding: "utf8" }).split("\n");
      return lines.filter((line) => line.includes(group.group)).length === 4;
    });
    partition("up");

    const { states } = await node.settled(group);
    expect(begun(group)).toEqual(["0", "2", "3", "6"]);
    for (const { index } of group.members)
      expect(last(states, index)?.state).toBe([1, 4, 5].includes(index) ? "cancelled" : "succeeded");
    expect(last(states, 4)).toMatchObject({ source: "headnode" });
  });

  it("tells of waiting members that somebody cancelled on the cluster itself, and never submits them again", async () => {
    partition("down");
    const group = testGroup(ledger, { count: 6 });
    await submit(group);
    const { id } = JSON.parse(readFileSync(join(node.spool, "groups", group.group, "jobid"), "utf8")) as { id: string };
    execFileSync("scancel", [`${id}_[2,4]`], { env: env() });
    partition("up");

    const { states } = await node.settled(group);
    expect(begun(group)).toEqual(["0", "1", "3", "5"]);
    for (const { index } of group.members)
      expect(last(states, index)?.state).toBe([2, 4].includes(index) ? "cancelled" : "succeeded");
    expect(last(states, 2)).toMatchObject({
      source: "squeue",
      detail: expect.stringContaining("on the cluster itself"),
    });
    expect(new Set(namesOf(group)).size).toBe(1);
  });

  it("ends an array and a job that wait whole", async () => {
    partition("down");
    const groups = [testGroup(ledger, { count: 5 }), testGroup(ledger)];
    for (const group of groups) await submit(group);
    for (const group of groups) await cancel(group);

    for (const group of groups) {
      const { states } = await node.settled(group);
      for (const { index } of group.members) expect(last(states, index)?.state).toBe("cancelled");
    }
    partition("up");
    await sleep(1_500);
    for (const group of groups) expect(begun(group)).toEqual([]);
  });

  it("keeps a group that comes later than its cancelling from Slurm, in whole or in part", async () => {
    const [whole, part] = [testGroup(ledger, { count: 2 }), testGroup(ledger, { count: 3 })];
    await cancel(whole);
    await cancel(part, [0]);
    await cancel(part, [2]);
    for (const group of [whole, part]) expect(await submit(group)).toMatchObject({ code: 0 });

    const told = await node.settled(whole);
    for (const state of told.states) expect(state).toMatchObject({ state: "cancelled", source: "headnode" });
    expect(namesOf(whole)).toEqual([]);
    const { states } = await node.settled(part);
    expect([0, 1, 2].map((index) => last(states, index)?.state)).toEqual(["cancelled", "succeeded", "cancelled"]);
    expect(states.filter((state) => state.index !== 1 && ["queued", "running"].includes(state.state))).toEqual([]);
    expect(begun(part)).toEqual(["1"]);
    // however often either comes again
    await submit(whole);
    await cancel(part);
    await submit(part);
    expect([begun(whole), begun(part), namesOf(whole)]).toEqual([[], ["1"], []]);
  });

  it("keeps to Slurm's state where the job had ended first", async () => {
    const group = testGroup(ledger);
    await submit(group);
    await node.settled(group);
    expect(await cancel(group)).toMatchObject({ code: 0 });

    const { states } = await node.told(group.group);
    expect(new Set(states.filter((state) => !["queued", "running", "collecting"].includes(state.state)))).toEqual(
      new Set(states.filter((state) => state.state === "succeeded")),
    );
    expect(existsSync(join(node.spool, "groups", group.group))).toBe(false);
  });

  it("takes back a job whose sbatch was cut short, and one that no record knows gets a claim that is nobody's", async () => {
    partition("down");
    const [known, unknown] = [testGroup(ledger), testGroup(ledger)];
    for (const group of [known, unknown]) await submit(group);
    const watch = () => Number(readFileSync(join(node.spool, "watch.pid"), "utf8"));
    await until(() => existsSync(`/proc/${watch()}`));
    process.kill(watch(), "SIGKILL");
    // as a kill between sbatch and the id leaves them
    for (const { group } of [known, unknown])
      for (const name of ["jobid", "told"]) rmSync(join(node.spool, "groups", group, name), { force: true });
    const file = join(node.spool, "groups", unknown.group, "intent");
    const intent = JSON.parse(readFileSync(file, "utf8")) as { name: string };
    execFileSync("scancel", [`--name=${intent.name}`], { env: env() });
    const name = intent.name.replace(/.{20}$/, "0123456789abcdef0123");
    writeFileSync(file, JSON.stringify({ ...intent, name }));
    const groups = [known, unknown].map(({ group }) => ({ group }));
    await node.run(await node.putBatch({ verb: "cancel", groups }));

    for (const group of [known, unknown]) {
      const { states } = await node.settled(group);
      expect(states.at(-1)?.state).toBe("cancelled");
    }
    partition("up");
    await sleep(1_500);
    expect([begun(known), begun(unknown)]).toEqual([[], []]);
    const claim = join("/home/alice/headgate", unknown.group, "records", "group");
    expect(readFileSync(claim, "utf8")).toMatch(/ 0\n$/);
  });

  it("cancels again what a scancel that failed has left", async () => {
    const group = testGroup(`${ledger}; sleep 100`);
    await submit(group);
    await until(() => begun(group).length === 1);
    await sleep(6_000); // slurmctld has saved it
    slurm.killController();
    expect(await cancel(group)).toMatchObject({ code: 0 });
    await slurm.startController();

    const { states } = await node.settled(group, 90_000);
    expect(states.at(-1)).toMatchObject({ state: "cancelled" });
  });

  it("makes no group of a folder that only holds a tombstone", async () => {
    const group = testGroup(ledger);
    await cancel(group);
    await node.run(await node.putBatch({ verb: "report", groups: [group.group] }));
    mkdirSync(join(node.spool, "done"), { recursive: true });
    expect((await node.told(group.group)).states).toEqual([]);
    expect(existsSync(join(node.spool, "groups", group.group, "cancelled"))).toBe(true);
  });
});
