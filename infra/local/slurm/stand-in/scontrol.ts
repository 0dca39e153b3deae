// scontrol ping and show, sinfo, sacct: what the stand-in says of itself and of one job.

import { isSelected, selectJob } from "./job-selection.ts";
import { listMembers, type Member } from "./job-store.ts";
import { printable } from "./jobcomp.ts";
import { expandName } from "./launch.ts";
import { type OptionTable, parseOptions, Refusal } from "./options.ts";
import {
  folders,
  imitatedVersion,
  killWaitSeconds,
  maxArraySize,
  minJobAgeSeconds,
  type Partition,
  partitions,
  type Settings,
} from "./settings.ts";
import { formatInstant, formatLongSpan, formatSpan } from "./times.ts";

/** ping; show config; show partition [NAME]; show job ID. */
export function scontrol(dir: string, settings: Settings, args: string[]): string {
  const { options, words } = parseOptions("scontrol", args, { oneliner: "flag" }, { o: "oneliner" });
  const [verb, what, which, ...more] = words;
  const join = options.has("oneliner") ? " " : "\n   ";
  if (verb === "ping" && what === undefined) return `Slurmctld(primary) at ${settings.node} is UP\n`;
  if (verb === "show" && what === "config" && which === undefined) return showConfig(dir, settings);
  if (verb === "show" && (what === "partition" || what === "partitions") && more.length === 0)
    return showPartitions(settings, which, join);
  if (verb === "show" && (what === "job" || what === "jobs") && which !== undefined && more.length === 0)
    return showJob(dir, settings, which, join);
  throw new Refusal(
    `scontrol: the stand-in understands ping, show config, show partition [NAME] and show job ID, not "${words.join(" ")}"`,
  );
}

const sinfoOptions: OptionTable = { noheader: "flag", exact: "flag", format: "value" };

/** One line a partition. */
export function sinfo(settings: Settings, args: string[]): string {
  const { options, words } = parseOptions("sinfo", args, sinfoOptions, { h: "noheader", e: "exact", o: "format" });
  if (words.length > 0) throw new Refusal(`sinfo: error: Unrecognized option: ${words[0]}`);
  const format = options.get("format") ?? "%P|%a|%l|%D|%c|%m|%T|%G";
  const titles: Record<string, string> = {
    P: "PARTITION",
    R: "PARTITION",
    a: "AVAIL",
    l: "TIMELIMIT",
    D: "NODES",
    c: "CPUS",
    m: "MEMORY",
    T: "STATE",
    G: "GRES",
    N: "NODELIST",
  };
  const rows: Record<string, string>[] = partitions.map((partition) => ({
    P: `${partition.name}${partition.isDefault ? "*" : ""}`,
    R: partition.name,
    a: "up",
    l: formatSpan(partition.maxSeconds),
    D: "1",
    c: String(settings.cpus),
    m: String(settings.memoryMb),
    T: "idle",
    G: "(null)",
    N: settings.node,
  }));
  const lines = options.has("noheader") ? rows : [titles, ...rows];
  return lines.map((row) => `${format.replaceAll(/%(.)/g, (_, letter: string) => sinfoField(row, letter))}\n`).join("");
}

function sinfoField(row: Record<string, string>, letter: string): string {
  const value = Object.hasOwn(row, letter) ? row[letter] : undefined;
  if (value === undefined)
    throw new Refusal(`sinfo: error: unknown field %${letter}: the stand-in understands ${Object.keys(row).join(" ")}`);
  return value;
}

/** What sacct says where no slurmdbd keeps accounts. */
export function sacct(): never {
  throw new Refusal("Slurm accounting storage is disabled");
}

function showConfig(dir: string, settings: Settings): string {
  const values = {
    AccountingStorageType: "accounting_storage/none",
    ClusterName: settings.clusterName,
    JobCompLoc: folders.jobcomp(dir),
    JobCompType: "jobcomp/filetxt",
    KillWait: `${killWaitSeconds} sec`,
    MaxArraySize: maxArraySize,
    MinJobAge: `${minJobAgeSeconds} sec`,
    SLURM_VERSION: imitatedVersion,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key.padEnd(23)} = ${value}`);
  return [`Configuration data as of ${formatInstant(Date.now())}`, ...lines, ""].join("\n");
}

function showPartitions(settings: Settings, name: string | undefined, join: string): string {
  const wanted = partitions.filter((partition) => name === undefined || partition.name === name);
  if (wanted.length === 0) throw new Refusal(`Partition ${name} not found`, 1, "stdout"); // where Slurm, too, says it
  return wanted
    .map((partition) => `${describePartition(settings, partition).join(join)}\n`)
    .join(join === " " ? "" : "\n");
}

function describePartition(settings: Settings, partition: Partition): string[] {
  return [
    `PartitionName=${partition.name}`,
    "AllowGroups=ALL AllowAccounts=ALL AllowQos=ALL",
    `AllocNodes=ALL Default=${partition.isDefault ? "YES" : "NO"} QoS=N/A`,
    `DefaultTime=${formatLongSpan(partition.defaultSeconds)} DisableRootJobs=NO ExclusiveUser=NO GraceTime=0 Hidden=NO`,
    `MaxNodes=UNLIMITED MaxTime=${formatLongSpan(partition.maxSeconds)} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED`,
    `Nodes=${settings.node}`,
    "PriorityJobFactor=1 PriorityTier=1 RootOnly=NO ReqResv=NO OverSubscribe=NO",
    "OverTimeLimit=NONE PreemptMode=OFF",
    `State=UP TotalCPUs=${settings.cpus} TotalNodes=1 SelectTypeParameters=NONE`,
    "JobDefaults=(null)",
    "DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED",
    `TRES=cpu=${settings.cpus},mem=${settings.memoryMb}M,node=1,billing=${settings.cpus}`,
  ];
}

function showJob(dir: string, settings: Settings, word: string, join: string): string {
  const selection = selectJob(dir, word);
  if (selection === undefined || selection === "absent")
    throw new Refusal("slurm_load_jobs error: Invalid job id specified");
  const members = listMembers(dir, Date.now(), new Set([selection.job.id])).filter((member) =>
    isSelected(selection, member),
  );
  if (members.length === 0) throw new Refusal(`Job ${word} not found`);
  return members.map((member) => `${describeJob(settings, member).join(join)}\n`).join(join === " " ? "" : "\n");
}

function describeJob(settings: Settings, member: Member): string[] {
  const { job } = member;
  const instant = (ms: number | undefined) => (ms === undefined ? "Unknown" : formatInstant(ms));
  const ran = member.startMs === undefined ? 0 : ((member.endMs ?? Date.now()) - member.startMs) / 1000;
  const file = (pattern: string) => printable(expandName(pattern, member, settings));
  const array = member.index === undefined ? "" : `ArrayJobId=${job.id} ArrayTaskId=${member.index} `;
  return [
    `JobId=${member.neverBegan ? job.id : member.rawId} ${array}JobName=${printable(job.name)}`,
    `UserId=${settings.user}(${settings.uid}) GroupId=${settings.group}(${settings.gid}) MCS_label=N/A`,
    `JobState=${member.state} Reason=${member.reason} Dependency=(null)`,
    `Requeue=0 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=${member.exit}:${member.signal}`,
    `RunTime=${formatLongSpan(member.neverBegan ? 0 : ran)} TimeLimit=${formatLongSpan(job.timeSeconds)} TimeMin=N/A`,
    `SubmitTime=${formatInstant(job.submittedMs)} EligibleTime=${formatInstant(job.submittedMs)}`,
    `StartTime=${instant(member.startMs)} EndTime=${instant(member.endMs)} Deadline=N/A`,
    `Partition=${job.partition} NodeList=${member.neverBegan ? "(null)" : settings.node}`,
    `NumNodes=1 NumCPUs=${job.cpus} NumTasks=${job.tasks} CPUs/Task=${job.cpusPerTask ?? 1}`,
    `TRES=cpu=${job.cpus},mem=${job.memoryMb}M,node=1,billing=${job.cpus}`,
    `WorkDir=${printable(job.chdir)}`,
    `StdErr=${file(job.error)} StdIn=${file(job.input)} StdOut=${file(job.output)}`,
  ];
}
