// The head node's program on a Slurm that keeps accounts in slurmdbd: what sacct says counts where squeue has forgotten, and only for ends.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import { findProgram } from "../../infra/local/slurm/programs.ts";
import type { Group } from "../../shared/headnode/batch.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

const needed = ["slurmctld", "munged", "slurmdbd", "mariadbd"];
const canRun = process.getuid?.() === 0 && needed.every((name) => findProgram(name) !== undefined);

describe.skipIf(!canRun)("a cluster that keeps accounts", () => {
  const dir = slurmFolder("accounting");
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  const slurmSays = (program: string, ...words: string[]) =>
    execFileSync(program, words, {
      env: { PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf, TZ: "UTC" },
      encoding: "utf8",
    });
  const nameOf = ({ group }: Group): string => {
    const { name } = JSON.parse(readFileSync(join(node.spool, "groups", group, "intent"), "utf8")) as { name: string };
    return name;
  };
  const squeue = (name: string) => slurmSays("squeue", "-h", "-r", "-t", "all", `--name=${name}`, "-o", "%T").trim();
  const sacct = (name: string) => slurmSays("sacct", "-XnP", `--name=${name}`, "-o", "State").trim();
  const sql = (text: string) =>
    execFileSync("mariadb", ["--no-defaults", `--socket=${join(dir, "db/mysql.sock")}`, "slurm_acct_db", "-Ne", text], {
      encoding: "utf8",
    });
  const jobTable = () => sql("show tables like '%\\_job\\_table'").trim();
  /** Waits until it is so. */
  const until = async (said: () => boolean, what: string, withinMs = 150_000) => {
    const end = Date.now() + withinMs;
    while (!said()) {
      if (Date.now() > end) throw new Error(`${what} did not come true within ${withinMs / 1000} s`);
      await sleep(250);
    }
  };
  const submit = async (group: Group) => node.run(await node.putBatch({ verb: "submit", groups: [group] }));
  const report = async (group: Group) => node.run(await node.putBatch({ verb: "report", groups: [group.group] }));
  /** Whatever of the program lives; a watch may just be on its way. */
  const killWatch = async () => {
    await until(() => existsSync(join(node.spool, "watch.pid")), "the watch's start");
    for (let times = 0; times < 3; times++) {
      spawnSync("pkill", ["-9", "-f", `${node.dir}/.*headnode`]);
      await sleep(1_000);
    }
  };
  const drain = () => slurmSays("scontrol", "update", "nodename=n1", "state=drain", "reason=test");
  /** A node that slurmctld has not heard of yet cannot be resumed. */
  const resume = () =>
    until(() => {
      if (!slurmSays("sinfo", "-h", "-o", "%T").includes("drain")) return true;
      spawnSync("scontrol", ["update", "nodename=n1", "state=resume"], {
        env: { SLURM_CONF: slurm.conf, PATH: "/usr/bin" },
      });
      return false;
    }, "the node's return");
  /** slurmctld comes back without its record of jobs. */
  const forgetJobs = async () => {
    slurm.killController();
    await sleep(500);
    const state = join(dir, "state");
    for (const file of readdirSync(state)) if (/^(?:job_state|dbd\.messages)/.test(file)) rmSync(join(state, file));
    await slurm.startController();
  };

  beforeAll(async () => {
    ensureAccounts(["alice"]);
    slurm = await startPrivateSlurm({ dir, nodes: 1, clean: true, accounting: "dbd", lines: ["MinJobAge=2"] });
    node = await startTestHeadnode(slurm);
  });
  afterAll(async () => {
    await slurm?.stop();
    await node?.stop();
  });

  it("tells the ends of what nobody watched, once squeue knows nothing of it any more", async () => {
    const group = testGroup(". ../how", { count: 4, resources: { cpusPerTask: 2 } });
    // the last two leave no record of their own: the batch script itself is killed, and one never begins
    const how = ["exit 0", "exit 3", "kill -9 $PPID; sleep 5", "exit 0"];
    for (const [index, member] of group.members.entries()) member.files.how = how[index] ?? "";
    drain();
    await submit(group);
    await killWatch();
    const name = nameOf(group);
    const id = slurmSays("squeue", "-h", `--name=${name}`, "-o", "%F").trim();
    slurmSays("scancel", `${id}_3`);
    await resume();
    await until(() => sacct(name).includes("COMPLETED"), "the first member's end");
    await until(() => squeue(name) === "", "squeue's forgetting");

    await report(group);
    const { states } = await node.settled(group);

    const last = (index: number) => states.findLast((state) => state.index === index);
    expect(last(0)).toMatchObject({ state: "succeeded", exitCode: 0, source: "sacct" });
    expect(last(1)).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 3, source: "sacct" });
    expect(last(2)).toMatchObject({ state: "failed", reason: "signal", signal: 9, source: "sacct" });
  });

  it("believes no accounts that have a job alive which slurmctld forgot: it is submitted again and works once", async () => {
    const group = testGroup("echo once >> ledger");
    drain();
    await submit(group);
    const first = nameOf(group);
    await until(() => sacct(first) === "PENDING", "the accounts' word of it");
    await forgetJobs();
    // as it stays where the word of the end is lost between slurmctld and slurmdbd: "sacctmgr show runawayjobs"
    sql(`update ${jobTable()} set state = 0, time_end = 0 where job_name = '${first}'`);
    expect([squeue(first), sacct(first)]).toEqual(["", "PENDING"]);
    await resume();

    const { states } = await node.settled(group, 90_000);

    expect(states.at(-1)).toMatchObject({ state: "succeeded" });
    const ledger = join("/home/alice/headgate", group.group, "members/0/work/ledger");
    expect(readFileSync(ledger, "utf8")).toBe("once\n");
  });

  it("calls what a controller without its state cancelled no cancellation", async () => {
    const group = testGroup("true");
    drain();
    await submit(group);
    await until(() => sacct(nameOf(group)) === "PENDING", "the accounts' word of it");
    await killWatch();
    await forgetJobs();
    await resume();
    await until(() => sacct(nameOf(group)) === "CANCELLED", "the accounts' word of its end");

    await report(group);
    const { states } = await node.settled(group, 90_000);

    expect(states.at(-1)).toMatchObject({ state: "failed", reason: "node-failure", source: "sacct" });
  });
});
