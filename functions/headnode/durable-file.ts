// Files of the spool that must be whole or absent after any crash.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** Writes by temporary file, fsync and rename: readers see the old or the new text, a crash leaves one of them. */
export function writeDurably(path: string, text: string | Uint8Array): void {
  const fresh = writeBeside(path, text);
  renameSync(fresh, path);
  syncFolder(dirname(path));
}

/** As writeDurably, but the first writer wins: false where the file is there already. */
export function createDurably(path: string, text: string | Uint8Array): boolean {
  const fresh = writeBeside(path, text);
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  syncFolder(dirname(path));
  return true;
}

/** Makes a folder of the spool that outlives a crash, unless it is there. */
export function makeFolder(path: string): void {
  if (mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined) syncFolder(dirname(path));
}

/** The text of a file; undefined where it is absent. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The system's name of an error ("ENOENT"). */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function writeBeside(path: string, text: string | Uint8Array): string {
  const fresh = `${path}.${randomBytes(6).toString("hex")}.new`;
  const file = openSync(fresh, "wx", 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return fresh;
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
