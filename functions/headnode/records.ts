// Asking every record of Slurm's that the cluster keeps, once for all groups: squeue, and for what it does not know sacct and jobcomp.
import { createReadStream, statSync } from "node:fs";
import { createInterface } from "node:readline";
import type { SourcedRow } from "../../shared/slurm/evidence.ts";
import { type JobcompRow, readJobcompLine } from "../../shared/slurm/jobcomp.ts";
import type { Settings } from "./config.ts";
import type { Slurm } from "./slurm.ts";

/** A group as Slurm knows it. Only name and uid together identify. */
export type Wanted = { name: string; uid: number; since: string };

export type RecordsAnswer =
  | {
      ok: true;
      rows: SourcedRow[];
      /** Whether a record was asked that outlives MinJobAge. */
      lasting: boolean;
      minJobAgeSeconds: number;
    }
  | { ok: false; words: string };

type Context = { settings: Settings; slurm: Slurm };

/** Asks squeue, then sacct and jobcomp; where one of them fails the whole answer fails, since absent must mean asked. */
export async function askRecords(context: Context, wanted: readonly Wanted[]): Promise<RecordsAnswer> {
  const { slurm } = context;
  const names = wanted.map((group) => group.name);
  const uids = wanted.map((group) => group.uid);
  const [live, config] = await Promise.all([slurm.squeue({ names, uids }), slurm.config()]);
  if (!live.ok) return live;
  if (!config.ok) return config;
  const rows: SourcedRow[] = live.value.map((row) => ({ ...row, source: "squeue" }));
  const ended = await askLasting(context, wanted);
  if (!ended.ok) return ended;
  return {
    ok: true,
    rows: [...rows, ...ended.rows],
    lasting: ended.lasting,
    minJobAgeSeconds: config.value.minJobAgeSeconds ?? 300,
  };
}

/** Asks the records that keep what has ended, where the cluster has them. */
export async function askLasting(
  { settings, slurm }: Context,
  wanted: readonly Wanted[],
): Promise<{ ok: true; rows: SourcedRow[]; lasting: boolean } | { ok: false; words: string }> {
  const rows: SourcedRow[] = [];
  if (wanted.length === 0) return { ok: true, rows, lasting: settings.slurm.sacct };
  if (settings.slurm.sacct) {
    const earliest = Math.min(...wanted.map((group) => Date.parse(group.since))) - 3_600_000;
    const answer = await slurm.sacct({
      names: wanted.map((group) => group.name),
      uids: wanted.map((group) => group.uid),
      since: new Date(earliest).toISOString(),
    });
    if (!answer.ok) return answer;
    rows.push(...answer.value.map((row) => ({ ...row, source: "sacct" as const })));
  }
  if (settings.slurm.jobcomp !== undefined) {
    const answer = await readJobcomp(settings.slurm.jobcomp, wanted);
    if (!answer.ok) return answer;
    rows.push(...answer.rows.map(({ name: _, ...row }) => ({ ...row, source: "jobcomp" as const })));
  }
  return { ok: true, rows, lasting: settings.slurm.sacct || settings.slurm.jobcomp !== undefined };
}

/** The file is read from the last `mostBytes`: what a watch asks for has just ended. */
const mostBytes = 256 * 1024 * 1024;

async function readJobcomp(
  path: string,
  wanted: readonly Wanted[],
): Promise<{ ok: true; rows: JobcompRow[] } | { ok: false; words: string }> {
  const uids = new Map(wanted.map((group) => [group.name, group.uid]));
  const rows: JobcompRow[] = [];
  try {
    const size = statSync(path).size;
    const lines = createInterface({
      input: createReadStream(path, { start: Math.max(0, size - mostBytes), end: size }),
    });
    for await (const line of lines) {
      if (!line.includes(" Name=headgate-")) continue;
      const row = readJobcompLine(line);
      if (row !== undefined && uids.get(row.name) === row.uid) rows.push(row);
    }
    return { ok: true, rows };
  } catch (error) {
    return { ok: false, words: `${path} cannot be read: ${error instanceof Error ? error.message : error}` };
  }
}
