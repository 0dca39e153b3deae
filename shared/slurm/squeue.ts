// squeue: what waits, runs and has just ended. Names are a filter only: a job's name may hold whole forged lines.
import { type Answer, type Reading, refusalOf } from "./command.ts";
import { type JobRow, readTime, readWaitStatus } from "./job-row.ts";
import { meanings, readState } from "./job-state.ts";

export type SqueueQuestion = {
  /** Jobs of exactly these names; ours, without commas. */
  names: readonly string[];
  uids: readonly number[];
  /** The stand-in knows only the short format, which tells no exit code. */
  short?: boolean;
};

/** All members, one a line, of the named jobs; run with TZ=UTC. */
export function squeueArgv(question: SqueueQuestion): string[] {
  const filter = [`--name=${question.names.join(",")}`, `--user=${[...new Set(question.uids)].join(",")}`];
  const common = ["-h", "-r", "-t", "all", ...filter];
  if (question.short === true) return [...common, "-o", "%F|%K|%U|%T|%S|%e|"];
  return [
    "-a",
    ...common,
    "-O",
    "ArrayJobID:|,ArrayTaskID:|,UserID:|,State:|,StartTime:|,EndTime:|,exit_code:|,BatchHost:|",
  ];
}

const line =
  /^(\d{1,12})\|(\d{1,9}|N\/A)\|(\d{1,10})\|([A-Z_]+)\|([^|\n]{0,40})\|([^|\n]{0,40})\|(?:(\d{0,6})\|([A-Za-z0-9._/-]{0,255})\|)?$/;

/** Reads the answer. A line that is not exactly of our format fails the whole: half an answer is no answer. */
export function readSqueue(answer: Answer): Reading<JobRow[]> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const rows: JobRow[] = [];
  for (const text of answer.stdout.split("\n")) {
    const trimmed = text.trim();
    if (trimmed === "") continue;
    const row = readLine(trimmed);
    if (row === undefined)
      return { ok: false, words: `squeue printed a line of another form: ${trimmed.slice(0, 120)}` };
    rows.push(row);
  }
  return { ok: true, value: rows };
}

function readLine(text: string): JobRow | undefined {
  const [, id, index, uid, words = "", start = "", end = "", status = "", host] = line.exec(text) ?? [];
  const state = readState(words);
  if (id === undefined || uid === undefined || state === undefined) return undefined;
  const { phase } = meanings[state];
  const startedAt = phase === "queued" ? undefined : readTime(start, "utc");
  const endedAt = phase === "ended" ? readTime(end, "utc") : undefined;
  return {
    id,
    index: index === "N/A" ? undefined : Number(index),
    uid: Number(uid),
    state,
    ...(phase === "ended" ? readWaitStatus(status) : undefined),
    ...(host === undefined ? {} : { placed: host !== "" && host !== "n/a" }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
