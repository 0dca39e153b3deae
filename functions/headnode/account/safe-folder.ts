// Folders held open by file descriptor: what is opened below one lies below it, whatever is renamed or swapped meanwhile.
import { constants, existsSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open, opendir, unlink } from "node:fs/promises";
import { join } from "node:path";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY, O_CREAT, O_EXCL } = constants;

// Node has no openat; /proc/self/fd/N/name is the same thing. Where there is no /proc (macOS, where everything runs as
// one account) the path stands in for it.
const hasProc = existsSync("/proc/self/fd");

export type Entry = { name: string; utf8: boolean };

export class SafeFolder {
  readonly #handle: FileHandle;
  readonly #path: string;

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.#path = hasProc ? `/proc/self/fd/${handle.fd}` : path;
  }

  /** Opens by path, links followed: for the group's own folder only, whose place is ours to know. */
  static async open(path: string): Promise<SafeFolder> {
    return new SafeFolder(await open(path, O_RDONLY | O_DIRECTORY), path);
  }

  /** The folder of that name in this one, itself and not through a link. */
  async sub(name: string): Promise<SafeFolder> {
    const path = this.at(name);
    return new SafeFolder(await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK), path);
  }

  /** As sub, by a name of any bytes. */
  async subOf(name: Buffer): Promise<SafeFolder> {
    const path = Buffer.concat([Buffer.from(`${this.#path}/`), name]);
    return new SafeFolder(await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK), path.toString());
  }

  /** As sub, made where it is missing. */
  async made(name: string): Promise<SafeFolder> {
    await mkdir(this.at(name), { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    return await this.sub(name);
  }

  /** The entry itself, links not followed. */
  async look(name: string) {
    return await lstat(this.at(name), { bigint: true });
  }

  /** Opens a file for reading. A FIFO does not block, a link is refused; what it is must be asked of the handle. */
  async read(name: string): Promise<FileHandle> {
    return await open(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  }

  /** A new file in place of whatever had the name. */
  async create(name: string, mode: number): Promise<FileHandle> {
    await unlink(this.at(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    return await open(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  }

  /** Names in the folder, in the order of their bytes. Throws where there are more than `most`. */
  async list(most: number): Promise<Entry[]> {
    // with "buffer" a name that is no UTF-8 stays what it is; the types know strings only
    const folder = await opendir(this.#path, { encoding: "buffer" as BufferEncoding, bufferSize: 256 });
    const names: Buffer[] = [];
    for await (const entry of folder) {
      names.push(Buffer.from(entry.name as unknown as Buffer));
      if (names.length > most) throw new TooMany();
    }
    return names.sort(Buffer.compare).map(decode);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  at(name: string): string {
    return join(this.#path, name);
  }
}

/** A folder with more entries than anybody may ask us to look at. */
export class TooMany extends Error {}

function decode(bytes: Buffer): Entry {
  const name = bytes.toString("utf8");
  return { name, utf8: Buffer.from(name, "utf8").equals(bytes) };
}
