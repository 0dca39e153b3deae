// sacct: the record of slurmdbd, the strongest witness where there is one. Only columns that hold no free text.
import { type Answer, type Reading, refusalOf } from "./command.ts";
import { type JobRow, readExit, readTime } from "./job-row.ts";
import { meanings, readState } from "./job-state.ts";

export type SacctQuestion = {
  names: readonly string[];
  uids: readonly number[];
  /** Nothing that ended before it is looked for (ISO 8601). */
  since: string;
};

/** All members of the named jobs, one a line; run with TZ=UTC. */
export function sacctArgv(question: SacctQuestion): string[] {
  const since = new Date(question.since).toISOString().slice(0, 19);
  return [
    "-X",
    "-P",
    "-n",
    `--starttime=${since}`,
    `--name=${question.names.join(",")}`,
    `--uid=${[...new Set(question.uids)].join(",")}`,
    "--format=JobID,UID,State,ExitCode,Start,End,NodeList",
  ];
}

/** 12_[3-5]: all members of an array that have no line of their own. */
const line =
  /^(\d{1,12})(?:_(?:(\d{1,9})|\[[^|\]]{0,4000}\]?))?\|(\d{1,10})\|([A-Z_+]+(?: by \d+)?)\|(\d+:\d+)?\|([^|\n]{0,40})\|([^|\n]{0,40})\|([^|\n]*)$/;

/** "CANCELLED by 1001". */
function cancellerOf(words: string): { cancelledBy?: number } {
  const uid = / by (\d{1,10})$/.exec(words)?.[1];
  return uid === undefined ? {} : { cancelledBy: Number(uid) };
}

/** Reads the answer. Of several runs of a member (a requeued one) the last stands. */
export function readSacct(answer: Answer): Reading<JobRow[]> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const rows: JobRow[] = [];
  for (const text of answer.stdout.split("\n")) {
    if (text === "") continue;
    const [, id, index, uid, words = "", exit = "", start = "", end = "", nodes] = line.exec(text) ?? [];
    const state = readState(words);
    if (id === undefined || uid === undefined || state === undefined)
      return { ok: false, words: `sacct printed a line of another form: ${text.slice(0, 120)}` };
    const isRest = /^\d+_\[/.test(text);
    const hasEnded = meanings[state].phase === "ended";
    if (isRest && !hasEnded) continue; // they wait, and squeue knows them
    const startedAt = readTime(start, "utc");
    const endedAt = hasEnded ? readTime(end, "utc") : undefined;
    rows.push({
      id,
      index: index === undefined ? undefined : Number(index),
      uid: Number(uid),
      state,
      ...(hasEnded ? readExit(exit) : undefined),
      ...cancellerOf(words),
      placed: nodes !== "" && nodes !== "None assigned",
      ...(startedAt === undefined ? {} : { startedAt }),
      ...(endedAt === undefined ? {} : { endedAt }),
    });
  }
  return { ok: true, value: rows };
}
