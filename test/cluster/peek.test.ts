// Looking at running jobs on a real Slurm: what somebody follows comes soon, by the person's own rights, and Slurm is not asked for it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import type { Group } from "../../shared/headnode/batch.ts";
import { Peek, peekKey } from "../../shared/headnode/peek.ts";
import { hasSlurm, isRoot, needsRoot } from "../infra/local/slurm/slurm-at-hand.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

describe.skipIf(!isRoot || !hasSlurm)(`a look at a running job on a real Slurm${needsRoot}`, () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  const groups: Group[] = [];
  const start = async (script: string, o: Parameters<typeof testGroup>[1] = {}): Promise<Group> => {
    const group = testGroup(`${script}\ntouch ../begun; sleep 300`, o);
    groups.push(group);
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    for (const { index } of group.members)
      await until(() => existsSync(join(folderOf(group), "members", String(index), "begun")) || undefined);
    return group;
  };
  const folderOf = (group: Group) => `/home/alice/headgate/${group.group}`;
  const ask = async (group: Group, members: number[], seconds = 60) =>
    await node.run(
      await node.putBatch({
        verb: "peek",
        groups: [{ group: group.group, members, until: new Date(Date.now() + seconds * 1_000).toISOString() }],
      }),
    );
  const seen = async (group: Group, index = 0): Promise<Peek | undefined> => {
    const found = await node.s3.get("results", peekKey("local", group.group, index));
    return found && Peek.parse(JSON.parse(found.body.toString("utf8")));
  };
  const until = async <T>(holds: () => T | undefined | Promise<T | undefined>): Promise<T> => {
    for (let looks = 0; looks < 300; looks += 1) {
      const found = await holds();
      if (found !== undefined) return found;
      await sleep(100);
    }
    throw new Error("it did not come");
  };
  const logged = (what: string) =>
    readFileSync(join(node.spool, "log"), "utf8")
      .split("\n")
      .filter((line) => line.includes(what));

  beforeAll(async () => {
    ensureAccounts(["alice", "bob"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("peek"), clean: true });
    node = await startTestHeadnode(slurm, { patience: { peekSeconds: 0.5, retrySeconds: 1 } });
  });
  const endAll = async () => {
    if (groups.length === 0) return;
    await node.run(await node.putBatch({ verb: "cancel", groups: groups.map(({ group }) => ({ group })) }));
    for (const group of groups.splice(0)) await node.settled(group).catch(() => {});
  };
  afterAll(async () => {
    await endAll();
    await slurm?.stop();
    await node?.stop();
  });

  it("shows what a job has written so far, goes on while it is asked for, and then stops", async () => {
    const group = await start("echo first; echo problem >&2; (until [ -e ../go ]; do sleep 0.2; done; echo second) & ");
    expect(await ask(group, [0], 10)).toMatchObject({ code: 0, stdout: "1 of 1 groups noted\n" });

    const first = await until(() => seen(group));
    expect(first).toMatchObject({
      job: group.members[0]?.job,
      attempt: 1,
      stdout: { size: 6, from: 0, text: "first\n" },
      stderr: { text: "problem\n" },
    });
    expect(first.progress).toBeUndefined();
    writeFileSync(join(folderOf(group), "members/0/go"), "");
    await until(async () => ((await seen(group))?.stdout?.text.includes("second") ? true : undefined));
    await until(() => (existsSync(join(node.spool, "groups", group.group, "peek", "0")) ? undefined : true));
    const last = await seen(group);
    await sleep(1_500);
    expect(await seen(group)).toEqual(last);
  });

  it("shows the end of a long log without cutting a character, and only the members that are looked at", async () => {
    const group = await start(`head -c 100001 /dev/zero | tr '\\0' x; for i in $(seq 30000); do printf 'é世😀'; done`, {
      count: 2,
    });
    await ask(group, [1]);

    const { stdout } = await until(() => seen(group, 1));
    const size = 100_001 + 30_000 * 9;
    expect(stdout?.size).toBe(size);
    expect(stdout?.from).toBeGreaterThanOrEqual(size - 65_536);
    expect(stdout?.from).toBeLessThan(size - 65_536 + 4);
    expect(stdout?.text).toMatch(/^[é世😀]+$/u);
    expect(stdout?.text).not.toContain("\uFFFD");
    expect(Buffer.byteLength(stdout?.text ?? "")).toBe(size - (stdout?.from ?? 0));
    expect(await seen(group, 0)).toBeUndefined();
  });

  it("shows where the application says how far it is, beginning and end", async () => {
    const group = testGroup("mkdir fit; { echo '# steps: 9'; seq 5000; } > fit/line.mon; touch ../begun; sleep 300");
    const [member] = group.members;
    if (member) member.progress = "fit/line.mon";
    groups.push(group);
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    await until(() => existsSync(join(folderOf(group), "members/0/begun")) || undefined);
    await ask(group, [0]);

    const peek = await until(() => seen(group));
    expect(peek.progress?.text.length).toBe(4_096);
    expect(peek.progress?.text.endsWith("\n5000\n")).toBe(true);
    expect(peek.progressStart?.startsWith("# steps: 9\n1\n2\n")).toBe(true);
    expect(peek.progressStart?.endsWith("\n")).toBe(true);
  });

  it.each([
    ["a link to a secret of root's", "rm ../stdout; ln -s /etc/shadow ../stdout"],
    ["a link to a secret of the person's own", "echo mine > ~/secret; rm ../stdout; ln -s ~/secret ../stdout"],
    ["a FIFO", "rm ../stdout; mkfifo ../stdout"],
    ["a folder", "rm ../stdout; mkdir ../stdout"],
    ["a device", "rm ../stdout; ln -s /dev/zero ../stdout"],
  ])("shows nothing where a log has become %s, and goes on", async (_what, spoil) => {
    const group = await start(`echo words >&2; ${spoil}`);
    await ask(group, [0]);

    const peek = await until(() => seen(group));
    expect(peek.stdout).toBeUndefined();
    expect(peek.stderr?.text).toContain("words");
  });

  it("shows nothing through a link in place of a folder on the way to the progress", async () => {
    const group = testGroup(
      "mkdir ../../../aside; echo secret > ../../../aside/p; ln -s ../../../aside fit; touch ../begun; sleep 300",
    );
    const [member] = group.members;
    if (member) member.progress = "fit/p";
    groups.push(group);
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    await until(() => existsSync(join(folderOf(group), "members/0/begun")) || undefined);
    await ask(group, [0]);

    const peek = await until(() => seen(group));
    expect(peek.stdout?.text).toBe("");
    expect(peek.progress).toBeUndefined();
  });

  it("notes nothing of groups that have ended or that it does not know", async () => {
    const group = testGroup("echo done");
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    await node.settled(group);
    await until(() => existsSync(join(node.spool, "done", group.group)) || undefined);
    for (const one of [group, testGroup("")])
      expect(await ask(one, [0])).toMatchObject({ code: 0, stdout: "0 of 1 groups noted\n" });
    expect(await seen(group)).toBeUndefined();
  });

  it("is not kept up by a watch that died, nor by a note that promises too much", async () => {
    const group = await start("echo words");
    const pid = Number(readFileSync(join(node.spool, "watch.pid"), "utf8"));
    process.kill(pid, "SIGKILL");
    await until(() => (existsSync(`/proc/${pid}`) ? undefined : true));
    const before = Date.now();
    await ask(group, [0], 3_600);

    expect((await until(() => seen(group))).stdout?.text).toBe("words\n");
    const note = Number(readFileSync(join(node.spool, "groups", group.group, "peek", "0"), "utf8"));
    expect(note).toBeLessThan(before + 180_000);
  });

  it("asks nothing of Slurm, however often it looks", async () => {
    await endAll();
    const watch = `/proc/${readFileSync(join(node.spool, "watch.pid"), "utf8").trim()}`;
    await until(() => (existsSync(watch) ? undefined : true));
    const slow = await startTestHeadnode(slurm, { watchSeconds: 60, patience: { peekSeconds: 0.2 } });
    const env = { PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf ?? "" };
    const calls = () =>
      [
        ...execFileSync("sdiag", { env, encoding: "utf8" }).matchAll(
          /(REQUEST_JOB\w*INFO\w*) +\( *\d+\) +count:(\d+)/g,
        ),
      ].map(([, type, count]) => `${type} ${count}`);
    const group = testGroup("while :; do date; sleep 0.2; done");
    try {
      await slow.run(await slow.putBatch({ verb: "submit", groups: [group] }));
      const running = async () => (await slow.told(group.group)).states.some((state) => state.state === "queued");
      await until(async () => ((await running()) ? true : undefined));
      await until(() => existsSync(join(folderOf(group), "members/0/stdout")) || undefined);
      await sleep(6_000); // the early looks of the submission are over
      const before = calls();
      const times = new Set<string>();
      for (let looks = 0; looks < 30; looks += 1) {
        if (looks % 10 === 0)
          await slow.run(
            await slow.putBatch({
              verb: "peek",
              groups: [{ group: group.group, members: [0], until: new Date(Date.now() + 60_000).toISOString() }],
            }),
          );
        const found = await slow.s3.get("results", peekKey("local", group.group, 0));
        if (found) times.add(Peek.parse(JSON.parse(found.body.toString("utf8"))).at);
        await sleep(100);
      }
      expect(times.size).toBeGreaterThan(3);
      expect(before).not.toEqual([]);
      expect(calls()).toEqual(before);
    } finally {
      await slow.run(await slow.putBatch({ verb: "cancel", groups: [{ group: group.group }] }));
      await slow.settled(group).catch(() => {});
      await slow.stop();
    }
  });

  it("leaves no look unanswered in the log", () => {
    expect(logged("peek-failed")).toEqual([]);
    writeFileSync("/home/alice/secret", "");
  });
});
