// The account's side of collecting: measure a member's results, then stream them, as the person and with the person's rights.
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { SafeFolder, TooMany } from "./safe-folder.ts";
import { type Found, oddity, reasonOf, walk } from "./walk.ts";

export type Limits = { bytes: number; files: number };
export type Input = { name: string; size: number; sha256: string };
export type Wanted = { folder: string; member: number; limits: Limits; inputs: Input[] };

/** How much there is, or why it is too much. */
export type Measure = { bytes: number; files: number } | { over: string } | { gone: string };

/** What streaming says; data goes with its bytes. Root believes none of it unchecked. */
export type Said =
  | { event: "file"; path: string; role: "result" | "stdout" | "stderr"; size: number }
  | { event: "data"; bytes: Buffer }
  | { event: "end" }
  | { event: "bad"; why: string }
  | { event: "skip"; path: string; role: "result" | "stdout" | "stderr"; why: string }
  | { event: "over"; why: string };

const chunkBytes = 256 * 1024;
const logs = ["stdout", "stderr"] as const;

/** Adds up sizes without opening a file: a sparse file counts as what it would be read as. */
export async function measure(wanted: Wanted): Promise<Measure> {
  const opened = await openMember(wanted);
  if ("gone" in opened) return opened;
  const inputs = new Map(wanted.inputs.map((input) => [input.name, input.size]));
  const sum = { bytes: 0, files: 0 };
  try {
    for (const name of logs) {
      const stats = await opened.member.look(name).catch(() => undefined);
      if (stats?.isFile()) add(sum, Number(stats.size));
    }
    for await (const found of walkWork(opened, wanted)) {
      if (found.kind !== "file") continue;
      // an input of its old size is most likely unchanged, and then no result
      if (inputs.get(found.path) !== Number(found.stats.size)) add(sum, Number(found.stats.size));
      if (sum.files > wanted.limits.files) return { over: `more than ${wanted.limits.files} files` };
    }
    return sum;
  } catch (error) {
    if (error instanceof TooMany) return { over: `more than ${wanted.limits.files} files` };
    throw error;
  } finally {
    await close(opened);
  }
}

/** Streams what `measure` counted, one file after another. */
export async function* collect(wanted: Wanted): AsyncGenerator<Said> {
  const opened = await openMember(wanted);
  if ("gone" in opened) throw new Error(opened.gone);
  const inputs = new Map(wanted.inputs.map((input) => [input.name, input]));
  try {
    for (const name of logs) {
      const stats = await opened.member.look(name).catch(() => undefined);
      if (stats === undefined) continue;
      const why = oddity(stats);
      if (why !== undefined) yield { event: "skip", path: name, role: name, why };
      else yield* readFile({ kind: "file", path: name, folder: opened.member, name, stats }, name, undefined);
    }
    for await (const found of walkWork(opened, wanted)) {
      if (found.kind === "skip") yield { event: "skip", path: found.path, role: "result", why: found.why };
      else yield* readFile(found, "result", inputs.get(found.path));
    }
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    yield { event: "over", why: `more than ${wanted.limits.files} files` };
  } finally {
    await close(opened);
  }
}

type FoundFile = Extract<Found, { kind: "file" }>;

async function* readFile(
  found: FoundFile,
  role: "result" | "stdout" | "stderr",
  input: Input | undefined,
): AsyncGenerator<Said> {
  const { path } = found;
  let file: FileHandle;
  try {
    file = await found.folder.read(found.name);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT") yield { event: "skip", path, role, why: reasonOf(error as NodeJS.ErrnoException) };
    return;
  }
  try {
    const before = await file.stat({ bigint: true });
    const why = oddity(before);
    const swapped = before.ino !== found.stats.ino || before.dev !== found.stats.dev;
    if (why !== undefined || swapped) {
      yield { event: "skip", path, role, why: why ?? "changed while read" };
      return;
    }
    const size = Number(before.size);
    if (input !== undefined && input.size === size && (await digest(file, size)) === input.sha256) return;
    yield { event: "file", path, role, size };
    let done = 0;
    while (done < size) {
      const bytes = Buffer.allocUnsafe(Math.min(chunkBytes, size - done));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, done);
      if (bytesRead === 0) break;
      done += bytesRead;
      yield { event: "data", bytes: bytes.subarray(0, bytesRead) };
    }
    const after = await file.stat({ bigint: true });
    const same = after.size === before.size && after.mtimeNs === before.mtimeNs && after.nlink === 1n;
    if (done === size && same) yield { event: "end" };
    else yield { event: "bad", why: after.nlink === 1n ? "changed while read" : "hard link" };
  } finally {
    await file.close();
  }
}

async function digest(file: FileHandle, size: number): Promise<string> {
  const hash = createHash("sha256");
  const bytes = Buffer.allocUnsafe(chunkBytes);
  for (let done = 0; done < size; ) {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, done);
    if (bytesRead === 0) break;
    hash.update(bytes.subarray(0, bytesRead));
    done += bytesRead;
  }
  return hash.digest("hex");
}

/** `work` is a reason where it cannot be opened: a job may do with it as it likes, and its logs lie beside it. */
type Opened = { group: SafeFolder; members: SafeFolder; member: SafeFolder; work: SafeFolder | { gone: string } };

async function openMember(wanted: Wanted): Promise<Opened | { gone: string }> {
  const chain: SafeFolder[] = [];
  try {
    const group = await SafeFolder.open(wanted.folder);
    chain.push(group);
    const members = await group.sub("members");
    chain.push(members);
    const member = await members.sub(String(wanted.member));
    chain.push(member);
    const work = await member.sub("work").catch((error: NodeJS.ErrnoException) => goneBy(error));
    return { group, members, member, work };
  } catch (error) {
    await Promise.all(chain.map((folder) => folder.close()));
    return goneBy(error as NodeJS.ErrnoException);
  }
}

/** Why a folder could not be opened. Throws what is no fault of the folder's. */
function goneBy(error: NodeJS.ErrnoException): { gone: string } {
  const { code } = error;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "EACCES")
    return { gone: `the job's folder is gone or no folder any more (${code})` };
  throw error;
}

async function* walkWork({ work }: Opened, { limits }: Wanted): AsyncGenerator<Found> {
  if ("gone" in work) yield { kind: "skip", path: "work", why: work.gone };
  else yield* walk(work, budgetOf(limits));
}

async function close({ work, member, members, group }: Opened): Promise<void> {
  for (const folder of ["gone" in work ? undefined : work, member, members, group]) await folder?.close();
}

/** More entries than files: links and folders are not counted as files, but somebody has to look at them. */
const budgetOf = (limits: Limits) => ({ entries: 2 * limits.files + 10_000 });

function add(sum: { bytes: number; files: number }, size: number): void {
  sum.files += 1;
  sum.bytes += size;
}
