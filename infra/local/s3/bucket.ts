// One bucket: its objects and unfinished uploads in memory, every change durable in its log before it shows.
import type { Blobs, Segment } from "./blobs.ts";
import type { Algorithm, Checksums } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { KeyOrder } from "./key-order.ts";
import { Log } from "./log.ts";
import type { ObjectEvent } from "./types.ts";

export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";
export type StoredObject = {
  key: string;
  size: number;
  /** Without quotes. */
  etag: string;
  segments: Segment[];
  /** Whole seconds, in milliseconds: S3 keeps no finer time. */
  modified: number;
  sequencer: string;
  /** The headers it is served with. */
  headers: Record<string, string>;
  checksums: Checksums;
  checksumType: ChecksumType;
  /** The multipart upload it came from. */
  uploadId?: string;
};
export type Part = { number: number; etag: string; segment: Segment; modified: number; checksums: Checksums };
export type Upload = {
  id: string;
  key: string;
  started: number;
  headers: Record<string, string>;
  checksum: { algorithm: Algorithm; type: ChecksumType } | undefined;
};
export type OpenUpload = Upload & { parts: Map<number, Part>; completion?: Promise<StoredObject> };
/** What must hold when a write takes effect; `seen` is the bucket's removal count when the request began. */
export type Condition = { ifAbsent: boolean; ifMatch: string | undefined; seen: number };
type NewObject = Omit<StoredObject, "modified" | "sequencer">;
type Change =
  | { put: StoredObject }
  | { remove: string; sequencer: string }
  | { begin: Upload }
  | { part: Part; of: string }
  | { abort: string };

export class Bucket {
  readonly name: string;
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, OpenUpload>();
  readonly order = new KeyOrder();
  readonly #blobs: Blobs;
  readonly #log: Log<Change>;
  readonly #announce: (event: ObjectEvent) => void;
  /** How many changes of each key are on their way to the disk. */
  readonly #inFlight = new Map<string, number>();
  /** Counts removals, and remembers the last for each key while the process lives. */
  #removals = 0;
  readonly #removedAt = new Map<string, number>();
  #sequence = 0;

  constructor(name: string, path: string, blobs: Blobs, announce: (event: ObjectEvent) => void) {
    this.name = name;
    this.#blobs = blobs;
    this.#log = new Log<Change>(path);
    this.#announce = announce;
    const changes = this.#log.read();
    for (const change of changes) this.#replay(change);
    this.order.load(this.objects.keys());
    const live = this.#snapshot();
    if (changes.length === 0 || changes.length > 2 * live.length + 1000) this.#log.rewrite(live);
  }

  /** The number of removals so far, for a Condition. */
  get removals(): number {
    return this.#removals;
  }

  /** Every blob that this bucket needs. */
  *segments(): Generator<Segment> {
    for (const object of this.objects.values()) yield* object.segments;
    for (const upload of this.uploads.values()) for (const part of upload.parts.values()) yield part.segment;
  }

  /** Makes an object the current one of its key. Throws PreconditionFailed, NoSuchKey or ConditionalRequestConflict. */
  async put(object: NewObject, condition: Condition, eventName: ObjectEvent["eventName"]): Promise<StoredObject> {
    this.check(object.key, condition, true);
    const now = Date.now();
    const stored = { ...object, modified: now - (now % 1000), sequencer: this.#nextSequencer(now) };
    await this.#change(stored.key, { put: stored }, () => {
      const before = this.objects.get(stored.key);
      this.objects.set(stored.key, stored);
      this.order.add(stored.key);
      if (before) this.#blobs.drop(before.segments);
      this.#endUpload(stored.uploadId, new Set(stored.segments.map(({ id }) => id)));
      const { key, size, etag, sequencer } = stored;
      this.#announce({ bucket: this.name, key, eventName, size, etag, sequencer, time: new Date(now).toISOString() });
    });
    return stored;
  }

  /** Removes a key; one that is absent is no error and makes no event. */
  async remove(key: string, ifMatch?: string): Promise<void> {
    if (ifMatch !== undefined) this.check(key, { ifAbsent: false, ifMatch, seen: this.#removals }, true);
    if (!this.objects.has(key) && !this.#inFlight.has(key)) return;
    const now = Date.now();
    const sequencer = this.#nextSequencer(now);
    await this.#change(key, { remove: key, sequencer }, () => {
      const before = this.objects.get(key);
      if (!before) return;
      this.objects.delete(key);
      this.order.remove(key);
      this.#removals += 1;
      this.#removedAt.set(key, this.#removals);
      this.#blobs.drop(before.segments);
      const time = new Date(now).toISOString();
      this.#announce({ bucket: this.name, key, eventName: "ObjectRemoved:Delete", size: 0, etag: "", sequencer, time });
    });
  }

  async begin(upload: Upload): Promise<void> {
    await this.#log.append({ begin: upload }, () => this.uploads.set(upload.id, { ...upload, parts: new Map() }));
  }

  /** Adds or replaces a part. Throws NoSuchUpload where the upload has ended or is ending; the caller drops the blob. */
  async addPart(uploadId: string, part: Part): Promise<void> {
    const upload = this.uploads.get(uploadId);
    if (!upload || upload.completion !== undefined) throw noSuchUpload(uploadId);
    await this.#log.append({ part, of: uploadId }, () => {
      if (this.uploads.get(uploadId) !== upload || upload.completion !== undefined) {
        this.#blobs.drop([part.segment]);
        throw noSuchUpload(uploadId);
      }
      const before = upload.parts.get(part.number);
      upload.parts.set(part.number, part);
      if (before) this.#blobs.drop([before.segment]);
    });
  }

  async abort(uploadId: string): Promise<void> {
    await this.#log.append({ abort: uploadId }, () => this.#endUpload(uploadId, new Set()));
  }

  /** Throws where a condition does not hold; `committing` also refuses what cannot be decided because of others. */
  check(key: string, { ifAbsent, ifMatch, seen }: Condition, committing: boolean): void {
    if (!ifAbsent && ifMatch === undefined) return;
    const current = this.objects.get(key);
    const failed = (header: string) =>
      new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
        Condition: header,
      });
    if (ifAbsent && current) throw failed("If-None-Match");
    if (ifMatch !== undefined && !current) {
      throw new S3Error("NoSuchKey", "The specified key does not exist.", { Key: key });
    }
    if (ifMatch !== undefined && current && ifMatch !== "*" && ifMatch !== current.etag) throw failed("If-Match");
    const removed = (this.#removedAt.get(key) ?? 0) > seen;
    if (committing && (removed || this.#inFlight.has(key))) {
      throw new S3Error(
        "ConditionalRequestConflict",
        "The conditional request cannot succeed due to a conflicting operation against this resource.",
        { Condition: ifAbsent ? "If-None-Match" : "If-Match", Key: key },
      );
    }
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  async #change(key: string, change: Change, apply: () => void): Promise<void> {
    this.#inFlight.set(key, (this.#inFlight.get(key) ?? 0) + 1);
    // Counted down in the apply itself, so that the next condition sees the object and not the race.
    let counted = true;
    const settle = () => {
      if (!counted) return;
      counted = false;
      const left = (this.#inFlight.get(key) ?? 1) - 1;
      if (left > 0) this.#inFlight.set(key, left);
      else this.#inFlight.delete(key);
    };
    try {
      await this.#log.append(change, () => {
        settle();
        apply();
      });
    } finally {
      settle();
    }
  }

  #endUpload(uploadId: string | undefined, kept: Set<string>): void {
    const upload = uploadId === undefined ? undefined : this.uploads.get(uploadId);
    if (!upload) return;
    this.uploads.delete(upload.id);
    this.#blobs.drop([...upload.parts.values()].map(({ segment }) => segment).filter(({ id }) => !kept.has(id)));
  }

  /** Grows with every change, over restarts too, so that the later of two events on a key can be told. */
  #nextSequencer(now: number): string {
    this.#sequence = Math.max(this.#sequence + 1, now * 1000);
    return this.#sequence.toString(16).toUpperCase().padStart(16, "0");
  }

  #replay(change: Change): void {
    if ("put" in change) {
      const { put } = change;
      this.objects.set(put.key, put);
      this.#sequence = Math.max(this.#sequence, Number.parseInt(put.sequencer, 16));
      if (put.uploadId !== undefined) this.uploads.delete(put.uploadId);
    } else if ("remove" in change) {
      this.objects.delete(change.remove);
      this.#sequence = Math.max(this.#sequence, Number.parseInt(change.sequencer, 16));
    } else if ("begin" in change) this.uploads.set(change.begin.id, { ...change.begin, parts: new Map() });
    else if ("part" in change) this.uploads.get(change.of)?.parts.set(change.part.number, change.part);
    else this.uploads.delete(change.abort);
  }

  #snapshot(): Change[] {
    const uploads = [...this.uploads.values()].flatMap(({ parts, completion: _, ...upload }): Change[] => [
      { begin: upload },
      ...[...parts.values()].map((part) => ({ part, of: upload.id })),
    ]);
    return [...[...this.objects.values()].map((put) => ({ put })), ...uploads];
  }
}

/** NoSuchUpload, naming it. */
export function noSuchUpload(uploadId: string): S3Error {
  return new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );
}
