// The folder on disk: all buckets and their blobs, opened again as they were left.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Blobs } from "./blobs.ts";
import { Bucket } from "./bucket.ts";
import { syncFolder } from "./log.ts";
import type { CorsRule, ObjectEvent } from "./types.ts";

const bucketName = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/**
 * `dir/blobs/xx/<random>` holds bytes and `dir/buckets/<name>.log` says which of them count. No name on disk comes
 * from a key. A blob that no log names is what a dead process left behind, and is removed at the start.
 */
export class Store {
  readonly blobs: Blobs;
  readonly buckets = new Map<string, Bucket>();
  readonly cors = new Map<string, CorsRule[]>();
  readonly #logs: string;
  readonly #announce: (event: ObjectEvent) => void;

  constructor(dir: string, announce: (event: ObjectEvent) => void) {
    this.#logs = join(dir, "buckets");
    this.#announce = announce;
    mkdirSync(this.#logs, { recursive: true, mode: 0o700 });
    this.blobs = new Blobs(join(dir, "blobs"));
    const named = new Set<string>();
    for (const file of readdirSync(this.#logs)) {
      if (!file.endsWith(".log")) continue;
      const bucket = this.#open(file.slice(0, -4));
      for (const { id } of bucket.segments()) named.add(id);
    }
    this.blobs.sweep(named);
    syncFolder(this.#logs);
  }

  /** Makes a bucket, or leaves it as it is with new rules. Throws an Error on a name that S3 would refuse. */
  create(name: string, cors: CorsRule[]): void {
    if (!bucketName.test(name)) {
      throw new Error(`"${name}" is no bucket name; accepted are 3 to 63 of a-z, 0-9, "." and "-", as S3 has it`);
    }
    if (!this.buckets.has(name)) this.#open(name);
    this.cors.set(name, cors);
  }

  async close(): Promise<void> {
    await Promise.all([...this.buckets.values()].map((bucket) => bucket.close()));
  }

  #open(name: string): Bucket {
    const bucket = new Bucket(name, join(this.#logs, `${name}.log`), this.blobs, this.#announce);
    this.buckets.set(name, bucket);
    return bucket;
  }
}
