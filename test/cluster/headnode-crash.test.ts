// Whatever dies at whatever moment: a group becomes one Slurm job, and what is extra does no work.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeLock } from "../../functions/headnode/lock.ts";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import { findProgram } from "../../infra/local/slurm/programs.ts";
import type { Group } from "../../shared/headnode/batch.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

const canRun =
  process.getuid?.() === 0 && findProgram("slurmctld") !== undefined && findProgram("munged") !== undefined;

describe.skipIf(!canRun)("the head node's program under SIGKILL", () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  const env = () => ({ PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf ?? "", HOME: "/" });
  const ledgerOf = (group: Group) => {
    const path = join("/home/alice/headgate", group.group, "ledger");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").sort() : [];
  };
  const ledger = 'echo "$(basename "$(dirname "$PWD")")" >> ../../../ledger; sleep 0.1';
  /** A kill may take the watch with it, and SSM never comes twice by itself: reconcile asks again. */
  const deliverUntilSettled = async (batch: string, group: Group) => {
    for (let tries = 0; tries < 10; tries++) {
      await node.run(batch);
      const settled = await node.settled(group, 15_000).catch(() => undefined);
      if (settled !== undefined) return settled;
    }
    throw new Error(`not settled: ${readFileSync(join(node.spool, "log"), "utf8").split("\n").slice(-30).join("\n")}`);
  };

  beforeAll(async () => {
    ensureAccounts(["alice", "bob"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("crash"), clean: true });
    node = await startTestHeadnode(slurm, {
      patience: { completedGraceSeconds: 3, failedGraceSeconds: 1, retrySeconds: 1 },
    });
  });
  afterAll(async () => {
    await slurm?.stop();
    await node?.stop();
  });

  it("begins each member once, whenever the process group is killed and the batch comes again", async () => {
    const groups = await Promise.all(
      Array.from({ length: 24 }, async (_, round) => {
        const group = testGroup(ledger, { count: round % 3 === 0 ? 7 : 1 });
        return { group, batch: await node.putBatch({ verb: "submit", groups: [group] }) };
      }),
    );
    for (const [round, { batch }] of groups.entries()) {
      const running = node.start("run", { SSM_batch: batch });
      await sleep(120 + round * 20);
      try {
        process.kill(-running.pid, "SIGKILL");
      } catch {
        // it was done already
      }
      await running.ended;
    }

    for (const { group, batch } of groups) {
      const { states } = await deliverUntilSettled(batch, group);

      const indices = group.members.map((member) => String(member.index));
      expect(ledgerOf(group)).toEqual(indices);
      for (const { index } of group.members)
        expect(states.findLast((state) => state.index === index)).toMatchObject({ state: "succeeded" });
    }
  });

  it("keeps to the job that the claim names where a second one of the group appears, and cancels the other", async () => {
    execFileSync("scontrol", ["update", "partitionname=debug", "state=down"], { env: env() });
    const group = testGroup(ledger, { count: 3 });
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    const spooled = join(node.spool, "groups", group.group);
    const { name } = JSON.parse(readFileSync(join(spooled, "intent"), "utf8")) as { name: string };
    const first = (JSON.parse(readFileSync(join(spooled, "jobid"), "utf8")) as { id: string }).id;
    // what an sbatch that was in flight at the kill would leave: the same script under the same name
    const script = execFileSync("scontrol", ["write", "batch_script", first, "-"], { env: env(), encoding: "utf8" });
    const folder = `/home/alice/headgate/${group.group}`;
    const words = ["-u", "alice", "--", "env", "-C", folder, `SLURM_CONF=${slurm.conf}`, "sbatch", "--parsable"];
    const output = [`--output=${folder}/members/%a/stdout`, "--open-mode=append"];
    const second = spawnSync("runuser", [...words, "--no-requeue", `--job-name=${name}`, "--array=0-2", ...output], {
      input: script,
      encoding: "utf8",
    }).stdout.trim();
    expect(second).toMatch(/^\d+$/);
    await sleep(2_500);
    execFileSync("scontrol", ["update", "partitionname=debug", "state=up"], { env: env() });

    const { states } = await node.settled(group);

    expect(ledgerOf(group)).toEqual(["0", "1", "2"]);
    expect(states.filter((state) => state.state === "succeeded")).toHaveLength(3);
    const other = execFileSync("squeue", ["-h", "-r", "-t", "all", "-j", second, "-o", "%T"], {
      env: env(),
      encoding: "utf8",
    });
    expect(new Set(other.trim().split("\n"))).toEqual(new Set(["CANCELLED"]));
  });

  it("submits again what slurmctld has forgotten, and believes no id that was given out again", async () => {
    execFileSync("scontrol", ["update", "partitionname=debug", "state=down"], { env: env() });
    await sleep(6_000); // what was before is saved
    const group = testGroup(ledger);
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    slurm.killController();
    await sleep(300);
    await slurm.startController();
    // the id may go to a stranger's job
    spawnSync(
      "runuser",
      ["-u", "bob", "--", "env", "-C", "/tmp", `SLURM_CONF=${slurm.conf}`, "sbatch", "--output=/dev/null"],
      {
        input: "#!/bin/sh\nexit 7\n",
      },
    );
    execFileSync("scontrol", ["update", "partitionname=debug", "state=up"], { env: env() });

    const { states } = await node.settled(group, 60_000);

    expect(states.at(-1)).toMatchObject({ state: "succeeded", exitCode: 0 });
    expect(ledgerOf(group)).toEqual(["0"]);
  });

  it("takes up a collection that was killed, and no manifest names bytes that are not there", async () => {
    const group = testGroup(
      "head -c 40000000 /dev/urandom > big; for i in 1 2 3 4 5 6 7 8 9; do echo $i > small$i; done",
    );
    const batch = await node.putBatch({ verb: "submit", groups: [group] });
    await node.run(batch);
    for (let kills = 0; kills < 6; kills++) {
      await sleep(700 + kills * 130);
      const pid = Number(readFileSync(join(node.spool, "watch.pid"), "utf8"));
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it was done already
      }
      await node.run(await node.putBatch({ verb: "report", groups: [group.group] }));
    }

    const { results } = await node.settled(group);
    const manifest = await node.manifest(group.group);

    expect(manifest.lines).toHaveLength(12);
    const { createHash } = await import("node:crypto");
    for (const line of manifest.lines)
      expect(
        createHash("sha256")
          .update(await manifest.bytes(line))
          .digest("hex"),
      ).toBe("sha256" in line && line.sha256);
    for (const receipt of results) expect(receipt.collection).toBe(manifest.head.collection);
  });

  it("concludes nothing while slurmctld is down, and goes on when it is back", async () => {
    const group = testGroup("sleep 3; echo done");
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    await sleep(6_000);
    const unsaved = testGroup("sleep 1");
    slurm.killController();
    const ended = await node.run(await node.putBatch({ verb: "submit", groups: [unsaved] }));
    writeFileSync(join(node.dir, "note"), ended.stdout);
    expect(ended.code).toBe(1);
    expect((await node.told(unsaved.group)).states).toEqual([]);
    await slurm.startController();

    const { states } = await node.settled(group, 90_000);

    expect(states.at(-1)).toMatchObject({ state: "succeeded" });
  });

  it("leaves a finished group in its place while a delivery of it is at work, which might else take it for a new one", async () => {
    const group = testGroup("true");
    const batch = await node.putBatch({ verb: "submit", groups: [group] });
    await node.run(batch);
    const live = join(node.spool, "groups", group.group);
    const done = join(node.spool, "done", group.group);
    const lock = await takeLock(join(node.spool, "locks", `${group.group}.lock`), 5);

    await node.settled(group);
    await sleep(2_500);
    expect([existsSync(live), existsSync(done)]).toEqual([true, false]);

    await lock?.release();
    for (let n = 0; n < 100 && !existsSync(done); n++) await sleep(100);
    expect([existsSync(live), existsSync(done)]).toEqual([false, true]);
  });

  it("tells of a node's failure where slurmctld forgot what ran, and the node then stopped it", async () => {
    const forgotten = testGroup("echo begun > begun; exec sleep 300", { resources: { wallMinutes: 30 } });
    const folder = join("/home/alice/headgate", forgotten.group);
    await node.run(await node.putBatch({ verb: "submit", groups: [forgotten] }));
    for (let n = 0; n < 600 && !existsSync(join(folder, "members/0/work/begun")); n++) await sleep(50);
    slurm.killController();
    await sleep(500);
    for (const file of readdirSync(join(slurmFolder("crash"), "state")))
      if (file.startsWith("job_state")) rmSync(join(slurmFolder("crash"), "state", file));
    await slurm.startController();

    const { states } = await node.settled(forgotten, 90_000);

    expect(states.at(-1)).toMatchObject({ state: "failed", reason: "node-failure", source: "headnode" });
    expect(spawnSync("pgrep", ["-u", "alice", "-f", "^sleep 300"], { encoding: "utf8" }).stdout).toBe("");
  });
});
