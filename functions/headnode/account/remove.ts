// Removing what a job left, as the person: below the group's own folder only, through no link, whatever a job has made of it.
import { constants, existsSync } from "node:fs";
import { chmod, lstat, open, opendir, rename, rmdir, unlink } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { SafeFolder } from "./safe-folder.ts";

const { O_RDONLY, O_NOFOLLOW, O_DIRECTORY } = constants;
/** Linux's O_PATH: a folder is held without the right to read it. */
const O_PATH = 0o10000000;
const hasProc = existsSync("/proc/self/fd");

/** The group's own folder, and of it these members; without them all of it. */
export type RemoveWanted = { folder: string; members?: number[]; withinMs: number };
/** Nothing of it is left; or there is more than could be done in the time; or words why some of it has to stay. */
export type Removal = { left: "nothing" } | { left: "more" } | { left: "some"; words: string };

/** So many names are read before they are removed: a folder may have millions. */
const namesAtOnce = 2_000;
/** Folders below this depth are lifted to the top first: each level on the way down is a descriptor held open. */
const deepest = 32;

export async function removeFolder({ folder, members, withinMs }: RemoveWanted): Promise<Removal> {
  const until = Date.now() + withinMs;
  const work = new Removing(until);
  const above = await opened(dirname(folder));
  if (above === undefined) return { left: "nothing" };
  try {
    const name = Buffer.from(basename(folder));
    if (members === undefined) return await work.entry(above, name);
    const group = await above.sub(basename(folder)).catch(absent);
    if (group === undefined) return { left: "nothing" };
    try {
      const all = await group.sub("members").catch(absent);
      if (all === undefined) return { left: "nothing" };
      try {
        return await work.entries(
          all,
          members.map((index) => Buffer.from(String(index))),
        );
      } finally {
        await all.close();
      }
    } finally {
      await group.close();
    }
  } finally {
    await above.close();
  }
}

class Removing {
  readonly #until: number;
  /** Deep folders wait here, directly below what is being removed, under names of ours. */
  #lifted = 0;
  #words: string | undefined;
  #late = false;

  constructor(until: number) {
    this.#until = until;
  }

  async entries(parent: SafeFolder, names: readonly Buffer[]): Promise<Removal> {
    for (const name of names) await this.#top(parent, name);
    return this.#outcome();
  }

  entry(parent: SafeFolder, name: Buffer): Promise<Removal> {
    return this.entries(parent, [name]);
  }

  #outcome(): Removal {
    if (this.#late) return { left: "more" };
    return this.#words === undefined ? { left: "nothing" } : { left: "some", words: this.#words };
  }

  async #top(parent: SafeFolder, name: Buffer): Promise<void> {
    const kind = await kindOf(parent, name);
    if (kind === "absent") return;
    if (kind === "other") {
      // a folder of ours that has become something else: the thing itself goes, and whatever a link names stays
      await this.#try(() => unlink(at(parent, name)));
      return;
    }
    const top = await this.#enter(parent, name);
    if (top === undefined) return;
    try {
      // what was lifted lies among the entries: each round removes it as it removes the others
      await this.#empty(top, top, 0);
    } finally {
      await top.close();
    }
    if (!this.#late) await this.#try(() => rmdir(at(parent, name)));
  }

  /** Removes what is in a folder, round by round until a round removes nothing. */
  async #empty(folder: SafeFolder, top: SafeFolder, depth: number): Promise<void> {
    for (;;) {
      const names = await namesOf(folder).catch((error: unknown) => this.#note(error));
      if (names === undefined || names.length === 0) return;
      let removed = 0;
      for (const name of names) {
        if (Date.now() > this.#until) {
          this.#late = true;
          return;
        }
        if (await this.#remove(folder, name, top, depth)) removed += 1;
      }
      if (this.#late || removed === 0) return;
    }
  }

  async #remove(folder: SafeFolder, name: Buffer, top: SafeFolder, depth: number): Promise<boolean> {
    const kind = await kindOf(folder, name);
    if (kind === "absent") return true;
    if (kind === "other") return await this.#try(() => unlink(at(folder, name)));
    if (depth >= deepest) {
      this.#lifted += 1;
      const lifted = Buffer.from(`.headgate-${process.pid}-${Date.now()}-${this.#lifted}`);
      // a folder is moved only by who may write it
      await this.#open(folder, name);
      return await this.#try(() => rename(at(folder, name), at(top, lifted)));
    }
    const below = await this.#enter(folder, name);
    if (below === undefined) return false;
    try {
      await this.#empty(below, top, depth + 1);
    } finally {
      await below.close();
    }
    return this.#late ? false : await this.#try(() => rmdir(at(folder, name)));
  }

  /** The folder itself, made readable first where it is not. */
  async #enter(parent: SafeFolder, name: Buffer): Promise<SafeFolder | undefined> {
    try {
      await this.#open(parent, name);
      return await parent.subOf(name);
    } catch (error) {
      return this.#note(error);
    }
  }

  /** Gives a folder back the modes that its removal needs; by its descriptor, so that no link is ever followed. */
  async #open(parent: SafeFolder, name: Buffer): Promise<void> {
    const stats = await lstat(at(parent, name)).catch(() => undefined);
    if (stats === undefined || !stats.isDirectory() || (stats.mode & 0o700) === 0o700) return;
    const flags = hasProc ? O_PATH | O_NOFOLLOW | O_DIRECTORY : O_RDONLY | O_NOFOLLOW | O_DIRECTORY;
    const held = await open(at(parent, name), flags).catch(() => undefined);
    if (held === undefined) return;
    try {
      if (hasProc) await chmod(`/proc/self/fd/${held.fd}`, 0o700).catch(() => {});
      else await held.chmod(0o700).catch(() => {});
    } finally {
      await held.close();
    }
  }

  async #try(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
      this.#note(error);
      return false;
    }
  }

  #note(error: unknown): undefined {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    this.#words ??= `${syscall ?? "it"} failed: ${code ?? (error as Error).message}`.slice(0, 200);
  }
}

const at = (folder: SafeFolder, name: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder.at(".")}/`), name]);

async function kindOf(folder: SafeFolder, name: Buffer): Promise<"folder" | "other" | "absent"> {
  const stats = await lstat(at(folder, name)).catch(absent);
  if (stats === undefined) return "absent";
  return stats.isDirectory() ? "folder" : "other";
}

async function namesOf(folder: SafeFolder): Promise<Buffer[]> {
  const listing = await opendir(folder.at("."), { encoding: "buffer" as BufferEncoding, bufferSize: 256 });
  const names: Buffer[] = [];
  for await (const entry of listing) {
    names.push(Buffer.from(entry.name as unknown as Buffer));
    if (names.length >= namesAtOnce) break;
  }
  return names;
}

const opened = (path: string): Promise<SafeFolder | undefined> => SafeFolder.open(path).catch(absent);

/** Nothing, where there is nothing. A place that is no folder holds none of ours either. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ELOOP") return undefined;
  throw error;
}
