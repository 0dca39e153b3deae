// One member as a record of Slurm's shows it: the same shape from squeue, sacct and jobcomp.
import type { SlurmState } from "./job-state.ts";

export type JobRow = {
  /** Slurm's id of the job or array. */
  id: string;
  /** Array index; undefined for a plain job. */
  index: number | undefined;
  uid: number;
  state: SlurmState;
  /** Of the batch script; undefined where this record does not tell. */
  exitCode?: number;
  signal?: number;
  /** Whether it was ever given nodes; undefined where this record does not tell. */
  placed?: boolean;
  /** The uid that cancelled it; undefined where this record does not tell. */
  cancelledBy?: number;
  /** ISO 8601. */
  startedAt?: string;
  endedAt?: string;
};

/** "3:0" as exit code and signal; undefined for anything else. */
export function readExit(text: string): { exitCode: number; signal: number } | undefined {
  const parts = /^(\d{1,3}):(\d{1,3})$/.exec(text);
  return parts === null ? undefined : { exitCode: Number(parts[1]), signal: Number(parts[2]) };
}

/** The kernel's wait status (768) as exit code and signal. */
export function readWaitStatus(text: string): { exitCode: number; signal: number } | undefined {
  if (!/^\d{1,6}$/.test(text)) return undefined;
  const status = Number(text);
  return { exitCode: (status >> 8) & 0xff, signal: status & 0x7f };
}

/** "2026-11-22T03:04:31" of a command that was run with TZ=UTC, or in the machine's own zone, as ISO 8601. */
export function readTime(text: string, zone: "utc" | "local"): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined;
  const date = new Date(zone === "utc" ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? undefined : date.toISOString();
}
