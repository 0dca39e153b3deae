// Real answers of Slurm 22.05.8, each beside the command that got it, and answers that somebody would like us to believe.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeIndices } from "../../../shared/slurm/array-indices.ts";
import { readJobcompLine } from "../../../shared/slurm/jobcomp.ts";
import { misfit } from "../../../shared/slurm/partition-fit.ts";
import { readSacct, sacctArgv } from "../../../shared/slurm/sacct.ts";
import { readSbatch, sbatchArgv } from "../../../shared/slurm/sbatch.ts";
import { readScontrolConfig } from "../../../shared/slurm/scontrol-config.ts";
import { readNodesStartedAt } from "../../../shared/slurm/scontrol-node.ts";
import { describePartition, readScontrolPartition } from "../../../shared/slurm/scontrol-partition.ts";
import { nodeName, readSettledNodes, readSinfo, withNodes } from "../../../shared/slurm/sinfo.ts";
import { readSqueue, squeueArgv } from "../../../shared/slurm/squeue.ts";

const good = (stdout: string) => ({ code: 0, stdout, stderr: "" });
const bad = (stderr: string, code = 1) => ({ code, stdout: "", stderr });

describe("squeue", () => {
  it("is asked for fixed columns, names as a filter only", () => {
    const argv = squeueArgv({ names: ["a", "b"], uids: [1001, 1001, 1002] });

    expect(argv).toContain("--name=a,b");
    expect(argv).toContain("--user=1001,1002");
    expect(argv.join(" ")).not.toMatch(/%j|Name:|WorkDir|Comment/);
  });

  it("is read as it answered", () => {
    const text =
      "3|0|1001|COMPLETED|2026-11-22T03:04:56|2026-11-22T03:04:56|0|n1|\n2|N/A|1001|FAILED|2026-11-22T03:04:56|2026-11-22T03:04:56|768|n1|\n" +
      "3|4|1001|FAILED|2026-11-22T03:04:56|2026-11-22T03:04:56|9|n1|\n4|3|1001|PENDING|2026-11-22T04:04:55|2026-11-22T04:09:55|0|n/a|\n";
    const ran = { startedAt: "2026-11-22T03:04:56.000Z", endedAt: "2026-11-22T03:04:56.000Z", placed: true };

    expect(readSqueue(good(text))).toEqual({
      ok: true,
      value: [
        { id: "3", index: 0, uid: 1001, state: "COMPLETED", exitCode: 0, signal: 0, ...ran },
        { id: "2", index: undefined, uid: 1001, state: "FAILED", exitCode: 3, signal: 0, ...ran },
        { id: "3", index: 4, uid: 1001, state: "FAILED", exitCode: 0, signal: 9, ...ran },
        { id: "4", index: 3, uid: 1001, state: "PENDING", placed: false },
      ],
    });
  });

  it("tells nothing where it failed, with exit code 0 too", () => {
    expect(readSqueue({ code: 0, stdout: "", stderr: "squeue: error: Invalid user: 54321\n" }).ok).toBe(false);
    expect(readSqueue(bad("slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n")).ok).toBe(
      false,
    );
    expect(readSqueue({ code: null, stdout: "", stderr: "" }).ok).toBe(false);
    expect(readSqueue(good("")).ok).toBe(true);
  });

  it("is never half believed", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."019|N/A COMPLETEDFAILED\n-T:x"), maxLength: 80 }), (text) => {
        const reading = readSqueue(good(text));
        if (reading.ok)
          expect(reading.value).toHaveLength(text.split("\n").filter((line) => line.trim() !== "").length);
      }),
    );
  });
});

describe("sacct", () => {
  it("is read as it answered, waiting members left to squeue", () => {
    const text =
      "6|1001|FAILED|0:9|2026-11-22T03:49:10|2026-11-22T03:49:11|n1\n7_1|1001|FAILED|1:0|2026-11-22T03:49:10|2026-11-22T03:49:10|n[1-2],gpu3\n" +
      "8|1001|CANCELLED by 1001|0:0|None|2026-11-22T03:49:10|None assigned\n9_[0-3]|1001|PENDING|0:0|Unknown|Unknown|None assigned\n";

    const reading = readSacct(good(text));

    expect(reading).toMatchObject({
      ok: true,
      value: [
        { id: "6", state: "FAILED", exitCode: 0, signal: 9 },
        { id: "7", index: 1, exitCode: 1, placed: true },
        { id: "8", state: "CANCELLED", placed: false, endedAt: "2026-11-22T03:49:10.000Z" },
      ],
    });
    expect(sacctArgv({ names: ["a"], uids: [1], since: "2026-11-22T00:00:00.000Z" })).toContain(
      "--starttime=2026-11-22T00:00:00",
    );
  });

  it("tells of members that were cancelled as they waited, though it lists them as one", () => {
    const cancelled = "CANCELLED by 0|0:0|None|2026-11-22T03:49:10|None assigned\n";
    const text = `9_1|1001|COMPLETED|0:0|2026-11-22T03:49:10|2026-11-22T03:49:11|n1\n9_[2-5%2]|1001|${cancelled}9_[7,9,11,...]|1001|${cancelled}`;

    const reading = readSacct(good(text));

    expect(reading.ok && reading.value.map(({ id, index, state }) => [id, index, state])).toEqual([
      ["9", 1, "COMPLETED"],
      ["9", undefined, "CANCELLED"],
      ["9", undefined, "CANCELLED"],
    ]);
  });

  it("fails as a whole on a line of another form", () => {
    expect(readSacct(good("7|1001|COMPLETED|0:0|x\n")).ok).toBe(false);
    expect(
      readSacct(bad("sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection\n")).ok,
    ).toBe(false);
  });
});

describe("jobcomp", () => {
  const lineOf = (name: string, o: { state?: string; exit?: string; array?: string } = {}) =>
    `JobId=7 UserId=alice(1001) GroupId=alice(1001) Name=${name} JobState=${o.state ?? "COMPLETED"} Partition=debug TimeLimit=5 StartTime=2026-11-22T03:04:56 EndTime=2026-11-22T03:04:56 NodeList=n1 NodeCnt=1 ProcCnt=1 WorkDir=/home/alice ReservationName= Tres=cpu=1,mem=100M,node=1,billing=1 Account= QOS= WcKey= Cluster=unknown SubmitTime=2026-11-22T03:04:55 EligibleTime=2026-11-22T03:04:56 ${o.array ?? ""}DerivedExitCode=0:0 ExitCode=${o.exit ?? "0:0"} `;

  it("is read as it was written", () => {
    expect(
      readJobcompLine(lineOf("hg-arr", { array: "ArrayJobId=3 ArrayTaskId=1 ", state: "FAILED", exit: "0:9" })),
    ).toMatchObject({
      id: "3",
      index: 1,
      uid: 1001,
      name: "hg-arr",
      state: "FAILED",
      signal: 9,
    });
    expect(readJobcompLine(lineOf("x", { state: "PENDING" }))).toBeUndefined();
  });

  it("lets no text within a name imitate a field", () => {
    const name = fc.string({ maxLength: 60 }).filter((text) => !text.includes("\n"));
    const evil = fc
      .tuple(name, fc.constantFrom("", lineOf("ours", { state: "COMPLETED" }), " JobState=COMPLETED Partition=x "))
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(evil, (text) => {
        const found = readJobcompLine(lineOf(text, { state: "FAILED", exit: "3:0" }));
        if (found !== undefined)
          expect(found).toMatchObject({ id: "7", uid: 1001, state: "FAILED", exitCode: 3, name: text });
      }),
    );
  });
});

describe("sbatch", () => {
  it("is given one group, its output below the group's folder", () => {
    const question = {
      name: "n",
      folder: "/home/a%b/x y",
      single: 3,
      resources: { wallMinutes: 5, memoryMb: 100, gpus: 2 },
    };

    expect(sbatchArgv({ ...question, indices: [0, 1, 2, 4] })).toEqual(
      expect.arrayContaining([
        "--array=0-2,4",
        "--output=/home/a%%b/x y/members/%a/stdout",
        "--no-requeue",
        "--mem=100M",
        "--time=5",
        "--gres=gpu:2",
      ]),
    );
    expect(sbatchArgv({ ...question, indices: undefined })).toContain("--error=/home/a%%b/x y/members/3/stderr");
  });

  it.each<[string, Parameters<typeof readSbatch>[0], string]>([
    ["an id", good("12\n"), "accepted"],
    ["an id and a cluster", good("12;other\n"), "accepted"],
    ["nothing with exit code 0", good(""), "unknown"],
    ["a time-out", { code: null, stdout: "", stderr: "" }, "unknown"],
    [
      "a lost controller",
      bad("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n"),
      "unknown",
    ],
    [
      "a lost answer",
      bad("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n"),
      "unknown",
    ],
    [
      "zero bytes",
      bad("sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received\n"),
      "unknown",
    ],
    [
      "a bad partition",
      bad(
        "sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified\n",
      ),
      "refused",
    ],
    [
      "too long",
      bad(
        "sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)\n",
      ),
      "refused",
    ],
    [
      "too large",
      bad(
        "sbatch: error: Memory specification can not be satisfied\nsbatch: error: Batch job submission failed: Requested node configuration is not available\n",
      ),
      "refused",
    ],
    ["no GPUs", bad("sbatch: error: Invalid generic resource (gres) specification\n"), "refused"],
    ["words never heard", bad("something else\n"), "unknown"],
  ])("is understood where it answers with %s", (_, answer, kind) => {
    expect(readSbatch(answer).kind).toBe(kind);
  });

  it("writes indices shortly, and all of them", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { minLength: 1 }), (indices) => {
        const back = writeIndices(indices)
          .split(",")
          .flatMap((range) => {
            const [from = 0, to = from] = range.split("-").map(Number);
            return Array.from({ length: to - from + 1 }, (_, i) => from + i);
          });
        expect(back).toEqual([...indices].sort((a, b) => a - b));
      }),
    );
  });
});

describe("partitions", () => {
  const text =
    "PartitionName=debug AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL AllocNodes=ALL Default=YES QoS=N/A DefaultTime=00:05:00 DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO MaxNodes=UNLIMITED MaxTime=00:30:00 MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED Nodes=n[1-2] PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO OverTimeLimit=NONE PreemptMode=OFF State=UP TotalCPUs=16 TotalNodes=2 SelectTypeParameters=NONE JobDefaults=(null) DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED TRES=cpu=16,mem=8000M,node=2,billing=16\n" +
    "PartitionName=long Default=NO MaxTime=7-00:00:00 MaxNodes=1 State=UP TotalCPUs=16 TotalNodes=2 TRES=cpu=16,mem=8000M,node=2,billing=16\n";

  it("are read with the size of their largest nodes", () => {
    const reading = readScontrolPartition(good(text));
    const nodes = readSinfo(good("debug|1|8|4000|(null)\ndebug|1|32|128000+|gpu:2\nlong|2|8|4000|(null)\n"));
    if (!reading.ok || !nodes.ok) throw new Error("not read");

    expect(withNodes(reading.value, nodes.value)).toMatchObject([
      { name: "debug", default: true, maxMinutes: 30, nodes: 2, cpusPerNode: 32, memoryMbPerNode: 128_000 },
      { name: "long", default: false, maxMinutes: 10_080, maxNodes: 1, cpusPerNode: 8 },
    ]);
    expect(reading.value[0]).not.toHaveProperty("accounts");
  });

  it.each([
    ["(null)", 0],
    ["gpu:2", 2],
    ["gpu:a100:4(S:0-1)", 4],
    ["gpu:a100:4(S:0,1),gpu:v100:2(S:1),mps:200", 6],
    ["shard:8,gpu", 1],
    ["craynetwork:4", 0],
  ])("have as many GPUs a node as %s says", (gres, gpusPerNode) => {
    const reading = readScontrolPartition(good(text));
    const nodes = readSinfo(good(`debug|1|8|4000|${gres}\n`));
    if (!reading.ok || !nodes.ok) throw new Error("not read");

    expect(withNodes(reading.value, nodes.value)[0]).toMatchObject({ gpusPerNode });
  });

  it("say who may use them and whether they are up", () => {
    const line = (words: string) => `PartitionName=p ${words} TotalCPUs=16 TotalNodes=2 TRES=cpu=16,mem=8000M\n`;
    const read = (words: string) => {
      const reading = readScontrolPartition(good(line(words)));
      if (!reading.ok) throw new Error("not read");
      return reading.value.map(describePartition)[0];
    };
    expect(read("AllowAccounts=physics,chem AllowQos=normal,long MaxNodes=UNLIMITED State=UP")).toEqual({
      ...{ name: "p", default: false, up: true, nodes: 2, cpusPerNode: 8, memoryMbPerNode: 4_000 },
      ...{ accounts: ["physics", "chem"], qos: ["normal", "long"] },
    });
    for (const state of ["DOWN", "DRAIN", "INACTIVE"]) expect(read(`State=${state}`)).toMatchObject({ up: false });
    const limited = read("DenyAccounts=bio AllowQos=ALL MaxCPUsPerNode=4 MaxMemPerNode=2000 MaxNodes=1 State=UP");
    expect(limited).toEqual({
      ...{ name: "p", default: false, up: true, maxNodes: 1, nodes: 2, cpusPerNode: 4, memoryMbPerNode: 2_000 },
    });
  });

  it("say what they can never run, with value and limit", () => {
    const reading = readScontrolPartition(good(text));
    if (!reading.ok) throw new Error("not read");

    expect(misfit({ wallMinutes: 30, memoryMb: 4_000, cpusPerTask: 8, nodes: 2 }, reading.value)).toBeUndefined();
    expect(misfit({ wallMinutes: 31 }, reading.value)).toBe(
      "the time limit 31 minutes is over the 30 minutes of partition debug",
    );
    expect(misfit({ partition: "long", nodes: 2 }, reading.value)).toContain("the number of nodes 2 is over the 1");
    expect(misfit({ tasks: 17 }, reading.value)).toContain("the number of CPUs 17 is over the 16");
    expect(misfit({ partition: "none" }, reading.value)).toContain("it has debug, long");
  });

  it("leave unset settings out", () => {
    const config = readScontrolConfig(
      good(
        "MinJobAge               = 300 sec\nJobCompLoc = (null)\nSLURM_VERSION           = 22.05.8\nMaxArraySize            = 100001\n",
      ),
    );

    expect(config).toEqual({ ok: true, value: { minJobAgeSeconds: 300, version: "22.05.8", maxArraySize: 100_001 } });
  });

  it("tell how many members one array may have", () => {
    const config = (text: string) => readScontrolConfig(good(`SchedulerParameters     = ${text}\n`));

    expect(config("bf_continue,max_array_tasks=100,defer")).toEqual({ ok: true, value: { maxArrayTasks: 100 } });
    expect(config("bf_max_job_array_resv=20")).toEqual({ ok: true, value: {} });
  });
});

describe("the nodes that slurmctld has heard from", () => {
  it("are those that answer or were given up, in whatever partitions", () => {
    const text =
      "n1|idle\nn1|idle\nn2|idle*\nn3|down*\nn4|drained\nn5|unknown\nn6|allocated+\nn7|idle~\nn8|mixed*\nn9|draining\n";

    const reading = readSettledNodes(good(text));

    expect(reading.ok && [...reading.value]).toEqual(["n1", "n3", "n4", "n6", "n7", "n9"]);
    expect(readSettledNodes(bad("slurm_load_partitions: Unable to contact slurm controller")).ok).toBe(false);
  });

  it("are asked for by names alone", () => {
    expect(["n1", "gpu-node_03.site"].every((name) => nodeName.test(name))).toBe(true);
    expect(["", "-", "-a", "n[1-9]", "a,b", "a b", "n1\n"].some((name) => nodeName.test(name))).toBe(false);
  });

  it("tell when their slurmd was started", () => {
    const text =
      "NodeName=n1 Arch=x86_64 State=IDLE BootTime=2026-11-22T02:29:00 SlurmdStartTime=2026-11-22T14:13:49 LastBusyTime=2026-11-22T14:13:50\n" +
      "NodeName=n2 State=DOWN* BootTime=None SlurmdStartTime=None \n";

    const reading = readNodesStartedAt(good(text));

    expect(reading.ok && [...reading.value]).toEqual([["n1", "2026-11-22T14:13:49.000Z"]]);
    expect(readNodesStartedAt(bad("Node n9 not found")).ok).toBe(false);
  });
});
