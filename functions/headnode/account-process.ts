// Root's end of the process that works as a person's account. Nothing it says is believed beyond its bounds.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";
import { ulidPattern } from "../../shared/contract/id.ts";
import type { Measure, Said, Wanted } from "./account/collect.ts";
import type { LastWords } from "./account/last-words.ts";
import type { Removal, RemoveWanted } from "./account/remove.ts";
import type { Request } from "./account/serve.ts";
import type { Tails, TailsWanted } from "./account/tails.ts";
import { accountCommand } from "./account-program.ts";
import type { Identity } from "./account-rule.ts";
import { asAccount } from "./as-account.ts";
import type { Settings } from "./config.ts";
import { encodeFrame, type Frame, FrameReader } from "./frames.ts";
import { lastLine } from "./last-line.ts";

const Words = z.string().max(2_000);
const Result = z.object({ id: z.int(), ok: z.literal(true) }).loose();
const Failed = z.object({ id: z.int(), ok: z.literal(false), error: Words, code: z.string().max(40) });
const RecordEvent = z.object({
  event: z.literal("record"),
  group: z.string().regex(ulidPattern),
  name: z.string().regex(/^(?:group(?:\.\d{1,4})?|\d{1,4}\.(?:claim|end))$/),
  text: z.string().max(512),
});
const Path = z.string().min(1).max(20_000);
const Role = z.enum(["result", "stdout", "stderr"]);
const Size = z.int().min(0);
const SaidEvent = z.discriminatedUnion("event", [
  z.object({ id: z.int(), event: z.literal("file"), path: Path, role: Role, size: Size }),
  z.object({ id: z.int(), event: z.literal("data") }),
  z.object({ id: z.int(), event: z.literal("end") }),
  z.object({ id: z.int(), event: z.literal("bad"), why: z.string().max(200) }),
  z.object({ id: z.int(), event: z.literal("skip"), path: Path, role: Role, why: z.string().max(200) }),
  z.object({ id: z.int(), event: z.literal("over"), why: z.string().max(200) }),
]);
const Pieces = z
  .array(z.object({ name: z.enum(["stdout", "stderr", "progress", "start"]), from: Size, length: Size }))
  .max(4);
const Line = z.string().max(1_000).optional();
const WordsAnswer = z.record(z.string().regex(/^\d{1,4}$/), z.object({ last: Line, memory: Line }));
const RemoveAnswer = z.discriminatedUnion("left", [
  z.object({ left: z.literal("nothing") }),
  z.object({ left: z.literal("more") }),
  z.object({ left: z.literal("some"), words: z.string().max(300) }),
]);
const Holder = z.object({ holder: z.string().max(200) });
const MeasureAnswer = z.union([
  z.object({ bytes: Size, files: Size }),
  z.object({ over: z.string().max(200) }),
  z.object({ gone: z.string().max(200) }),
]);

/** An answer of "no" from the account's side: a full disk, a missing folder. */
export class AccountError extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** How much of a stream may be on its way to us (bytes). */
const windowBytes = 4 * 1024 * 1024;
const mostWaiting = 4_000;

type Answered = Record<string, unknown> & { body: Buffer };
type Pending = { resolve: (value: Answered) => void; reject: (error: Error) => void };
type Stream = { queue: Said[]; wake: (() => void) | undefined; ended: boolean; fault: Error | undefined };

export class AccountProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Map<number, Stream>();
  readonly #onRecord: (group: string, name: string, text: string) => void;
  #next = 1;
  #dead: Error | undefined;
  #drain: Promise<void> | undefined;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;

  constructor(
    settings: Settings,
    identity: Identity,
    onRecord: (group: string, name: string, text: string) => void = () => {},
  ) {
    this.#onRecord = onRecord;
    const { argv, env, cwd } = asAccount(identity, accountCommand(settings), settings);
    const [file = "", ...args] = argv;
    this.#child = spawn(file, args, { env, cwd, stdio: ["pipe", "pipe", "ignore"] });
    const reader = new FrameReader();
    this.#child.stdout.on("data", (bytes: Buffer) => {
      try {
        for (const frame of reader.push(bytes)) this.#receive(frame);
      } catch (error) {
        this.kill(`it broke the rules of the conversation: ${error instanceof Error ? error.message : error}`);
      }
    });
    this.#child.stdin.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#child.on("error", (error) => this.#end(`it could not be started: ${error.message}`));
      this.#child.on("close", (code, signal) => {
        this.#end(`it ended with ${signal ?? code}`);
        resolve();
      });
    });
  }

  get alive(): boolean {
    return this.#dead === undefined;
  }

  /** Ends it at once; whatever waits for it fails with these words. */
  kill(why: string): void {
    this.#end(why);
    this.#child.stdin.destroy();
    // runuser hands SIGTERM on and kills what does not obey within 2 s
    this.#child.kill("SIGTERM");
    setTimeout(() => this.#child.kill("SIGKILL"), 4_000).unref();
  }

  /** Lets it go: it ends by itself when its stdin does. */
  close(): void {
    this.#end("it was let go");
    this.#child.stdin.end();
  }

  async make(folder: string, members: number[]): Promise<void> {
    await this.#ask({ op: "make", folder, members });
  }

  /** Writes a file below the group's folder from pieces of bytes. */
  async write(folder: string, path: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const id = this.#next++;
    const answer = this.#answer(id);
    answer.catch(() => {}); // the last frame below meets it
    await this.#send({ op: "create", id, folder, path });
    for await (const piece of pieces)
      for (let at = 0; at < piece.length; at += 262_144)
        await this.#send({ op: "data", id }, piece.subarray(at, at + 262_144));
    await this.#send({ op: "data", id, last: true });
    await answer;
  }

  /** Makes the group's claim in this file of its records unless there is one; returns the words it holds. */
  async claim(folder: string, name: string, words: string): Promise<string> {
    return Holder.parse(await this.#ask({ op: "claim", folder, name, words })).holder;
  }

  /** The words of the group's claim in this file of its records; "" where there is none. */
  async holder(folder: string, name: string): Promise<string> {
    return Holder.parse(await this.#ask({ op: "holder", folder, name })).holder;
  }

  async follow(group: string, folder: string): Promise<void> {
    await this.#ask({ op: "follow", group, folder });
  }

  async unfollow(group: string): Promise<void> {
    await this.#ask({ op: "unfollow", group });
  }

  /** Has the records of a group read again; all that are there have been told when this resolves. */
  async look(group: string): Promise<void> {
    await this.#ask({ op: "look", group });
  }

  /** The ends of a member's logs, and of the file of its progress. */
  async tails(wanted: TailsWanted): Promise<Tails> {
    const answer = await this.#ask({ op: "tails", ...wanted });
    const found: Tails = {};
    let at = 0;
    for (const { name, from, length } of Pieces.parse(answer.pieces)) {
      const { logBytes, progress = { startBytes: 0, endBytes: 0 } } = wanted;
      const most = { stdout: logBytes, stderr: logBytes, progress: progress.endBytes, start: progress.startBytes };
      if (length > most[name] || at + length > answer.body.length)
        throw new Error(`it gave ${length} bytes of ${name}, more than it was asked for`);
      found[name] = { from, bytes: answer.body.subarray(at, at + length) };
      at += length;
    }
    return found;
  }

  /** What members said last on stderr, by index; any text is fit to be shown. */
  async lastWords(folder: string, members: number[]): Promise<Map<number, LastWords>> {
    const { words } = await this.#ask({ op: "words", folder, members });
    const shown = (text: string | undefined, name: keyof LastWords) => {
      const line = text === undefined ? undefined : lastLine(text);
      return line === undefined ? {} : { [name]: line };
    };
    const said = Object.entries(WordsAnswer.parse(words));
    return new Map(
      said.map(([index, { last, memory }]) => [Number(index), { ...shown(last, "last"), ...shown(memory, "memory") }]),
    );
  }

  /** Removes members' folders, or the group's. */
  async remove(wanted: RemoveWanted): Promise<Removal> {
    return RemoveAnswer.parse(await this.#ask({ op: "remove", ...wanted }));
  }

  async measure(wanted: Wanted): Promise<Measure> {
    return MeasureAnswer.parse(await this.#ask({ op: "measure", ...wanted }));
  }

  /** Streams a member's results; the next piece is asked for only when this one has been taken. */
  async *collect(wanted: Wanted): AsyncGenerator<Said> {
    const id = this.#next++;
    const stream: Stream = { queue: [], wake: undefined, ended: false, fault: undefined };
    this.#streams.set(id, stream);
    const finish = (fault?: Error) => {
      stream.ended = true;
      stream.fault = fault;
      stream.wake?.();
    };
    this.#answer(id).then(
      () => finish(),
      (error: Error) => finish(error),
    );
    try {
      await this.#send({ op: "collect", id, ...wanted });
      await this.#send({ op: "credit", id, bytes: windowBytes });
      for (;;) {
        const said = stream.queue.shift();
        if (said !== undefined) {
          yield said;
          if (said.event === "data") await this.#send({ op: "credit", id, bytes: said.bytes.length });
          continue;
        }
        if (stream.fault !== undefined) throw stream.fault;
        if (stream.ended) return;
        await new Promise<void>((resolve) => (stream.wake = resolve));
      }
    } finally {
      this.#streams.delete(id);
    }
  }

  async #ask(request: DistributiveOmit<Request, "id">): Promise<Answered> {
    const id = this.#next++;
    const answer = this.#answer(id);
    answer.catch(() => {});
    await this.#send({ ...request, id });
    return await answer;
  }

  #answer(id: number): Promise<Answered> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) reject(this.#dead);
      else this.#pending.set(id, { resolve, reject });
    });
  }

  async #send(request: object, body?: Uint8Array): Promise<void> {
    if (this.#dead !== undefined) throw this.#dead;
    if (this.#child.stdin.write(encodeFrame(request, body))) return;
    this.#drain ??= new Promise((resolve) => {
      const go = () => {
        this.#drain = undefined;
        resolve();
      };
      this.#child.stdin.once("drain", go);
      this.#child.once("close", go);
    });
    await this.#drain;
  }

  #receive({ head, body }: Frame): void {
    const record = RecordEvent.safeParse(head);
    if (record.success) {
      this.#onRecord(record.data.group, record.data.name, record.data.text);
      return;
    }
    const said = SaidEvent.safeParse(head);
    if (said.success) {
      this.#hear(said.data.id, said.data, body);
      return;
    }
    const failed = Failed.safeParse(head);
    if (failed.success) {
      const { id, error, code } = failed.data;
      this.#pending.get(id)?.reject(new AccountError(error, code));
      this.#pending.delete(id);
      return;
    }
    const result = Result.parse(head);
    this.#pending.get(result.id)?.resolve({ ...result, body });
    this.#pending.delete(result.id);
  }

  #hear(id: number, said: z.infer<typeof SaidEvent>, body: Buffer): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (stream.queue.length > mostWaiting + windowBytes / 1024) throw new Error("it says more than it was asked for");
    stream.queue.push(said.event === "data" ? { event: "data", bytes: body } : said);
    stream.wake?.();
  }

  #end(why: string): void {
    if (this.#dead !== undefined) return;
    const dead = new Error(`the process of the account is gone: ${why}`);
    this.#dead = dead;
    for (const { reject } of this.#pending.values()) reject(dead);
    this.#pending.clear();
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
