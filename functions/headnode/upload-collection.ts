// Writing a collection's bytes to S3: small files into packs, larger ones as objects of their own. Hashes are of what arrived here.
import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import type { Group } from "../../shared/headnode/batch.ts";
import { type ManifestFile, type ManifestSkip, packedBelow } from "../../shared/headnode/manifest.ts";
import type { Said } from "./account/collect.ts";
import type { Objects } from "./objects.ts";
import { overWords } from "./size-words.ts";

const packBytes = 32 * 1024 * 1024;
/** Lines of one member in the manifest (bytes): names are a person's, and may be long and many. */
const mostManifestBytes = 48 * 1024 * 1024;

/** A member has more than its limits allow: nothing of it is listed. */
export class OverLimit extends Error {}
/** S3 does not take what we bring: no fault of the member's. */
export class UploadError extends Error {}

export type MemberLines = { lines: (ManifestFile | ManifestSkip)[]; files: number; bytes: number; skipped: number };

type Place = { pack: string; offset: number } | { object: string };

/** One collection's way to S3; packs are shared by its members. */
export class CollectionUpload {
  readonly #objects: Objects;
  readonly #bucket: string;
  readonly #prefix: string;
  #pack: Buffer[] = [];
  #packed = 0;
  #packs = 0;
  #large = 0;

  constructor(objects: Objects, bucket: string, prefix: string) {
    this.#objects = objects;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** Takes what the account's process says of one member. Everything is counted here again: its own count is not believed. */
  async member(member: number, limits: Group["limits"], said: AsyncIterator<Said>): Promise<MemberLines> {
    const sum: MemberLines = { lines: [], files: 0, bytes: 0, skipped: 0 };
    let described = 0;
    const note = (line: ManifestFile | ManifestSkip) => {
      described += Buffer.byteLength(line.path) + 200;
      if (described > mostManifestBytes) throw new OverLimit("the names of its files are too many to be listed");
      sum.lines.push(line);
    };
    for (let next = await said.next(); !next.done; next = await said.next()) {
      const event = next.value;
      if (event.event === "over") throw new OverLimit(event.why);
      if (event.event === "skip") {
        sum.skipped += 1;
        note({ member, path: event.path, skipped: event.why });
        continue;
      }
      if (event.event !== "file") throw new Error(`"${event.event}" came where a file was expected`);
      sum.bytes += event.size;
      sum.files += 1;
      if (sum.bytes > limits.bytes) throw new OverLimit(overWords(sum.bytes, limits.bytes));
      if (sum.files > limits.files) throw new OverLimit(`more than ${limits.files} files`);
      const outcome =
        event.size < packedBelow ? await this.#small(event.size, said) : await this.#big(event.size, said);
      if ("bad" in outcome) {
        sum.skipped += 1;
        sum.files -= 1;
        sum.bytes -= event.size;
        note({ member, path: event.path, skipped: outcome.bad });
      } else {
        const { sha256, ...place } = outcome;
        note({ member, path: event.path, role: event.role, size: event.size, sha256, ...place });
      }
    }
    return { ...sum, lines: withoutClashes(sum.lines) };
  }

  /** Sends the last pack. */
  async finish(): Promise<void> {
    await this.#sendPack();
  }

  async #small(size: number, said: AsyncIterator<Said>): Promise<(Place & { sha256: string }) | { bad: string }> {
    const hash = createHash("sha256");
    const parts: Buffer[] = [];
    const bad = await pour(size, said, (bytes) => {
      hash.update(bytes);
      parts.push(bytes);
      return Promise.resolve();
    });
    if (bad !== undefined) return { bad };
    if (this.#packed + size > packBytes) await this.#sendPack();
    const place = { pack: `pack-${this.#packs}`, offset: this.#packed };
    this.#pack.push(...parts.map((part) => Buffer.from(part)));
    this.#packed += size;
    return { ...place, sha256: hash.digest("hex") };
  }

  async #big(size: number, said: AsyncIterator<Said>): Promise<(Place & { sha256: string }) | { bad: string }> {
    const object = `object-${this.#large++}`;
    const hash = createHash("sha256");
    const body = new PassThrough({ highWaterMark: 1024 * 1024 });
    let fault: unknown;
    const upload = this.#objects
      .upload(this.#bucket, `${this.#prefix}${object}`, body, size)
      .catch((error: unknown) => {
        fault = error;
        body.destroy();
      });
    try {
      const bad = await pour(size, said, async (bytes) => {
        hash.update(bytes);
        if (fault !== undefined) throw asUploadError(fault);
        if (!body.write(bytes))
          await new Promise<void>((resolve) => {
            body.once("drain", resolve);
            body.once("close", resolve);
          });
      });
      if (bad !== undefined) {
        body.destroy(new Error(bad));
        await upload;
        return { bad };
      }
      body.end();
      await upload;
      if (fault !== undefined) throw asUploadError(fault);
      return { object, sha256: hash.digest("hex") };
    } catch (error) {
      body.destroy(error instanceof Error ? error : new Error(String(error)));
      await upload;
      throw error;
    }
  }

  async #sendPack(): Promise<void> {
    if (this.#packed === 0) return;
    const key = `${this.#prefix}pack-${this.#packs}`;
    const body = Buffer.concat(this.#pack);
    this.#packs += 1;
    this.#pack = [];
    this.#packed = 0;
    await this.#objects
      .put(this.#bucket, key, body, { type: "application/octet-stream", once: false })
      .catch((error: unknown) => {
        throw asUploadError(error);
      });
  }
}

/** Takes exactly `size` bytes and then the verdict on the file: undefined for good, words for bad. */
async function pour(
  size: number,
  said: AsyncIterator<Said>,
  take: (bytes: Buffer) => Promise<void>,
): Promise<string | undefined> {
  let left = size;
  for (;;) {
    const next = await said.next();
    if (next.done) throw new Error("the stream ended within a file");
    const event = next.value;
    if (event.event === "bad") return event.why;
    if (event.event === "end") {
      if (left === 0) return undefined;
      throw new Error(`a file ended ${left} bytes early`);
    }
    if (event.event !== "data") throw new Error(`"${event.event}" came within a file`);
    left -= event.bytes.length;
    if (left < 0) throw new Error("a file was longer than was said");
    await take(event.bytes);
  }
}

const asUploadError = (error: unknown): UploadError =>
  new UploadError(error instanceof Error ? error.message : String(error), { cause: error });

/** A result that has the very path of a log gets "work/" before its own, as often as it takes to be alone. */
export function withoutClashes<T extends ManifestFile | ManifestSkip>(lines: readonly T[]): T[] {
  const paths = new Set(lines.map((line) => line.path));
  const taken = new Set<string>();
  const isLog = (line: T) => "role" in line && line.role !== "result";
  return lines.map((line) => {
    if (isLog(line) || !taken.has(line.path)) {
      taken.add(line.path);
      return line;
    }
    let path = line.path;
    while (paths.has(path)) path = `work/${path}`;
    paths.add(path);
    taken.add(path);
    return { ...line, path };
  });
}
