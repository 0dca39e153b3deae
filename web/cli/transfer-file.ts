// One result file onto this machine's disk: whole and checked, or not at all under its name.
import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { type FileHandle, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { JobFile } from "../../shared/contract/job.ts";
import type { ClientOptions } from "../client/client-options.ts";
import { ChecksumError, openRange } from "../client/download.ts";
import { ProblemError } from "../client/problem-error.ts";
import { isPassing, sleep } from "../client/retry.ts";
import { CliError } from "./cli-error.ts";
import type { Progress } from "./progress.ts";
import { jsonWords, nameWords } from "./words.ts";

export type Transferred = "fetched" | "resumed" | "was there";

/** So many cuts in a row, without one byte between them, before it is given up. */
const patience = 5;

/**
 * Where a file of a job goes below a folder. The name comes from the cluster and may be anything: one that is absolute,
 * leads out of the folder or passes through a link there is refused with a CliError.
 */
export async function placeBelow(folder: string, name: string): Promise<string> {
  const accepted = resultNameFault(name);
  if (accepted) throw new CliError("results", `a result is called ${jsonWords(name)}; accepted is ${accepted}`);
  let at = path.resolve(folder);
  const parts = name.split("/");
  for (const [depth, part] of parts.entries()) {
    at = path.join(at, part);
    const stats = await lstat(at).catch(() => undefined);
    const last = depth === parts.length - 1;
    if (!stats || (last ? stats.isFile() : stats.isDirectory())) continue;
    const what = stats.isSymbolicLink() ? "a link" : last ? "no file" : "no folder";
    throw new CliError(
      "results",
      `${nameWords(name)} has no place: ${nameWords(at)} is ${what} and stays as it is; remove it, or choose another folder`,
    );
  }
  return at;
}

/** Why no file can have this name below a folder; anything else that a cluster's file system allows is fetched. */
function resultNameFault(name: string): string | undefined {
  if (name.includes("\0") || !name.isWellFormed()) return "a name in unicode without NUL";
  if (name.startsWith("/")) return "a relative name";
  const parts = name.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "a name without empty, . or .. parts";
  return parts.some((part) => Buffer.byteLength(part) > 255) ? "parts of at most 255 bytes each" : undefined;
}

/** What a file system says of a name that it cannot have, as it is or beside what is there. */
const nameCodes = new Set(["ENAMETOOLONG", "EILSEQ", "EINVAL", "EEXIST", "ENOTDIR", "EISDIR"]);

/** Why this one file cannot be had, where that says nothing of the others. */
export function ownFault(file: JobFile, error: unknown): string | undefined {
  if (error instanceof ChecksumError || (error instanceof CliError && error.kind === "results")) return error.message;
  const { code = "" } = error as NodeJS.ErrnoException;
  return nameCodes.has(code) ? `${nameWords(file.path)} cannot be written here: ${code}` : undefined;
}

/**
 * Fetches a file to `target`, going on where an earlier try was cut off; what is there and right stays. The bytes are
 * gathered beside it under a name that says which they are to be, and get their own name when their SHA-256 is right.
 */
export async function transferFile(
  file: JobFile,
  target: string,
  client: ClientOptions,
  bar: Progress,
): Promise<Transferred> {
  if ((await sizeOf(target)) === file.size && (await sha256Of(target)) === file.sha256) {
    bar.add(file.size);
    return "was there";
  }
  await mkdir(path.dirname(target), { recursive: true });
  // of path and content: beside it may be another file of the same bytes
  const mark = createHash("sha256").update(`${file.sha256} ${file.path}`).digest("hex").slice(0, 32);
  const part = path.join(path.dirname(target), `.headgate-${mark}.part`);
  const before = await sizeOf(part);
  for (let fresh = before === undefined; ; fresh = true) {
    const actual = await gather(file, part, client, bar, fresh);
    if (actual === file.sha256) break;
    await rm(part, { force: true });
    bar.back(file.size);
    // what an earlier command left may have been damaged; what just came twice may not
    if (fresh) throw new ChecksumError(file.path, file.sha256, actual);
  }
  await rename(part, target);
  return before ? "resumed" : "fetched";
}

/** Brings the part to its full size; answers the SHA-256 of all of it. */
async function gather(
  file: JobFile,
  part: string,
  client: ClientOptions,
  bar: Progress,
  fresh: boolean,
): Promise<string> {
  // O_NOFOLLOW: a link of that name would let the bytes go elsewhere
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | (fresh ? constants.O_TRUNC : 0);
  const handle = await open(part, flags, 0o666);
  try {
    let have = (await handle.stat()).size;
    if (have > file.size) {
      await handle.truncate(0);
      have = 0;
    }
    bar.add(have);
    for (let cuts = 0; have < file.size; ) {
      const start = have;
      try {
        have = await append(file, handle, client, have, bar);
        cuts = have > start ? 0 : cuts + 1;
        if (have < file.size && cuts >= patience) throw cutOff(file, have);
      } catch (error) {
        const now = (await handle.stat()).size;
        cuts = now > start ? 1 : cuts + 1;
        have = now;
        if (error instanceof CliError || !(isPassing(error) || isCut(error))) throw error;
        if (cuts >= patience) throw error instanceof ProblemError ? error : cutOff(file, have, error);
        await sleep(300 * 2 ** cuts);
      }
    }
    await handle.sync();
    return await sha256Of(part);
  } finally {
    await handle.close();
  }
}

/** Writes what comes from byte `from` on behind what is there; answers how much there is then. */
async function append(
  file: JobFile,
  handle: FileHandle,
  client: ClientOptions,
  from: number,
  bar: Progress,
): Promise<number> {
  const { body, start } = await openRange(file, from, client);
  if (start < from) {
    // the whole is sent, whatever was asked for
    await handle.truncate(start);
    bar.back(from - start);
  }
  let at = start;
  for await (const chunk of body) {
    const bytes = at + chunk.length > file.size ? chunk.subarray(0, file.size - at) : chunk;
    await handle.write(bytes, 0, bytes.length, at);
    at += bytes.length;
    bar.add(bytes.length);
    if (at >= file.size) break;
  }
  return at;
}

/** A body that ends too early is told of as "terminated". */
const isCut = (error: unknown): boolean =>
  error instanceof Error &&
  /terminated|ECONNRESET|aborted|other side closed/.test(
    `${error.message} ${(error.cause as Error | undefined)?.message ?? ""}`,
  );

const cutOff = (file: JobFile, have: number, cause?: unknown): CliError =>
  new CliError(
    "unreachable",
    `${nameWords(file.path)} is cut off again and again, now at byte ${have} of ${file.size}; the same command goes on there`,
    { cause },
  );

async function sizeOf(file: string): Promise<number | undefined> {
  const stats = await lstat(file).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
