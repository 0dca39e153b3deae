// The head node's program on a real Slurm of our own: what it is given runs once, as the person's account, and comes back whole.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureAccounts } from "../../infra/local/slurm/accounts.ts";
import { type PrivateSlurm, startPrivateSlurm } from "../../infra/local/slurm/private-slurm.ts";
import { findProgram } from "../../infra/local/slurm/programs.ts";
import { slurmFolder, startTestHeadnode, type TestHeadnode, testGroup } from "./headnode-home.ts";

const canRun =
  process.getuid?.() === 0 && findProgram("slurmctld") !== undefined && findProgram("munged") !== undefined;
const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(!canRun)("the head node's program on a real Slurm", () => {
  let slurm: PrivateSlurm;
  let node: TestHeadnode;
  let startedAt = 0;
  const folderOf = (group: string) => `/home/alice/headgate/${group}`;
  const scontrol = (...words: string[]) =>
    execFileSync("scontrol", words, { env: { PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf }, encoding: "utf8" });
  /** Slurm's own list of jobs whose name holds a group's id. */
  const jobsOf = (group: string): string[] =>
    execFileSync("squeue", ["-h", "-t", "all", "-o", "%F %j"], {
      env: { PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf },
      encoding: "utf8",
    })
      .split("\n")
      .filter((line) => line.includes(group))
      .map((line) => line.split(" ")[0] ?? "");

  beforeAll(async () => {
    ensureAccounts(["alice", "bob"]);
    slurm = await startPrivateSlurm({ dir: slurmFolder("headnode"), clean: true });
    startedAt = Date.now();
    node = await startTestHeadnode(slurm, { allow: ["alice", "bob", "daemon", "nobody-here"] });
  });
  afterAll(async () => {
    await slurm?.stop();
    await node?.stop();
  });

  it("runs a job as the account, leaves odd inputs unharmed and brings results back byte for byte", async () => {
    const odd = ["a b.txt", 'it\'s $(id) `x` "q".dat', "line\nend", "世界 é 😀", "-n", "deep/er/file", "stdout"];
    const group = testGroup(
      [
        "#SBATCH --job-name=mine --output=/dev/null",
        "id -un; id -gn; pwd; env | sort",
        'for f in *; do [ -f "$f" ] && cat -- "$f" > "copy of $f"; done',
        "cat ../parameters.json; umask; touch empty",
        "echo changed >> 'a b.txt'",
        "head -c 3000000 /dev/zero | tr '\\0' x > large",
        "echo trouble >&2",
      ].join("\n"),
    );
    const [member] = group.members;
    for (const name of odd) member?.inputs.push(await node.input(name, `content of ${name}\n`));
    if (member) member.files["parameters.json"] = '{"words":"$HOME \'x\'"}\n';

    const ended = await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    const { states, results } = await node.settled(group);

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(states.at(0)).toMatchObject({ state: "queued", source: "sbatch" });
    expect(states.at(-1)).toMatchObject({ state: "succeeded", exitCode: 0 });
    expect(results).toHaveLength(1);
    expect(results[0]?.members[0]?.results).toMatchObject({ state: "available", skipped: 0 });
    const manifest = await node.manifest(group.group);
    const files = new Map(manifest.lines.map((line) => [line.path, line]));
    for (const line of manifest.lines) {
      const bytes = await manifest.bytes(line);
      expect("sha256" in line && line.sha256).toBe(sha256(bytes));
      expect("size" in line && line.size).toBe(bytes.length);
    }
    const text = async (path: string) => {
      const line = files.get(path);
      if (line === undefined) throw new Error(`${path} is not among ${[...files.keys()]}`);
      return (await manifest.bytes(line)).toString("utf8");
    };
    for (const name of odd.filter((name) => !name.includes("/"))) {
      expect(await text(`copy of ${name}`)).toBe(`content of ${name}\n`);
      expect(readFileSync(join(folderOf(group.group), "members/0/work", name), "utf8")).toContain(
        `content of ${name}\n`,
      );
    }
    // unchanged inputs are no results; the changed one is, and a log keeps its name
    expect([...files.keys()].filter((path) => odd.includes(path)).sort()).toEqual(["a b.txt", "stdout"]);
    expect(files.get("stdout")).toMatchObject({ role: "stdout" });
    expect(await text("stderr")).toBe("trouble\n");
    expect(files.get("large")).toMatchObject({ size: 3_000_000, object: expect.any(String) });
    const out = await text("stdout");
    expect(out).toMatch(/^alice\nalice\n/);
    expect(out).toContain('{"words":"$HOME \'x\'"}\n0022\n');
    expect(out).not.toMatch(/AWS|headnode-secret|headnode-token|SSM_/);
    expect(statSync(join(folderOf(group.group), "members/0/work/empty")).uid).toBe(statSync("/home/alice").uid);
  });

  it("runs an array of 7, each member to its own end", async () => {
    const script = `. ../how
echo "$SLURM_ARRAY_TASK_ID" > index`;
    const group = testGroup(script, { count: 7 });
    const how = ["exit 0", "exit 3", "kill -9 $$", "kill -9 $PPID; sleep 5", ":", "exit 113", "exit 255"];
    for (const [index, member] of group.members.entries()) member.files.how = how[index] ?? "";

    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    const { states, results } = await node.settled(group);

    const last = (index: number) => states.findLast((state) => state.index === index);
    expect(last(0)).toMatchObject({ state: "succeeded", exitCode: 0 });
    expect(last(1)).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 3 });
    expect(last(2)).toMatchObject({ state: "failed", reason: "signal", signal: 9 });
    // the batch script itself was killed: no end record, Slurm's word alone
    expect(last(3)).toMatchObject({ state: "failed", reason: "signal", signal: 9 });
    expect(last(4)).toMatchObject({ state: "succeeded" });
    expect(last(5)).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 113 });
    expect(last(6)).toMatchObject({ state: "failed", reason: "exit-code", exitCode: 255 });
    const collected = results.flatMap((receipt) => receipt.members.map((member) => member.index)).sort();
    expect(collected).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(new Set(jobsOf(group.group)).size).toBe(1);
  });

  it("submits once, however often and at once the batch comes", async () => {
    const group = testGroup("echo once >> ledger");
    const batch = await node.putBatch({ verb: "submit", groups: [group] });
    const again = await node.putBatch({ verb: "submit", groups: [group] });

    const ends = await Promise.all([node.run(batch), node.run(batch), node.run(again)]);
    const { states } = await node.settled(group);
    const late = await node.run(batch);

    expect([...ends, late].map((end) => end.code)).toEqual([0, 0, 0, 0]);
    expect(jobsOf(group.group)).toHaveLength(1);
    expect(states.at(-1)).toMatchObject({ state: "succeeded" });
    expect(readFileSync(join(folderOf(group.group), "members/0/work/ledger"), "utf8")).toBe("once\n");
    // the late repeat tells the end again
    expect((await node.told(group.group)).results.length).toBeGreaterThan(1);
  });

  it("refuses accounts that are not listed, not there or below uid 1000, in words", async () => {
    const refused = [
      { account: "mallory", words: /"mallory" is not on this cluster's allow list/ },
      { account: "nobody-here", words: /no account "nobody-here"/ },
      { account: "daemon", words: /uid 1: jobs run only as uid 1000/ },
    ].map(({ account, words }) => ({ group: testGroup("id", { account }), words }));

    const ended = await node.run(await node.putBatch({ verb: "submit", groups: refused.map(({ group }) => group) }));

    expect(ended.code).toBe(0);
    for (const { group, words } of refused) {
      const { states } = await node.told(group.group);
      // the watch of the tests before may tell it a second time
      expect(states.length).toBeGreaterThan(0);
      for (const state of states)
        expect(state).toMatchObject({ state: "failed", reason: "rejected", source: "allow-list" });
      expect(states[0]?.detail).toMatch(words);
      expect(jobsOf(group.group)).toEqual([]);
    }
  });

  it("rejects what a partition can never run, naming value and limit, and hands on Slurm's own refusal", async () => {
    const long = testGroup("true", { resources: { wallMinutes: 90 } });
    const nowhere = testGroup("true", { resources: { partition: "nowhere" } });
    const large = testGroup("true", { resources: { memoryMb: 90_000 } });
    const gpu = testGroup("true", { resources: { gpus: 1 } });
    const staff = testGroup("true", { resources: { partition: "staff" } });
    scontrol("create", "partitionname=staff", "nodes=ALL", "allowgroups=root");

    await node.run(await node.putBatch({ verb: "submit", groups: [long, nowhere, large, gpu, staff] }));
    scontrol("delete", "partitionname=staff");

    const detail = async (group: string) => (await node.told(group)).states[0];
    expect(await detail(long.group)).toMatchObject({
      state: "failed",
      reason: "rejected",
      detail: "the time limit 90 minutes is over the 30 minutes of partition debug",
    });
    expect((await detail(nowhere.group))?.detail).toBe(
      'there is no partition "nowhere" on this cluster; it has debug, long, staff',
    );
    expect((await detail(large.group))?.detail).toMatch(/90000 MB is over the 4000 MB/);
    expect((await detail(gpu.group))?.detail).toBe("partition debug has no GPUs");
    expect(await detail(staff.group)).toMatchObject({ reason: "rejected", source: "sbatch" });
    expect((await detail(staff.group))?.detail).toMatch(/group not permitted to use this partition/);
  });

  it("makes a member whose input is gone a hole, and asks for fresh addresses where they have ended", async () => {
    const group = testGroup("cat in > out", { count: 3 });
    for (const [index, member] of group.members.entries())
      member.inputs.push(await node.input("in", `input ${index}\n`));
    const gone = group.members[1]?.inputs[0];
    if (gone) gone.headers["if-match"] = '"another"';
    const stale = testGroup("cat in > out");
    stale.members[0]?.inputs.push(await node.input("in", "late\n", 1));
    await new Promise((resolve) => setTimeout(resolve, 1_500));

    const ended = await node.run(await node.putBatch({ verb: "submit", groups: [group, stale] }));
    const { states } = await node.settled(group);

    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain(`${stale.group}: input "in": its signed address has ended`);
    expect((await node.told(stale.group)).states).toEqual([]);
    expect(states.find((state) => state.index === 1)).toMatchObject({ state: "failed", reason: "input-missing" });
    for (const index of [0, 2]) expect(states.findLast((state) => state.index === index)?.state).toBe("succeeded");
    // with fresh addresses the very same group is submitted
    const fresh = {
      ...stale,
      members: stale.members.map((member) => ({ ...member, inputs: [] as typeof member.inputs })),
    };
    fresh.members[0]?.inputs.push(await node.input("in", "late\n"));
    await node.run(await node.putBatch({ verb: "submit", groups: [fresh] }));
    expect((await node.settled(fresh)).states.at(-1)).toMatchObject({ state: "succeeded" });
  });

  it("does no work where the folder was removed before the start", async () => {
    scontrol("update", "partitionname=debug", "state=down");
    const group = testGroup("echo ran > /tmp/hg-astray-$SLURM_JOB_ID; echo ran");
    try {
      await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
      rmSync(folderOf(group.group), { recursive: true });
    } finally {
      scontrol("update", "partitionname=debug", "state=up");
    }

    const { states, results } = await node.settled(group);

    expect(states.at(-1)).toMatchObject({ state: "failed", reason: "node-failure" });
    expect(results[0]?.members[0]?.results).toMatchObject({ state: "unavailable" });
  });

  it("tells of a cancelled job, and of one beyond its limits what is withheld", async () => {
    const cancelled = testGroup("echo begun; sleep 60", { account: "bob" });
    const large = testGroup("truncate -s 1T huge; echo small > small; mkfifo pipe; ln -s /etc/shadow link");
    const links = testGroup("echo a > a; ln a b; mkfifo p; ln -s /etc/passwd l; mkdir d; echo x > d/x");
    await node.run(await node.putBatch({ verb: "submit", groups: [cancelled, large, links] }));
    await expect
      .poll(async () => (await node.told(cancelled.group)).states.some((state) => state.state === "running"), {
        timeout: 20_000,
      })
      .toBe(true);
    // what Slurm cancels within seconds of its own start is taken for its own doing
    await sleep(Math.max(0, startedAt + 25_000 - Date.now()));
    execFileSync("scancel", jobsOf(cancelled.group), { env: { PATH: "/usr/bin:/bin", SLURM_CONF: slurm.conf } });

    const [one, two, three] = await Promise.all([cancelled, large, links].map((group) => node.settled(group)));

    expect(one?.states.at(-1)).toMatchObject({ state: "cancelled" });
    expect(two?.states.at(-1)).toMatchObject({ state: "succeeded" });
    expect(two?.results[0]?.members[0]?.results).toEqual({ state: "withheld", reason: "1.1 TB > 50 GB" });
    expect((await node.manifest(large.group)).lines).toEqual([]);
    const { lines } = await node.manifest(links.group);
    expect(lines.filter((line) => "skipped" in line)).toEqual([
      { member: 0, path: "a", skipped: "hard link" },
      { member: 0, path: "b", skipped: "hard link" },
      { member: 0, path: "l", skipped: "symlink" },
      { member: 0, path: "p", skipped: "fifo" },
    ]);
    expect(three?.results[0]?.members[0]?.results).toMatchObject({ state: "available", files: 3, skipped: 4 });
  });

  it("says again what it knows when asked, and which groups it does not know", async () => {
    const group = testGroup("echo done");
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    await node.settled(group);
    const before = await node.told(group.group);
    const [stranger, buried] = [testGroup("true").group, testGroup("true").group];
    await node.run(await node.putBatch({ verb: "cancel", groups: [{ group: buried }] }));

    const ended = await node.run(await node.putBatch({ verb: "report", groups: [group.group, stranger, buried] }));

    expect(ended).toMatchObject({ code: 0, stdout: "1 of 3 groups reported\n" });
    const after = await node.told(group.group);
    const plain = ({ receipt: _, ...rest }: (typeof after.results)[number]) => rest;
    expect(after.results).toHaveLength(before.results.length + 1);
    expect(after.results.map(plain).at(-1)).toEqual(before.results.map(plain).at(-1));
    for (const one of [stranger, buried]) expect((await node.told(one)).states).toEqual([]);
    const unknown = (await node.receipts()).flatMap((receipt) =>
      receipt.kind === "states" ? (receipt.unknown ?? []) : [],
    );
    expect(unknown).toEqual([stranger, buried]);
  });

  it("refuses batches that are late, of another cluster, not there or no ULID", async () => {
    const groups = [testGroup("true")];
    const late = await node.putBatch({ verb: "submit", groups }, { notAfter: new Date(Date.now() - 1_000) });
    const other = await node.putBatch({ verb: "submit", groups }, { cluster: "elsewhere" });
    const ends = await Promise.all(
      [late, other, "01M80N1QAF7XYJYB00G95ZXFH6", "../../x; id"].map((id) => node.run(id)),
    );

    expect(ends.map((end) => end.code)).toEqual([2, 2, 2, 2]);
    expect(ends.map((end) => end.stderr)).toEqual([
      expect.stringContaining("was good until"),
      expect.stringContaining('is for cluster "elsewhere"'),
      expect.stringContaining("there is no batch"),
      expect.stringContaining("is not a ULID"),
    ]);
    expect(jobsOf(groups[0]?.group ?? "")).toEqual([]);
  });

  it("says what each partition allows when it is asked for no group, and refuses what one does not", async () => {
    scontrol("create", "partitionname=few", "nodes=ALL", "maxnodes=1", "maxtime=60", "allowaccounts=physics,chem");
    scontrol("update", "partitionname=few", "allowqos=normal", "maxcpuspernode=1");
    scontrol("create", "partitionname=closed", "nodes=ALL", "state=drain");
    try {
      const ended = await node.run(await node.putBatch({ verb: "report", groups: [] }));
      expect(ended).toMatchObject({ code: 0, stdout: "0 of 0 groups reported\n" });
      const partitions = (await node.heartbeat())?.partitions ?? [];
      expect(partitions.find(({ name }) => name === "few")).toMatchObject({
        ...{ default: false, up: true, maxNodes: 1, maxMinutes: 60, cpusPerNode: 1, gpusPerNode: 0 },
        ...{ accounts: ["physics", "chem"], qos: ["normal"] },
      });
      expect(partitions.find(({ name }) => name === "closed")).toMatchObject({ up: false });
      const debug = partitions.find(({ name }) => name === "debug");
      expect(debug).toMatchObject({ default: true, up: true, gpusPerNode: 0 });
      expect(debug).not.toHaveProperty("accounts");

      const refused = testGroup("true", { resources: { partition: "few", account: "bio" } });
      await node.run(await node.putBatch({ verb: "submit", groups: [refused] }));
      expect((await node.settled(refused)).states.at(-1)).toMatchObject({
        ...{ state: "failed", reason: "rejected" },
        detail: 'partition few does not admit the account "bio"; it admits physics, chem',
      });
    } finally {
      for (const name of ["few", "closed"]) scontrol("delete", `partitionname=${name}`);
    }
  });

  it("quotes what a failed program said last, and only then", async () => {
    const words = [
      "echo first >&2; printf '\\033[31mValueError:\\033[0m no such column\\n\\n' >&2; exit 3",
      "echo its last words >&2; kill -9 $$",
      "exit 4",
      "echo harmless >&2; exit 0",
      "rm ../stderr; mkfifo ../stderr; exit 5",
      "echo secret > ../s; rm ../stderr; ln -s s ../stderr; exit 6",
      "head -c 2000 /dev/zero | tr '\\0' x >&2; exit 7",
    ];
    const group = testGroup(`sh -c "$(cat ../what)"`, { count: words.length });
    for (const [index, text] of words.entries()) {
      const member = group.members[index];
      if (member) member.files = { what: text };
    }
    await node.run(await node.putBatch({ verb: "submit", groups: [group] }));
    const { states } = await node.settled(group);

    const details = words.map((_, index) => states.findLast((state) => state.index === index)?.detail ?? "");
    expect(details[0]).toMatch(/; stderr ends with "ValueError: no such column"$/);
    expect(details[1]).toMatch(/; stderr ends with ".*its last words|Killed.*"$/);
    for (const index of [2, 4, 5]) expect(details[index]).not.toContain("stderr");
    expect(details[3]).toBe("");
    expect(details[6]).toMatch(/"x{299}…"$/);
  });

  it("gives a sign of life and finds itself well", async () => {
    const ended = await node.start("doctor").ended;

    expect(ended.stdout).toContain('S3 takes receipts of cluster "local"');
    expect(ended.stdout).toContain('BAD  there is no account "nobody-here" on this cluster');
    expect(await node.heartbeat()).toMatchObject({ kind: "slurm", partitions: [{ name: "debug" }, { name: "long" }] });
  });
});
