// The file of jobcomp/filetxt: one line for each ended job or member.
import { type JobRow, readExit, readTime } from "./job-row.ts";
import { meanings, readState } from "./job-state.ts";

export type JobcompRow = JobRow & { name: string };

/*
 * Slurm writes a name and a folder as they stand. Fields have a fixed order, so each free text ends where the LAST
 * possible rest of the line begins (the greedy .*), and nothing inside it can imitate a field. What stands before the name
 * ends at its first bracket. A name with an end of line
 * can still hold a whole forged line; so rows are matched by our unguessable name and uid, and a row of this file is asked
 * only for a member that squeue, asked in the same round, no longer knows.
 */
const line =
  /^JobId=(\d{1,12}) UserId=[^(]*\((\d{1,10})\) GroupId=[^(]*\(\d+\) Name=(.*) JobState=([A-Z_]+) Partition=.* TimeLimit=\S+ StartTime=(\S+) EndTime=(\S+) NodeList=(.*) NodeCnt=\d+ ProcCnt=\d+ WorkDir=.* ReservationName=.* Tres=.* SubmitTime=\S+ EligibleTime=\S+ (?:ArrayJobId=(\d+) ArrayTaskId=(\d+) )?.*DerivedExitCode=\d+:\d+ ExitCode=(\d+:\d+) ?$/;

/** The row in one line of the file; undefined for any other text, and for a line that tells of no end (a requeue). */
export function readJobcompLine(text: string): JobcompRow | undefined {
  const [, raw, uid, name, words = "", start = "", end = "", nodes, array, task, exit = ""] = line.exec(text) ?? [];
  const state = readState(words);
  if (raw === undefined || uid === undefined || name === undefined || state === undefined) return undefined;
  if (meanings[state].phase !== "ended") return undefined;
  const startedAt = readTime(start, "local");
  const endedAt = readTime(end, "local");
  return {
    id: array ?? raw,
    index: task === undefined ? undefined : Number(task),
    uid: Number(uid),
    name,
    state,
    ...readExit(exit),
    placed: nodes !== "" && nodes !== "(null)",
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
