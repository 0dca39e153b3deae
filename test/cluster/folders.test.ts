// Where jobs' folders lie on a real cluster, how long they stay, and who removes them.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import type { Group } from "../../shared/headnode/batch.ts";
import { hasSlurm, isRoot, needsRoot } from "../infra/local/slurm/slurm-at-hand.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

describe.skipIf(!isRoot || !hasSlurm)(`jobs' folders on a real Slurm${needsRoot}`, () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  const scratch = "/tmp/hg-scratch";
  const folderOf = (group: Group) => join(scratch, group.account, "headgate", group.group);
  const submit = async (group: Group) => await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
  const forget = async (group: Group, members?: number[]) =>
    await node.run(
      await node.putBatch({ verb: "forget", groups: [{ group: group.group, ...(members ? { members } : {}) }] }),
    );
  const until = async (holds: () => boolean) => {
    for (let looks = 0; looks < 400 && !holds(); looks += 1) await sleep(100);
    expect(holds()).toBe(true);
  };
  const begin = async (keep: { keepDays?: number; keepUncollectedDays?: number }) => {
    node = await startTestHeadnode(slurm, {
      ...{ folders: `${scratch}/{account}/headgate`, keep },
      patience: { retrySeconds: 1, retentionSeconds: 1, completedGraceSeconds: 2 },
    });
  };
  const finished = (group: Group) => existsSync(join(node.spool, "done", group.group));
  const logged = (what: string) =>
    readFileSync(join(node.spool, "log"), "utf8")
      .split("\n")
      .filter((line) => line.includes(what));
  /** Sets back the clock of everything that the spool knows of a group. */
  const age = (group: Group, days: number) => {
    const folder = join(node.spool, "done", group.group);
    const at = (Date.now() - days * 24 * 3_600_000) / 1000;
    for (const name of readdirSync(folder, { recursive: true }) as string[]) utimesSync(join(folder, name), at, at);
    utimesSync(folder, at, at);
  };

  beforeAll(async () => {
    ensureAccounts(["alice", "bob"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("folders"), clean: true });
    for (const account of ["alice", "bob"]) {
      mkdirSync(join(scratch, account), { recursive: true });
      execFileSync("chown", [account, join(scratch, account)]);
    }
  });
  const watchEnds = async () => {
    await sleep(500); // it may have been started just now
    const watch = `/proc/${readFileSync(join(node.spool, "watch.pid"), "utf8").trim()}`;
    await until(() => !existsSync(watch));
  };
  afterEach(async () => {
    await watchEnds();
    await node.stop();
  });
  afterAll(async () => {
    await slurm?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it("lie where the configuration says and go after collection, whatever the job has made of them", async () => {
    await begin({ keepDays: 0 });
    const group = testGroup(
      [
        "mkdir -p a/b c; chmod 000 a/b a; echo x > c/f; chmod 500 c; mkfifo pipe; ln -s / root; ln -s ~ home",
        "touch ~/kept; echo stays",
        "chmod 000 .",
      ].join("\n"),
    );
    await submit(group);
    const { results } = await node.settled(group);
    expect(results[0]).toMatchObject({ folder: folderOf(group), members: [{ results: { state: "available" } }] });
    await until(() => !existsSync(folderOf(group)));

    expect(existsSync(join(scratch, "alice", "headgate"))).toBe(true);
    expect(existsSync("/home/alice/kept")).toBe(true);
    expect(logged("folder-removed")).toHaveLength(1);
    rmSync("/home/alice/kept");
    // nothing of it is done anew
    await submit(group);
    expect(existsSync(folderOf(group))).toBe(false);
    expect((await node.heartbeat())?.folders).toEqual({ root: `${scratch}/{account}/headgate`, keepDays: 0 });
  });

  it("stay as long as they are to, longer where the results could not be collected", async () => {
    await begin({ keepDays: 14, keepUncollectedDays: 60 });
    const small = { limits: { bytes: 10, files: 10 } };
    const [kept, over] = [testGroup("echo some > result"), testGroup("echo more than ten bytes > result", small)];
    for (const group of [kept, over]) await submit(group);
    for (const group of [kept, over]) await node.settled(group);
    await until(() => finished(kept) && finished(over));
    await watchEnds();
    const report = async () => {
      const ends = logged(" ends live=").length;
      await node.run(await node.putBatch({ verb: "report", groups: [] }));
      await until(() => logged(" ends live=").length > ends);
    };
    for (const [days, there] of [
      [13, [true, true]],
      [15, [false, true]],
      [59, [false, true]],
      [61, [false, false]],
    ] as const) {
      for (const group of [kept, over]) if (finished(group)) age(group, days);
      await report();
      expect([kept, over].map((group) => existsSync(folderOf(group)))).toEqual(there);
    }
    expect((await node.heartbeat())?.folders).toMatchObject({ keepDays: 14 });
    // the spool forgets a group only when its folder is gone
    expect(finished(over)).toBe(true);
    age(over, 15);
    await report();
    for (const group of [kept, over]) expect(finished(group)).toBe(false);
  });

  it("go at once where their owner deleted the job, but not while it lives", async () => {
    await begin({});
    const group = testGroup("touch ../begun; [ $(basename $(dirname $PWD)) = 1 ] && sleep 20; true", { count: 3 });
    const alone = testGroup("true");
    await submit(group);
    await submit(alone);
    await node.settled({ ...group, members: group.members.filter(({ index }) => index !== 1) });
    await node.settled(alone);
    await until(() => finished(alone));
    expect(await forget(alone)).toMatchObject({ code: 0, stdout: "1 members removed, 0 groups later\n" });
    expect(existsSync(folderOf(alone))).toBe(false);

    expect(await forget(group, [0, 1])).toMatchObject({ code: 0 });
    expect(readdirSync(join(folderOf(group), "members")).sort()).toEqual(["1", "2"]);
    expect(logged(" live=1")).toHaveLength(1);
    const { states } = await node.settled(group);
    expect(states.filter(({ index }) => index === 1).at(-1)).toMatchObject({ state: "succeeded" });
    await until(() => readdirSync(join(folderOf(group), "members")).join() === "2");
    // again, and of what nobody knows, does no harm
    expect(await forget(group)).toMatchObject({ code: 0 });
    expect(existsSync(folderOf(group))).toBe(false);
    expect(await forget(testGroup(""))).toMatchObject({ code: 0, stdout: "0 members removed, 0 groups later\n" });
  });

  it("stay where the account is no longer admitted, or where something in them is not its own", async () => {
    await begin({ keepDays: 0 });
    const group = testGroup("mkdir d; touch ../begun; sleep 3");
    await submit(group);
    await until(() => existsSync(join(folderOf(group), "members/0/begun")));
    mkdirSync(join(folderOf(group), "members/0/of-root"));
    writeFileSync(join(folderOf(group), "members/0/of-root/file"), "x");
    await node.settled(group);
    await until(() => finished(group));
    await until(() => logged("folder-kept").length > 0);
    expect(existsSync(join(folderOf(group), "members/0/of-root/file"))).toBe(true);

    rmSync(join(folderOf(group), "members/0/of-root"), { recursive: true });
    writeFileSync(join(node.home, "etc", "allow"), "bob\n");
    expect(await forget(group)).toMatchObject({ code: 0, stdout: "0 members removed, 0 groups later\n" });
    expect(existsSync(folderOf(group))).toBe(true);
    writeFileSync(join(node.home, "etc", "allow"), "alice\n");
    expect(await forget(group)).toMatchObject({ code: 0 });
    expect(existsSync(folderOf(group))).toBe(false);
  });
});
