// The slurm.conf of a private cluster: several slurmd on one host, tuned to react at once.
import { existsSync } from "node:fs";

/** How a job is held to the memory that it asked for. */
export type MemoryLimits = "watched" | "cgroup";

/** Whether this machine can hold jobs to their memory by cgroup v1: root alone, and where that hierarchy is mounted. */
export const hasMemoryCgroup = (): boolean =>
  process.getuid?.() === 0 && existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes");

type SlurmConf = {
  clusterName: string;
  host: string;
  home: string;
  sockets: string;
  mungeSocket: string;
  slurmUser: string;
  slurmdUser: string;
  controllerPort: number;
  nodePorts: number[];
  cpus: number;
  memoryMb: number;
  accounting: "filetxt" | "none" | "dbd";
  memory: MemoryLimits;
  databasePort?: number;
  jobcomp: string;
  /** further lines; those of ours with the same key give way */
  lines: string[];
};

/** The text of slurm.conf. */
export function slurmConf(c: SlurmConf): string {
  const ours = [
    `ClusterName=${c.clusterName}`,
    `SlurmctldHost=${c.host}(127.0.0.1)`,
    `SlurmUser=${c.slurmUser}`,
    `SlurmdUser=${c.slurmdUser}`,
    "AuthType=auth/munge",
    `AuthInfo=socket=${c.mungeSocket}`,
    "CredType=cred/munge",
    `SlurmctldPort=${c.controllerPort}`,
    `SlurmctldPidFile=${c.home}/state/slurmctld.pid`,
    `SlurmctldLogFile=${c.home}/log/slurmctld.log`,
    "SlurmctldDebug=info",
    `StateSaveLocation=${c.home}/state`,
    `SlurmdPidFile=${c.home}/spool/slurmd.%n.pid`,
    `SlurmdLogFile=${c.home}/log/slurmd.%n.log`,
    `SlurmdSpoolDir=${c.sockets}/spool/%n`,
    "SlurmdDebug=error",
    ...memoryLines(c),
    "JobAcctGatherType=jobacct_gather/linux",
    "JobAcctGatherFrequency=task=1",
    "MpiDefault=none",
    "SwitchType=switch/none",
    "LaunchParameters=disable_send_gids",
    "PropagateResourceLimits=NONE",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU_Memory",
    "DefMemPerCPU=100",
    "SlurmdParameters=config_overrides",
    "ReturnToService=2",
    "EnforcePartLimits=ALL",
    "MaxArraySize=100001",
    "MaxJobCount=200000",
    "MinJobAge=300",
    "KillWait=2",
    "InactiveLimit=0",
    "SlurmdTimeout=10",
    "SlurmctldTimeout=30",
    "OverTimeLimit=0",
    "CompleteWait=0",
    "BatchStartTimeout=10",
    "MessageTimeout=30",
    "TCPTimeout=5",
    "JobRequeue=1",
    "SchedulerType=sched/backfill",
    `SchedulerParameters=${scheduler.join(",")}`,
    "PriorityType=priority/basic",
    // with an epilog each node reports the end of a job at once, and that starts the scheduler at once;
    // without one a freed CPU waits for the controller's 1 s loop (4 CPUs: 4 tasks/s without, 46 with)
    "Epilog=/bin/true",
    ...accountingLines(c),
    `NodeName=n[1-${c.nodePorts.length}] NodeAddr=127.0.0.1 Port=${c.nodePorts.join(",")} CPUs=${c.cpus} RealMemory=${c.memoryMb} State=UNKNOWN`,
    "PartitionName=debug Nodes=ALL Default=YES MaxTime=00:30:00 DefaultTime=00:05:00 State=UP",
    "PartitionName=long Nodes=ALL Default=NO MaxTime=7-00:00:00 DefaultTime=01:00:00 State=UP",
  ];
  const replaced = new Set(c.lines.map(keyOf));
  return `${[...ours.filter((line) => !replaced.has(keyOf(line))), ...c.lines].join("\n")}\n`;
}

function memoryLines({ memory, clusterName }: SlurmConf): string[] {
  if (memory === "cgroup")
    return [
      "ProctrackType=proctrack/cgroup",
      "TaskPlugin=task/cgroup",
      // the folders of cgroups are named for node, uid and job alone: clusters on one machine must not share ids
      `FirstJobId=${1 + (Number.parseInt(clusterName.slice(-5), 16) % 1_000) * 10_000}`,
    ];
  // no cgroups: nothing of the machine's is ours to configure
  return ["ProctrackType=proctrack/linuxproc", "TaskPlugin=task/none", "JobAcctGatherParams=OverMemoryKill"];
}

/** The text of cgroup.conf. */
export function cgroupConf(memory: MemoryLimits): string {
  // cgroup/v1 with linuxproc and task/none touches no cgroup; 22.05 has no way to say "none", v2 would need systemd
  const lines = ["CgroupPlugin=cgroup/v1", "CgroupAutomount=no"];
  if (memory === "cgroup") lines.push("ConstrainRAMSpace=yes");
  return `${lines.join("\n")}\n`;
}

const scheduler = [
  "batch_sched_delay=0",
  "sched_min_interval=10000",
  "sched_interval=2",
  "default_queue_depth=2000",
  "max_sched_time=2",
  "partition_job_depth=0",
  "bf_interval=5",
  "bf_max_job_test=2000",
  "bf_resolution=60",
  "bf_continue",
  "bf_max_time=4",
  "max_rpc_cnt=0",
];

/** The value of a key in a slurm.conf text, or undefined. Keys are case-insensitive, the last line wins. */
export function confValue(text: string, key: string): string | undefined {
  const line = text.split("\n").findLast((candidate) => keyOf(candidate) === key.toLowerCase());
  return line?.slice(line.indexOf("=") + 1).trim();
}

function keyOf(line: string): string {
  return line
    .slice(0, Math.max(0, line.indexOf("=")))
    .trim()
    .toLowerCase();
}

function accountingLines(c: SlurmConf): string[] {
  if (c.accounting === "dbd")
    return [
      "AccountingStorageType=accounting_storage/slurmdbd",
      "AccountingStorageHost=127.0.0.1",
      `AccountingStoragePort=${c.databasePort}`,
      `AccountingStoragePass=${c.mungeSocket}`, // with munge the "password" is the socket's path
      "AccountingStoreFlags=job_comment",
      "JobCompType=jobcomp/none",
    ];
  const storage = "AccountingStorageType=accounting_storage/none";
  if (c.accounting === "none") return [storage, "JobCompType=jobcomp/none"];
  return [storage, "JobCompType=jobcomp/filetxt", `JobCompLoc=${c.jobcomp}`];
}
