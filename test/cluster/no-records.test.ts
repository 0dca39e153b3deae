// A cluster that keeps no record of what has ended for longer than MinJobAge: the jobs' own records decide.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

describe.skipIf(!canRun)("a Slurm without lasting records", () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  const env = () => ({ PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf ?? "", HOME: "/" });
  const partition = (state: string) =>
    execFileSync("scontrol", ["update", "partitionname=debug", `state=${state}`], { env: env() });
  const ledger = 'echo "$(basename "$(dirname "$PWD")")" >> ../../../ledger';
  const folderOf = (group: Group) => join("/home/alice/headgate", group.group);
  const begun = (group: Group) => {
    const path = join(folderOf(group), "ledger");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").sort() : [];
  };
  const spooled = (group: Group, name: string) => join(node.spool, "groups", group.group, name);
  const submit = async (group: Group) => await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
  const report = async (group: Group) => await node.run(await node.putBatch({ verb: "report", groups: [group.group] }));
  const until = async (holds: () => boolean) => {
    for (let looks = 0; looks < 300 && !holds(); looks += 1) await sleep(100);
    expect(holds()).toBe(true);
  };
  const killWatch = async () => {
    const file = join(node.spool, "watch.pid");
    const pid = () => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
    await until(() => pid() > 0 && existsSync(`/proc/${pid()}`));
    process.kill(pid(), "SIGKILL");
  };
  /** slurmctld loses all that it knew of jobs, but gives no id out again: of that headnode-crash.test.ts tells. */
  let firstJobId = 1;
  const forgetAll = async () => {
    const conf = readFileSync(slurm.conf ?? "", "utf8").replace(/^FirstJobId=.*\n/m, "");
    firstJobId += 1_000;
    writeFileSync(slurm.conf ?? "", `${conf.trimEnd()}\nFirstJobId=${firstJobId}\n`);
    slurm.killController();
    await sleep(500);
    const state = join(slurmFolder("no-records"), "state");
    for (const file of readdirSync(state)) if (file.startsWith("job_state")) rmSync(join(state, file));
    await slurm.startController();
  };
  /** As a kill between sbatch and the id leaves it, ten minutes ago. */
  const cutShort = (group: Group, name?: string) => {
    for (const file of ["jobid", "told"]) rmSync(spooled(group, file), { force: true });
    const intent = JSON.parse(readFileSync(spooled(group, "intent"), "utf8")) as { name: string };
    const at = new Date(Date.now() - 600_000).toISOString();
    writeFileSync(spooled(group, "intent"), JSON.stringify({ ...intent, at, ...(name ? { name } : {}) }));
  };

  beforeAll(async () => {
    ensureAccounts(["alice", "bob"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("no-records"), clean: true });
    const { jobcomp: _, ...forgetful } = slurm;
    const patience = { completedGraceSeconds: 3, failedGraceSeconds: 1, retrySeconds: 1 };
    node = await startTestHeadnode(forgetful, { patience });
  });
  afterAll(async () => {
    await slurm?.stop();
    await node?.stop();
  });

  it("takes a job whose submission was cut short for what its own records say, and starts none again", async () => {
    const group = testGroup(`${ledger}; echo done`, { count: 2 });
    await submit(group);
    await until(() => begun(group).length === 2);
    await killWatch();
    await until(() => [0, 1].every((index) => readdirSync(join(folderOf(group), "records")).includes(`${index}.end`)));
    await forgetAll();
    cutShort(group);
    await report(group);

    const { states } = await node.settled(group);
    for (const { index } of group.members)
      expect(states.findLast((state) => state.index === index)).toMatchObject({ state: "succeeded", source: "job" });
    expect(begun(group)).toEqual(["0", "1"]);
  });

  it("submits what was never submitted, under a name that no late start of the first can bear", async () => {
    partition("down");
    const group = testGroup(`${ledger}; sleep 3`);
    await submit(group);
    await killWatch();
    const { name } = JSON.parse(readFileSync(spooled(group, "intent"), "utf8")) as { name: string };
    execFileSync("scancel", [`--name=${name}`], { env: env() });
    const first = name.replace(/.{20}$/, "0123456789abcdef0123");
    cutShort(group, first);
    partition("up");
    await report(group);

    const { states } = await node.settled(group);
    // Slurm was asked by the new name
    expect(states).toContainEqual(expect.objectContaining({ state: "running", source: "squeue" }));
    expect(states.at(-1)).toMatchObject({ state: "succeeded" });
    expect(begun(group)).toEqual(["0"]);
    expect(readFileSync(join(folderOf(group), "records", "group"), "utf8")).toBe(`${first} 0\n`);
  });

  it("tells the ends of what had begun where Slurm forgot the array, and its refusal of what had not", async () => {
    partition("down");
    const group = testGroup(ledger, { count: 3 });
    await submit(group);
    const { id } = JSON.parse(readFileSync(spooled(group, "jobid"), "utf8")) as { id: string };
    for (const index of [1, 2]) execFileSync("scontrol", ["hold", `${id}_${index}`], { env: env() });
    await killWatch();
    partition("up");
    await until(() => readdirSync(join(folderOf(group), "records")).includes("0.end"));
    await forgetAll();
    partition("inactive");
    await report(group);

    const { states } = await node.settled(group);
    const last = (index: number) => states.findLast((state) => state.index === index);
    expect(last(0)).toMatchObject({ state: "succeeded", source: "job" });
    for (const index of [1, 2]) {
      expect(last(index)).toMatchObject({ state: "failed", reason: "rejected", source: "sbatch" });
      expect(last(index)?.detail).toMatch(/forgot it as it waited, and then refused it: .*partition/i);
    }
    expect(begun(group)).toEqual(["0"]);
    partition("up");
  });
});
