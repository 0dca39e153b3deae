// The head node's own log: ids and words, never a secret, never more than two files.
import { appendFileSync, renameSync, statSync } from "node:fs";

export type Log = (event: string, facts?: Record<string, string | number | undefined>) => void;

const mostBytes = 4 * 1024 * 1024;

/** Lines go to the file; a full one becomes `<file>.1`. */
export function openLog(path: string, who: string): Log {
  return (event, facts = {}) => {
    const words = Object.entries(facts).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${JSON.stringify(value)}`],
    );
    const line = `${new Date().toISOString()} ${who}[${process.pid}] ${[event, ...words].join(" ")}`;
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes) renameSync(path, `${path}.1`);
      appendFileSync(path, `${withoutSecrets(line).slice(0, 4_000)}\n`, { mode: 0o600 });
    } catch {
      // a full disk must not end a submission
    }
  };
}

/** A signed address carries its right in the query. */
const withoutSecrets = (line: string): string => line.replaceAll(/(https?:\/\/[^\s"?]+)\?[^\s"]*/g, "$1?…");
