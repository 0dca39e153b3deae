// Claims and end records of groups that live, told as they appear: inotify where it works, and a look each second (NFS).
import { type FSWatcher, watch } from "node:fs";
import { SafeFolder } from "./safe-folder.ts";

const recordName = /^(?:group(?:\.\d{1,4})?|\d{1,4}\.(?:claim|end))$/;
const longest = 512;
const mostEntries = 20_000;
const lookEveryMs = 1_000;
const soonMs = 4;

/** One group's records. */
export class Records {
  readonly #folder: string;
  readonly #tell: (name: string, text: string) => void;
  readonly #told = new Set<string>();
  #watcher: FSWatcher | undefined;
  #soon: NodeJS.Timeout | undefined;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  constructor(folder: string, tell: (name: string, text: string) => void) {
    this.#folder = folder;
    this.#tell = tell;
    this.#timer = setInterval(() => void this.look(), lookEveryMs);
  }

  /** Looks now, or joins a look that has just begun and then looks again. */
  async look(): Promise<void> {
    const before = this.#looking;
    await before;
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#watcher?.close();
  }

  async #lookOnce(): Promise<void> {
    let group: SafeFolder | undefined;
    let records: SafeFolder | undefined;
    try {
      group = await SafeFolder.open(this.#folder);
      records = await group.sub("records");
      this.#watch(records);
      const fresh = (await records.list(mostEntries)).filter(
        ({ name }) => recordName.test(name) && !this.#told.has(name),
      );
      for (const { name } of fresh) {
        const text = await readShort(records, name);
        if (text === undefined) continue;
        this.#told.add(name);
        this.#tell(name, text);
      }
    } catch {
      // a folder that is gone, or is being made: the records have their say where they are found
    } finally {
      await records?.close();
      await group?.close();
    }
  }

  #watch(records: SafeFolder): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(records.at("."), () => {
        this.#soon ??= setTimeout(() => {
          this.#soon = undefined;
          void this.look();
        }, soonMs);
      });
      this.#watcher.on("error", () => this.#watcher?.close());
    } catch {
      // no inotify left: the look each second does without
    }
  }
}

async function readShort(folder: SafeFolder, name: string): Promise<string | undefined> {
  const file = await folder.read(name).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const bytes = Buffer.alloc(longest);
    const { bytesRead } = await file.read(bytes, 0, longest, 0);
    const text = bytes.toString("utf8", 0, bytesRead);
    return text.endsWith("\n") ? text.trim() : undefined; // over NFS a linked file may still look empty
  } finally {
    await file.close();
  }
}
