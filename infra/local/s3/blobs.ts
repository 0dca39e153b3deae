// The bytes of objects and parts: files with random names, written once, never changed, unlinked when nobody reads them.
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { link, open, unlink } from "node:fs/promises";
import { join } from "node:path";

export type Segment = { id: string; size: number };
export type BlobWriter = { write(bytes: Buffer): Promise<void>; finish(): Promise<Segment>; discard(): Promise<void> };

const readSize = 256 * 1024;
const writeSize = 512 * 1024;

/** A blob counts only when a log names it, so it needs no temporary name: what no log names is swept at the start. */
export class Blobs {
  readonly #dir: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(dir: string) {
    this.#dir = dir;
    for (let n = 0; n < 256; n++) mkdirSync(join(dir, n.toString(16).padStart(2, "0")), { recursive: true });
  }

  /** Removes every blob that is not named. Only at the start. */
  sweep(named: Set<string>): void {
    for (const folder of readdirSync(this.#dir)) {
      for (const id of readdirSync(join(this.#dir, folder))) {
        if (!named.has(id)) rmSync(join(this.#dir, folder, id));
      }
    }
  }

  async create(): Promise<BlobWriter> {
    const id = randomBytes(16).toString("hex");
    const path = this.#path(id);
    const file = await open(path, "wx", 0o600);
    let size = 0;
    let held: Buffer[] = [];
    let heldBytes = 0;
    let writing: Promise<void> = Promise.resolve();
    const flush = async () => {
      const bytes = Buffer.concat(held);
      held = [];
      heldBytes = 0;
      for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    };
    return {
      write: async (bytes) => {
        held.push(bytes);
        heldBytes += bytes.length;
        size += bytes.length;
        if (heldBytes < writeSize) return;
        // One write runs while the next bytes arrive; its failure shows at the next one or at the end.
        await writing;
        writing = flush();
        writing.catch(() => undefined);
      },
      finish: async () => {
        try {
          await writing;
          await flush();
          await file.datasync();
        } finally {
          await file.close();
        }
        return { id, size };
      },
      discard: async () => {
        await writing.catch(() => undefined);
        await file.close().catch(() => undefined);
        await unlink(path).catch(() => undefined);
      },
    };
  }

  /** A second name for the same bytes, which lives on when the first is dropped. */
  async duplicate(segment: Segment): Promise<Segment> {
    const id = randomBytes(16).toString("hex");
    await link(this.#path(segment.id), this.#path(id));
    return { id, size: segment.size };
  }

  /** Keeps segments readable until the returned function is called, whatever is dropped meanwhile. */
  hold(segments: Segment[]): () => void {
    for (const { id } of segments) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    return () => {
      for (const { id } of segments) {
        const left = (this.#readers.get(id) ?? 1) - 1;
        if (left > 0) this.#readers.set(id, left);
        else {
          this.#readers.delete(id);
          if (this.#doomed.delete(id)) this.#unlink(id);
        }
      }
    };
  }

  drop(segments: Segment[]): void {
    for (const { id } of segments) {
      if (this.#readers.has(id)) this.#doomed.add(id);
      else this.#unlink(id);
    }
  }

  /** The bytes from `start` to before `end` of the segments laid end to end. The caller holds them. */
  async *read(segments: Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const { id, size } of segments) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, size);
      offset += size;
      if (from >= to) continue;
      const file = await open(this.#path(id), "r");
      try {
        for (let at = from; at < to; ) {
          const buffer = Buffer.allocUnsafe(Math.min(readSize, to - at));
          const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
          if (bytesRead === 0) throw new Error(`blob ${id} ends at ${at}, but ${size} bytes were recorded`);
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    }
  }

  #unlink(id: string): void {
    // A blob left behind is swept at the next start.
    unlink(this.#path(id)).catch(() => undefined);
  }

  #path(id: string): string {
    return join(this.#dir, id.slice(0, 2), id);
  }
}
