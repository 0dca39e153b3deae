// The watch's looks at running members for whoever follows them: their files' ends to S3, at most every 10 s each. Slurm is not asked.
import { type FSWatcher, watch as watchFile, writeFileSync } from "node:fs";
import {
  maxPeekBytes,
  maxProgressBytes,
  maxProgressStartBytes,
  type Peek,
  peekKey,
} from "../../shared/headnode/peek.ts";
import type { AccountProcesses } from "./account-processes.ts";
import type { Settings } from "./config.ts";
import type { LiveGroup } from "./live-group.ts";
import { liveText } from "./live-text.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { peekBellOf, readPeekNotes } from "./peek-notes.ts";
import type { Spool } from "./spool.ts";
import { within } from "./within.ts";

export type PeeksContext = {
  settings: Settings;
  spool: Spool;
  objects: Objects;
  log: Log;
  accounts: AccountProcesses;
  groups: ReadonlyMap<string, LiveGroup>;
};

const atOnce = 4;
const longestMs = 20_000;

export class Peeks {
  readonly #context: PeeksContext;
  readonly #everyMs: number;
  readonly #bell: FSWatcher;
  /** When each member was last looked at; one at which a look has not come back is in `#open`. */
  readonly #lookedAt = new Map<string, number>();
  readonly #open = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #serving = false;
  /** Something was asked for while it was at work. */
  #again = false;
  #stopped = false;

  constructor(context: PeeksContext) {
    this.#context = context;
    this.#everyMs = (context.settings.patience.peekSeconds ?? 10) * 1000;
    const bell = peekBellOf(context.spool);
    writeFileSync(bell, "", { mode: 0o600, flag: "a" });
    this.#bell = watchFile(bell, () => this.serve());
    this.#bell.on("error", () => {}); // without it the watch's rounds find what was asked for
  }

  /** Looks at whatever is due; costs next to nothing where nobody looks. */
  serve(): void {
    if (this.#stopped) return;
    if (this.#serving) {
      this.#again = true;
      return;
    }
    this.#serving = true;
    void this.#serveOnce()
      .catch((error: Error) => this.#context.log("peek-failed", { words: error.message }))
      .finally(() => {
        this.#serving = false;
        if (!this.#again) return;
        this.#again = false;
        this.serve();
      });
  }

  stop(): void {
    this.#stopped = true;
    this.#bell.close();
    clearTimeout(this.#timer);
  }

  async #serveOnce(): Promise<void> {
    clearTimeout(this.#timer);
    const now = Date.now();
    const wanted = [...this.#context.groups.values()].flatMap((group) =>
      readPeekNotes(group.folder, now).map((index) => ({ group, index, key: `${group.id}/${index}` })),
    );
    const keys = new Set(wanted.map(({ key }) => key));
    for (const key of this.#lookedAt.keys()) if (!keys.has(key)) this.#lookedAt.delete(key);
    if (wanted.length === 0) return;
    const waiting = wanted.filter(({ key }) => now - (this.#lookedAt.get(key) ?? 0) >= this.#everyMs);
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined && !this.#stopped; next = waiting.shift())
        await this.#look(next.group, next.index, next.key);
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, worker));
    const first = Math.min(...wanted.map(({ key }) => this.#lookedAt.get(key) ?? now));
    const wait = Math.max(50, first + this.#everyMs - Date.now());
    if (!this.#stopped) this.#timer = setTimeout(() => this.serve(), wait);
  }

  async #look(group: LiveGroup, index: number, key: string): Promise<void> {
    if (this.#open.has(key)) return;
    this.#lookedAt.set(key, Date.now());
    this.#open.add(key);
    const seen = this.#put(group, index).finally(() => this.#open.delete(key));
    await within(seen, longestMs).catch((error: Error) =>
      this.#context.log("peek-failed", { group: group.id, member: index, words: error.message }),
    );
  }

  async #put({ id, plan }: LiveGroup, index: number): Promise<void> {
    const { settings, objects, accounts } = this.#context;
    const member = plan.members.find((one) => one.index === index);
    if (member === undefined) return;
    const { job, attempt, progress } = member;
    const tails = await accounts.of(plan).tails({
      ...{ folder: plan.folder, member: index, logBytes: maxPeekBytes },
      ...(progress === undefined
        ? {}
        : { progress: { path: progress, endBytes: maxProgressBytes, startBytes: maxProgressStartBytes } }),
    });
    const text = (name: "stdout" | "stderr" | "progress") => {
      const piece = tails[name];
      return piece === undefined ? {} : { [name]: liveText(piece.from, piece.bytes) };
    };
    const start = tails.start && liveText(0, tails.start.bytes).text;
    const peek: Peek = {
      version: 1,
      cluster: settings.cluster,
      ...{ group: id, index, job, attempt },
      at: objects.now().toISOString(),
      ...text("stdout"),
      ...text("stderr"),
      ...text("progress"),
      ...(start === undefined ? {} : { progressStart: start.slice(0, start.lastIndexOf("\n") + 1) }),
    };
    await objects.put(settings.buckets.results, peekKey(settings.cluster, id, index), JSON.stringify(peek), {
      type: "application/json",
      once: false,
    });
  }
}
