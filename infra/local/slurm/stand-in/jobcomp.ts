// The record of ended members, in the words of Slurm's jobcomp/filetxt plugin.
import type { Member } from "./job-store.ts";
import type { Settings } from "./settings.ts";
import { formatInstant } from "./times.ts";

/**
 * One line, with its line end. A waiting array that was cancelled as a whole is one line without its indices, as in Slurm.
 * Slurm writes a name as it stands, a newline too; the stand-in shows control characters as "?".
 */
export function jobcompLine(settings: Settings, member: Member): string {
  const { job } = member;
  const memory = `${job.memoryMb}M`;
  const nodes = member.neverBegan
    ? "NodeList=(null) NodeCnt=0 ProcCnt=0"
    : `NodeList=${settings.node} NodeCnt=1 ProcCnt=${job.cpus}`;
  const submit = formatInstant(job.submittedMs);
  const array =
    member.index === undefined || member.neverBegan ? "" : `ArrayJobId=${job.id} ArrayTaskId=${member.index} `;
  return (
    `JobId=${member.neverBegan ? job.id : member.rawId} UserId=${settings.user}(${settings.uid}) GroupId=${settings.group}(${settings.gid}) ` +
    `Name=${printable(job.name)} JobState=${member.state} Partition=${job.partition} TimeLimit=${Math.ceil(job.timeSeconds / 60)} ` +
    `StartTime=${formatInstant(member.startMs ?? 0)} EndTime=${formatInstant(member.endMs ?? 0)} ${nodes} ` +
    `WorkDir=${printable(job.chdir)} ReservationName= ` +
    `Tres=cpu=${job.cpus},mem=${memory},node=1,billing=${job.cpus} Account=${printable(job.account)} QOS= WcKey= Cluster=unknown ` +
    `SubmitTime=${submit} EligibleTime=${job.held ? "unknown" : submit} ${array}DerivedExitCode=0:0 ` +
    `ExitCode=${member.exit}:${member.signal} \n`
  );
}

/** Text that cannot begin a line of its own. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "?");
}
