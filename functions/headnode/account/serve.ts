// The process of an account: does what root asks over its stdin, answers on its stdout, and ends when root does.
import type { FileHandle } from "node:fs/promises";
import { encodeFrame, FrameReader } from "../frames.ts";
import { collect, measure, type Wanted } from "./collect.ts";
import { readLastWords } from "./last-words.ts";
import { Records } from "./records.ts";
import { type RemoveWanted, removeFolder } from "./remove.ts";
import { claimGroup, claimHolder, createBelow, makeGroup } from "./stage.ts";
import { readTails, type TailsWanted } from "./tails.ts";

/** What root may ask. Every request but "data" and "credit" is answered once under its id. */
export type Request = Asked | { op: "data"; id: number; last?: true } | { op: "credit"; id: number; bytes: number };
type Asked =
  | { op: "make"; id: number; folder: string; members: number[] }
  | { op: "create"; id: number; folder: string; path: string }
  | { op: "claim"; id: number; folder: string; name: string; words: string }
  | { op: "holder"; id: number; folder: string; name: string }
  | { op: "follow"; id: number; group: string; folder: string }
  | { op: "unfollow"; id: number; group: string }
  | { op: "look"; id: number; group: string }
  | ({ op: "tails"; id: number } & TailsWanted)
  | { op: "words"; id: number; folder: string; members: number[] }
  | ({ op: "remove"; id: number } & RemoveWanted)
  | ({ op: "measure"; id: number } & Wanted)
  | ({ op: "collect"; id: number } & Wanted);

type Writing = { file: FileHandle; tail: Promise<void>; fault?: unknown };

const writings = new Map<number, Writing>();
const followed = new Map<string, Records>();
const credits = new Map<number, { left: number; wake: (() => void) | undefined }>();
let drained: Promise<void> | undefined;

function send(head: unknown, body?: Buffer): Promise<void> {
  if (!process.stdout.write(encodeFrame(head, body)))
    drained ??= new Promise((resolve) => {
      process.stdout.once("drain", () => {
        drained = undefined;
        resolve();
      });
    });
  return drained ?? Promise.resolve();
}

const wordsOf = (error: unknown): { error: string; code: string } => ({
  error: error instanceof Error ? error.message.slice(0, 500) : String(error),
  code: (error as NodeJS.ErrnoException | undefined)?.code ?? "",
});

/** Serves until stdin ends. */
export function serveAccount(): void {
  const reader = new FrameReader();
  process.stdin.on("data", (bytes: Buffer) => {
    for (const { head, body } of reader.push(bytes)) receive(head as Request, body);
  });
  // root is gone, or wants us gone: whatever still runs is worth nothing
  process.stdin.on("end", () => process.exit(0));
  process.stdin.on("error", () => process.exit(0));
  process.stdout.on("error", () => process.exit(0));
}

function receive(request: Request, body: Buffer): void {
  if (request.op === "data") {
    write(request.id, body, request.last === true);
    return;
  }
  if (request.op === "credit") {
    const credit = credits.get(request.id);
    if (credit === undefined) return;
    credit.left += request.bytes;
    credit.wake?.();
    return;
  }
  answer(request).then(
    (result) => (result === undefined ? undefined : send({ id: request.id, ok: true, ...result })),
    (error: unknown) => send({ id: request.id, ok: false, ...wordsOf(error) }),
  );
}

/** The answer's facts; undefined where it is given elsewhere. */
async function answer(request: Asked): Promise<object | undefined> {
  switch (request.op) {
    case "make":
      await makeGroup(request.folder, request.members);
      return {};
    case "create":
      await create(request.id, request.folder, request.path);
      return undefined;
    case "claim":
      return { holder: await claimGroup(request.folder, request.name, request.words) };
    case "holder":
      return { holder: await claimHolder(request.folder, request.name) };
    case "follow":
      return await follow(request.group, request.folder);
    case "unfollow":
      followed.get(request.group)?.stop();
      followed.delete(request.group);
      return {};
    case "look":
      await followed.get(request.group)?.look();
      return {};
    case "tails":
      return await tails(request);
    case "words":
      return { words: await readLastWords(request.folder, request.members) };
    case "remove":
      return await removeFolder(request);
    case "measure":
      return await measure(request);
    case "collect":
      return await stream(request);
  }
}

/** Facts of each piece in the head, their bytes one after another as the body. */
async function tails(request: Extract<Asked, { op: "tails" }>): Promise<undefined> {
  const found = Object.entries(await readTails(request));
  const pieces = found.map(([name, { from, bytes }]) => ({ name, from, length: bytes.length }));
  await send({ id: request.id, ok: true, pieces }, Buffer.concat(found.map(([, { bytes }]) => bytes)));
}

async function follow(group: string, folder: string): Promise<object> {
  followed.get(group)?.stop();
  const records = new Records(folder, (name, text) => void send({ event: "record", group, name, text }));
  followed.set(group, records);
  await records.look();
  return {};
}

/** Data may come before the file is open: it waits in the promise chain, at most what root has in flight. */
async function create(id: number, folder: string, path: string): Promise<void> {
  const opening = createBelow(folder, path);
  let writing: Writing | undefined;
  const first = opening.then((file) => {
    if (writing !== undefined) writing.file = file;
  });
  writing = { file: undefined as unknown as FileHandle, tail: first };
  writings.set(id, writing);
  await first.catch(() => {}); // told with the last of the data
}

function write(id: number, body: Buffer, last: boolean): void {
  const writing = writings.get(id);
  if (writing === undefined) return;
  const bytes = Buffer.from(body);
  writing.tail = writing.tail.then(async () => {
    for (let done = 0; done < bytes.length; ) done += (await writing.file.write(bytes, done)).bytesWritten;
    if (last) await writing.file.close();
  });
  if (!last) {
    writing.tail.catch(() => {}); // told with the last of the data
    return;
  }
  writings.delete(id);
  writing.tail.then(
    () => send({ id, ok: true }),
    (error: unknown) => {
      writing.file?.close().catch(() => {});
      return send({ id, ok: false, ...wordsOf(error) });
    },
  );
}

async function stream(request: Extract<Request, { op: "collect" }>): Promise<object> {
  const { id } = request;
  const credit: { left: number; wake: (() => void) | undefined } = { left: 0, wake: undefined };
  credits.set(id, credit);
  try {
    for await (const said of collect(request)) {
      if (said.event !== "data") {
        await send({ id, ...said });
        continue;
      }
      // root says how much it can take, so that records are never stuck behind a file
      while (credit.left <= 0) await new Promise<void>((resolve) => (credit.wake = resolve));
      credit.left -= said.bytes.length;
      await send({ id, event: "data" }, said.bytes);
    }
    return {};
  } finally {
    credits.delete(id);
  }
}
