// Which statements a run has used: one NDJSON file, a line on the first use of each, then counts now and then.
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import type { UsageEntry } from "./judge.ts";

/** A line of a usage file: `count` uses more of the same; lines of one key are added up by the reader. */
export type UsageLine = UsageEntry & { count: number };
export type Usage = {
  record: (entry: UsageEntry) => void;
  /** Writes the counts that are not in the file yet. */
  flush(): void;
  close(): void;
};

const flushMs = 2000;

/** Ids, hashes and hours in the last part of an ARN give way to a word, so that alike calls count as one. */
export function normalise(resource: string): string {
  const at = resource.startsWith("arn:") ? resource.split(":", 5).join(":").length : 0;
  const own = resource
    .slice(at)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<uuid>")
    .replace(/(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{26}(?![0-9A-Za-z])/g, "<ulid>")
    .replace(/(?<![0-9A-Za-z])[0-9a-f]{32,}(?![0-9A-Za-z])/g, "<hash>")
    .replace(/\d{4}-?\d\d-?\d\d(T\d\d(:?\d\d)*Z?)?/g, "<time>")
    .replace(/(?<=\/)\d+(?=\/|$)/g, "<n>");
  return resource.slice(0, at) + own;
}

/** The key under which uses are counted together. */
function usageKey({ principal, role, action, resource, allowed, statement }: UsageEntry): string {
  return JSON.stringify([principal, role, action, normalise(resource), allowed, statement?.policy, statement?.index]);
}

/** Cuts off a last line that kill -9 left without its end. */
function mend(file: string): void {
  if (!existsSync(file)) return;
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf("\n") + 1;
  if (end < bytes.length) truncateSync(file, end);
}

/** Appends to `file`. A first use is on disk before the call goes on, so that kill -9 loses no use, only counts. */
export function openUsage({ file }: { file: string }): Usage {
  mkdirSync(dirname(file), { recursive: true });
  mend(file);
  const seen = new Set<string>();
  const more = new Map<string, UsageLine>();
  let timer: NodeJS.Timeout | undefined;
  const append = (lines: UsageLine[]) =>
    appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (more.size === 0) return;
    append([...more.values()]);
    more.clear();
  }

  function record(entry: UsageEntry): void {
    const key = usageKey(entry);
    const line = { ...entry, resource: normalise(entry.resource), count: 1 };
    if (!seen.has(key)) {
      seen.add(key);
      append([line]);
      return;
    }
    const counted = more.get(key);
    if (counted) counted.count++;
    else more.set(key, line);
    timer ??= setTimeout(flush, flushMs).unref();
  }

  return { record, flush, close: flush };
}
