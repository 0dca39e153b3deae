// The one poll of the page: asks what has moved of one's own jobs since the last time, and hands it on.
import type { Changes, GatewayClient } from "../../client/gateway-client.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { pollWait } from "./poll-pace.ts";

export type PollReader = {
  take: (changes: Pick<Changes, "jobs" | "deleted">) => void;
  /** From here on it is told what moves: what was read before that moment (ms) may have missed something. */
  startedAt: (sentAt: number) => void;
  /** How often in a row it failed, and with what; 0: it did not. */
  failed: (failures: number, error: unknown) => void;
  signedOut: () => void;
};

/**
 * What came within this time is handed on again with each answer (ms): a list that was under way when it came
 * would otherwise lay older jobs over it.
 */
const toldAgainFor = 20_000;
/** Answers in a row that have more behind them; beyond so much, everything is read anew. */
const mostAtOnce = 5;

export class ChangesPoll {
  readonly #client: Pick<GatewayClient, "changes">;
  readonly #reader: PollReader;
  #since: string | undefined;
  #etag: string | undefined;
  #failures = 0;
  #movedAt = Date.now();
  #recent: { at: number; changes: Changes }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #stopped = false;

  constructor(client: Pick<GatewayClient, "changes">, reader: PollReader) {
    this.#client = client;
    this.#reader = reader;
  }

  /** Begins; the answer ends it. */
  start(): () => void {
    const look = () => (document.hidden ? this.#wait() : this.soon());
    document.addEventListener("visibilitychange", look);
    window.addEventListener("online", this.soon);
    void this.#ask();
    return () => {
      this.#stopped = true;
      clearTimeout(this.#timer);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("online", this.soon);
    };
  }

  /** Asks at once, and goes on briskly: something is likely to move. */
  readonly soon = (): void => {
    this.#movedAt = Date.now();
    void this.#ask();
  };

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#stopped) return;
    const pace = { hidden: document.hidden, failures: this.#failures, quiet: Date.now() - this.#movedAt };
    this.#timer = setTimeout(() => void this.#ask(), pollWait(pace));
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#stopped) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    try {
      await this.#askAll();
      if (this.#failures > 0) this.#reader.failed(0, undefined);
      this.#failures = 0;
    } catch (error) {
      if (!this.#stopped) this.#fail(error);
    }
    this.#asking = false;
    this.#wait();
  }

  async #askAll(): Promise<void> {
    for (let turn = 0; turn < mostAtOnce; turn += 1) {
      const sentAt = Date.now();
      const isFirst = this.#since === undefined;
      const { changes, etag } = await this.#client.changes(this.#since, this.#etag);
      if (this.#stopped) return;
      this.#etag = etag;
      if (changes) {
        this.#since = changes.next;
        if (isFirst) this.#reader.startedAt(sentAt);
        else this.#keep(changes);
      }
      this.#tell();
      if (!changes?.more) return;
    }
    this.#forget();
  }

  #keep(changes: Changes): void {
    if (changes.jobs.length + changes.deleted.length === 0) return;
    const told = this.#recent.at(-1)?.changes;
    // what moved within the last seconds may be told twice, and is no news then
    if (JSON.stringify([told?.jobs, told?.deleted]) !== JSON.stringify([changes.jobs, changes.deleted]))
      this.#movedAt = Date.now();
    this.#recent.push({ at: Date.now(), changes });
  }

  #tell(): void {
    for (const { changes } of this.#recent) this.#reader.take(changes);
    this.#recent = this.#recent.filter(({ at }) => Date.now() - at < toldAgainFor);
  }

  /** The next answer gives a new cursor, and all that was read before is read anew. */
  #forget(): void {
    this.#since = undefined;
    this.#etag = undefined;
  }

  #fail(error: unknown): void {
    if (error instanceof ProblemError && error.status === 401) {
      this.#stopped = true;
      this.#reader.signedOut();
      return;
    }
    // a cursor that is too old, or of another release
    if (error instanceof ProblemError && error.status === 422) this.#forget();
    this.#failures += 1;
    this.#reader.failed(this.#failures, error);
  }
}
