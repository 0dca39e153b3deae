// The ends of a member's logs and of its progress file, read as the person: regular files only, nothing followed, nothing waited for.

import { SafeFolder } from "./safe-folder.ts";
import { oddity } from "./walk.ts";

export type TailsWanted = {
  folder: string;
  member: number;
  /** How much of each log's end (bytes). */
  logBytes: number;
  /** A file below work, and how much of its end and of its beginning. */
  progress?: { path: string; endBytes: number; startBytes: number };
};

/** Bytes of a file, and where they begin. */
export type Piece = { from: number; bytes: Buffer };
type TailName = "stdout" | "stderr" | "progress" | "start";
export type Tails = Partial<Record<TailName, Piece>>;

/** What is there of them; a file that is no regular one, or cannot be read, is left out. */
export async function readTails({ folder, member, logBytes, progress }: TailsWanted): Promise<Tails> {
  const found: Tails = {};
  await within([folder, "members", String(member)], async (own) => {
    for (const name of ["stdout", "stderr"] as const) {
      const piece = await readEnd(own, name, logBytes);
      if (piece !== undefined) found[name] = piece;
    }
  });
  if (progress === undefined) return found;
  const parts = progress.path.split("/");
  const name = parts.pop() ?? "";
  await within([folder, "members", String(member), "work", ...parts], async (own) => {
    const piece = await readEnd(own, name, progress.endBytes);
    if (piece === undefined) return;
    found.progress = piece;
    const start = piece.from === 0 ? undefined : await readStart(own, name, progress.startBytes);
    if (start !== undefined) found.start = start;
  });
  return found;
}

/** Works in a folder that is reached from the group's own step by step, through no link; not at all where it is not there. */
export async function within([first = "", ...rest]: readonly string[], work: (folder: SafeFolder) => Promise<void>) {
  const chain: SafeFolder[] = [];
  try {
    let folder = await SafeFolder.open(first);
    chain.push(folder);
    for (const name of rest) {
      folder = await folder.sub(name);
      chain.push(folder);
    }
    await work(folder);
  } catch {
    // a job does with its folder what it likes: what cannot be read is not shown
  } finally {
    for (const folder of chain) await folder.close();
  }
}

/** The last `most` bytes of a file. */
export const readEnd = (folder: SafeFolder, name: string, most: number): Promise<Piece | undefined> =>
  readPiece(folder, name, most, (size) => Math.max(0, size - most));

const readStart = (folder: SafeFolder, name: string, most: number): Promise<Piece | undefined> =>
  readPiece(folder, name, most, () => 0);

async function readPiece(
  folder: SafeFolder,
  name: string,
  most: number,
  begin: (size: number) => number,
): Promise<Piece | undefined> {
  const file = await folder.read(name).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat({ bigint: true });
    if (oddity(stats) !== undefined) return undefined;
    const size = Number(stats.size);
    const from = begin(size);
    const bytes = Buffer.alloc(Math.min(most, size - from));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, from + done);
      if (bytesRead === 0) break; // it was cut meanwhile
      done += bytesRead;
    }
    return { from, bytes: bytes.subarray(0, done) };
  } finally {
    await file.close();
  }
}
