// The inputs of a new job: files are uploaded as soon as they are added, a few at a time.
import type { GatewayClient } from "../../client/gateway-client.ts";
import type { DraftInput } from "./draft.ts";
import type { FoundFile } from "./dropped-files.ts";
import { entriesOfNames, type InputEntry, refusalOf } from "./input-entry.ts";

const uploadsAtOnce = 4;
/** A job takes no more: what lies beyond is not sent until others are removed. */
export const maxInputs = 1_000;
/** Progress is told at most this often (ms): a thousand small files would otherwise draw the page a thousand times. */
const tellEveryMs = 150;

type Held = { file?: File; stop?: AbortController };

export class InputShelf {
  private readonly client: Pick<GatewayClient, "upload">;
  private list: readonly InputEntry[] = [];
  private readonly held = new Map<string, Held>();
  /** Entries that were taken out, by name: they come back when the name does. */
  private readonly removed = new Map<string, InputEntry>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private shown: readonly InputEntry[] = [];
  private count = 0;

  constructor(client: Pick<GatewayClient, "upload">) {
    this.client = client;
  }

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly entries = (): readonly InputEntry[] => this.shown;

  /** Adds files and begins to send them. A file of a known name takes the place of the other. */
  add(files: readonly FoundFile[]): void {
    const list = [...this.list];
    const places = new Map(list.map((entry, place) => [entry.name, place]));
    for (const { name, file } of files) {
      const place = places.get(name);
      const old = place === undefined ? undefined : list[place];
      if (old) this.held.get(old.key)?.stop?.abort();
      const entry = this.fresh(old?.key ?? this.newKey(), name, file.size);
      this.held.set(entry.key, { file });
      if (place === undefined) places.set(name, list.push(entry) - 1);
      else list[place] = entry;
    }
    this.change(list);
  }

  /** Sends a failed one again. */
  retry(key: string): void {
    this.update(key, (entry) => (entry.state === "failed" ? this.fresh(key, entry.name, entry.size) : entry));
  }

  retryAll(): void {
    this.change(this.list.map((one) => (one.state === "failed" ? this.fresh(one.key, one.name, one.size) : one)));
  }

  remove(keys: ReadonlySet<string>): void {
    for (const entry of this.list) if (keys.has(entry.key)) this.putAway(entry);
    this.change(this.list.filter((entry) => !keys.has(entry.key)));
  }

  /** Gives another name. What is uploaded stays uploaded: the job names it, not the upload. */
  rename(key: string, name: string): void {
    this.update(key, (entry) => this.named(entry, name));
  }

  /** Makes the list what the names say: see `entriesOfNames`. */
  setNames(names: readonly string[]): void {
    const old = this.list;
    if (names.length === old.length && names.every((name, place) => name === old[place]?.name)) return;
    const next = entriesOfNames(old, names, this.removed, () => this.newKey());
    const kept = new Set(next.map((entry) => entry.key));
    for (const entry of old) if (!kept.has(entry.key)) this.putAway(entry);
    for (const name of names) this.removed.delete(name);
    this.change(next.map((entry) => this.named({ ...entry, name: entry.name }, entry.name)));
  }

  /** Takes up the inputs of a draft or of another job; what was not uploaded is missing. */
  restore(inputs: readonly DraftInput[]): void {
    for (const entry of this.list) this.putAway(entry);
    this.change(
      inputs.map(({ name, size, upload }) =>
        upload === undefined
          ? { key: this.newKey(), name, size, state: "missing", sent: 0 }
          : { key: this.newKey(), name, size, state: "there", sent: size, upload },
      ),
    );
  }

  /** The upload of that place is not there any more: it is sent again, or has to be added again. */
  lost(place: number): void {
    const entry = this.list[place];
    if (!entry) return;
    const { upload: _, ...rest } = entry;
    const again = this.held.get(entry.key)?.file !== undefined;
    this.update(entry.key, () => ({ ...rest, state: again ? "waiting" : "missing", sent: 0 }));
  }

  /** Resolves when nothing is under way any more, with what there is then. */
  async settled(signal: AbortSignal): Promise<readonly InputEntry[]> {
    while (this.list.some((entry, place) => place < maxInputs && isUnderWay(entry)))
      await new Promise<void>((resolve, reject) => {
        signal.throwIfAborted();
        const done = this.subscribe(() => {
          done();
          resolve();
        });
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    return this.list;
  }

  /** Stops what is being sent: the page is left. */
  stop(): void {
    for (const { stop } of this.held.values()) stop?.abort();
    clearTimeout(this.timer);
  }

  private newKey(): string {
    this.count += 1;
    return `input-${this.count}`;
  }

  private fresh(key: string, name: string, size: number): InputEntry {
    const words = refusalOf(name, size);
    return { key, name, size, sent: 0, ...(words === undefined ? { state: "waiting" } : { state: "refused", words }) };
  }

  private named(entry: InputEntry, name: string): InputEntry {
    if (entry.state !== "waiting" && entry.state !== "refused") return { ...entry, name };
    return this.fresh(entry.key, name, entry.size);
  }

  private putAway(entry: InputEntry): void {
    const held = this.held.get(entry.key);
    held?.stop?.abort();
    const { words: _, ...rest } = entry;
    this.removed.set(entry.name, isUnderWay(entry) ? { ...rest, state: "waiting", sent: 0 } : entry);
  }

  private update(key: string, change: (entry: InputEntry) => InputEntry, soon = false): void {
    const place = this.list.findIndex((entry) => entry.key === key);
    const old = this.list[place];
    if (!old) return;
    const next = change(old);
    if (next !== old) this.change(this.list.with(place, next), soon);
  }

  private change(list: readonly InputEntry[], soon = false): void {
    this.list = list;
    this.sendMore();
    if (soon) {
      this.timer ??= setTimeout(() => this.tell(), tellEveryMs);
    } else this.tell();
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.shown = this.list;
    for (const listener of [...this.listeners]) listener();
  }

  private sendMore(): void {
    let sending = this.list.filter((entry) => entry.state === "sending").length;
    const begun: string[] = [];
    for (const entry of this.list.slice(0, maxInputs)) {
      if (sending >= uploadsAtOnce) break;
      if (entry.state !== "waiting") continue;
      sending += 1;
      begun.push(entry.key);
    }
    if (begun.length === 0) return;
    this.list = this.list.map((entry) => (begun.includes(entry.key) ? { ...entry, state: "sending", sent: 0 } : entry));
    for (const key of begun) void this.send(key);
  }

  private async send(key: string): Promise<void> {
    const held = this.held.get(key);
    const entry = this.list.find((one) => one.key === key);
    if (!held?.file || !entry) return;
    const stop = new AbortController();
    held.stop = stop;
    // aborted or replaced meanwhile: what this one has to say is of no interest any more
    const tell = (change: Partial<InputEntry>) => {
      if (!stop.signal.aborted) this.update(key, (old) => ({ ...old, ...change }), true);
    };
    try {
      const upload = await this.client.upload(
        // what an input is called by its media type matters to nobody, and odd ones would be refused
        { name: entry.name, body: held.file, type: "application/octet-stream" },
        { signal: stop.signal, onProgress: (sent) => tell({ sent }) },
      );
      tell({ state: "there", sent: entry.size, upload });
    } catch (error) {
      tell({ state: "failed", sent: 0, words: wordsOf(error) });
    }
  }
}

export function isUnderWay(entry: InputEntry): boolean {
  return entry.state === "waiting" || entry.state === "sending";
}

function wordsOf(error: unknown): string {
  if (error instanceof TypeError) return "the upload was cut off";
  // a file that was changed or moved since it was added
  if (error instanceof DOMException) return "the file cannot be read any more; add it again";
  return (error as Error).message;
}
