// What was sent for a --key, so that the same command again is the same request again: below XDG_STATE_HOME.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { Cli } from "./cli.ts";
import { newUlid } from "./ulid.ts";

/** As long as a site remembers a key. */
const keptMs = 30 * 24 * 3_600_000;

export type KeyRecord = {
  key: string;
  /** The upload of a file's name and digest, if it was uploaded for this key. */
  upload: (digest: string) => string | undefined;
  uploaded: (digest: string, id: string) => void;
  /** The id of the sweep that this key stands for. */
  sweep: () => string;
  /** Writes down what was sent for a key that was made; false where that cannot be done. */
  keep: () => boolean;
};

type Kept = { uploads: Record<string, string>; sweep?: string };

/** The record of a key at a site. Without a key one is made, and nothing is written before it is to be kept. */
export function openKeyRecord(cli: Cli, origin: string, given: string | undefined): KeyRecord {
  const key = given ?? newUlid();
  const base = cli.env.XDG_STATE_HOME;
  const folder = path.join(
    base && path.isAbsolute(base) ? base : path.join(homedir(), ".local", "state"),
    "headgate",
    "keys",
  );
  const file = path.join(folder, `${createHash("sha256").update(`${origin}\0${key}`).digest("hex")}.json`);
  const kept = read(file);
  const write = () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    forgetOld(folder);
    const aside = `${file}.${process.pid}.new`;
    writeFileSync(aside, JSON.stringify(kept), { mode: 0o600 });
    renameSync(aside, file);
  };
  const save = given === undefined ? () => {} : write;
  return {
    key,
    upload: (digest) => (Object.hasOwn(kept.uploads, digest) ? kept.uploads[digest] : undefined),
    uploaded(digest, id) {
      kept.uploads[digest] = id;
      save();
    },
    sweep() {
      if (kept.sweep === undefined) {
        kept.sweep = newUlid();
        save();
      }
      return kept.sweep;
    },
    keep() {
      try {
        write();
        return true;
      } catch {
        return false;
      }
    },
  };
}

function read(file: string): Kept {
  try {
    const { uploads, sweep } = JSON.parse(readFileSync(file, "utf8")) as Partial<Kept>;
    return { uploads: { ...uploads }, ...(sweep === undefined ? {} : { sweep }) };
  } catch {
    return { uploads: {} };
  }
}

function forgetOld(folder: string): void {
  for (const entry of readdirSync(folder)) {
    const at = path.join(folder, entry);
    if (Date.now() - statSync(at).mtimeMs > keptMs) rmSync(at, { force: true });
  }
}
