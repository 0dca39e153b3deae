// Walking a member's results: regular files to be read, and everything else named with why it is left where it is.
import type { BigIntStats } from "node:fs";
import { SafeFolder, TooMany } from "./safe-folder.ts";

const deepest = 64;
const longestPath = 4_096;

export type Found =
  | { kind: "file"; path: string; folder: SafeFolder; name: string; stats: BigIntStats }
  | { kind: "skip"; path: string; why: string };

/** What an entry that is no regular file of its own is called; undefined for one that may be read. */
export function oddity(stats: BigIntStats): string | undefined {
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return "device";
  if (!stats.isFile()) return "not a regular file";
  return stats.nlink > 1n ? "hard link" : undefined;
}

/** Everything below a folder. `budget` is counted down with each entry: a walk that exhausts it throws TooMany. */
export async function* walk(
  folder: SafeFolder,
  budget: { entries: number },
  prefix = "",
  depth = 0,
): AsyncGenerator<Found> {
  for (const { name, utf8 } of await folder.list(budget.entries)) {
    if (--budget.entries < 0) throw new TooMany();
    const path = `${prefix}${name}`;
    if (!utf8) {
      yield { kind: "skip", path, why: "name is not UTF-8" };
      continue;
    }
    if (Buffer.byteLength(path) > longestPath) {
      yield { kind: "skip", path: `${path.slice(0, 200)}…`, why: "path is too long" };
      continue;
    }
    const stats = await folder.look(name).catch(vanished);
    if (stats === undefined) continue;
    if (!stats.isDirectory()) {
      const why = oddity(stats);
      yield why === undefined ? { kind: "file", path, folder, name, stats } : { kind: "skip", path, why };
      continue;
    }
    if (depth >= deepest) {
      yield { kind: "skip", path, why: `deeper than ${deepest} folders` };
      continue;
    }
    const below = await folder.sub(name).catch((error: NodeJS.ErrnoException) => error);
    if (!(below instanceof SafeFolder)) {
      if (below.code !== "ENOENT") yield { kind: "skip", path, why: reasonOf(below) };
      continue;
    }
    try {
      yield* walk(below, budget, `${path}/`, depth + 1);
    } finally {
      await below.close();
    }
  }
}

/** Words for what the system answered to an open. */
export function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === "ELOOP" || error.code === "ENOTDIR") return "changed while read";
  if (error.code === "EACCES" || error.code === "EPERM") return "not readable";
  return `not readable (${error.code ?? error.message})`;
}

const vanished = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ENOENT") throw error;
};
