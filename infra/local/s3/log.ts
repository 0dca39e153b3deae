// An append-only file of JSON lines, forced to disk before an append is acknowledged; waiting appends share one sync.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, truncateSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";

type Waiting = { line: string; applied: () => void; failed: (cause: unknown) => void };

export class Log<T> {
  readonly #path: string;
  #file: FileHandle | undefined;
  #end = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** All records so far. A last line without its end was never acknowledged: it is cut off. Throws on other damage. */
  read(): T[] {
    if (!existsSync(this.#path)) return [];
    const text = readFileSync(this.#path, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const lines = whole.split("\n").slice(0, -1);
    this.#end = Buffer.byteLength(whole);
    if (whole.length < text.length) truncateSync(this.#path, this.#end);
    return lines.map((line, n) => {
      try {
        return JSON.parse(line) as T;
      } catch (cause) {
        throw new Error(`line ${n + 1} of ${this.#path} is not JSON: "${line.slice(0, 80)}"`, { cause });
      }
    });
  }

  /** Replaces the file by these records, at once or not at all. Only before the first append. */
  rewrite(records: T[]): void {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, "w", 0o600);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, this.#path);
    syncFolder(dirname(this.#path));
    this.#end = bytes.length;
  }

  /** Resolves when the record is on disk; `apply` is called just then, in the order of the appends. */
  append(record: T, apply: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const applied = () => {
        try {
          apply();
          resolve();
        } catch (cause) {
          reject(cause);
        }
      };
      this.#waiting.push({ line: `${JSON.stringify(record)}\n`, applied, failed: reject });
      this.#writing ??= this.#write();
    });
  }

  async close(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        this.#file ??= await open(this.#path, existsSync(this.#path) ? "r+" : "w+", 0o600);
        const bytes = Buffer.from(batch.map(({ line }) => line).join(""));
        for (let at = 0; at < bytes.length; ) {
          at += (await this.#file.write(bytes, at, bytes.length - at, this.#end + at)).bytesWritten;
        }
        await this.#file.datasync();
        this.#end += bytes.length;
      } catch (cause) {
        // What is refused must not come back at the next start.
        await this.#file?.truncate(this.#end).catch(() => undefined);
        for (const { failed } of batch) failed(cause);
        continue;
      }
      for (const { applied } of batch) applied();
    }
    this.#writing = undefined;
  }
}

/** Forces a folder's entries to disk. */
export function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}
