// Collecting one slice: files first, then the manifest, then the receipt. All of it or, for a member, words why not.
import { collectionPrefix, type ManifestFile, type ManifestSkip, manifestKey } from "../../shared/headnode/manifest.ts";
import { type MemberResults, ResultsReceipt } from "../../shared/headnode/receipt.ts";
import type { Measure, Said, Wanted } from "./account/collect.ts";
import type { AccountProcess } from "./account-process.ts";
import { fitting } from "./bounded-words.ts";
import type { Settings } from "./config.ts";
import { createDurably, readIfThere } from "./durable-file.ts";
import type { Log } from "./log.ts";
import type { Objects } from "./objects.ts";
import { mostReceiptBytes, putReceipt, withDetails } from "./receipts.ts";
import { overWords } from "./size-words.ts";
import { type Collected, fixCollected, markSent, readCollected, receiptFile, type Slice } from "./slices.ts";
import type { Plan, Staged, Submitted } from "./spool.ts";
import { freshUlid } from "./ulid.ts";
import { CollectionUpload, OverLimit, UploadError } from "./upload-collection.ts";

export type CollectContext = {
  settings: Settings;
  objects: Objects;
  log: Log;
  /** The process of the group's account, a fresh one where the last has ended. */
  account(): AccountProcess;
};

export type CollectCase = {
  /** The group's folder in the spool. */
  folder: string;
  plan: Plan;
  staged: Staged;
  submitted: Submitted;
  slice: Slice;
  /** How often the process of the account failed at a member. */
  strikes: Map<number, number>;
};

type Measured = Map<number, Measure>;
type Outcome = {
  lines: (ManifestFile | ManifestSkip)[];
  results: MemberResults["results"] | undefined;
  files: number;
  bytes: number;
  skipped: number;
};

/** Sizes of a slice's members, and their sum in bytes. */
export async function measureSlice(
  context: CollectContext,
  one: CollectCase,
): Promise<{ measured: Measured; bytes: number }> {
  const measured: Measured = new Map();
  if (readCollected(one.folder, one.slice.slice) !== undefined) return { measured, bytes: 0 };
  let bytes = 0;
  for (const state of one.slice.states) {
    const size = await atMember(context, one, state.index, async (account) =>
      inTime(context, account, account.measure(wantedOf(one, state.index))),
    );
    if ("over" in size || "gone" in size) measured.set(state.index, size);
    else if (size.bytes > one.plan.limits.bytes)
      measured.set(state.index, { over: overWords(size.bytes, one.plan.limits.bytes) });
    else {
      bytes += size.bytes;
      measured.set(state.index, size);
    }
  }
  return { measured, bytes };
}

/** Collects a slice to its receipt. Throws where it has to be tried again; every step that was made stays made. */
export async function collectSlice(context: CollectContext, one: CollectCase, measured: Measured): Promise<void> {
  const { settings, objects } = context;
  const { folder, slice, plan } = one;
  /*
   * No manifest ever names bytes that differ from what lies there: each try has a collection id of its own and overwrites
   * nothing of another, and the text of the manifest is fixed in the spool, by the first to get there, before its first PUT.
   * A repeat PUTs that very text; 412 then means that an earlier PUT of it arrived.
   */
  const collected = readCollected(folder, slice.slice) ?? (await collectFiles(context, one, measured));
  await objects.put(
    settings.buckets.results,
    manifestKey(settings.cluster, plan.group, slice.slice),
    collected.manifest,
    {
      type: "application/x-ndjson",
      once: true,
    },
  );
  const receipt = receiptOf(context, one, collected);
  await putReceipt(settings, objects, receipt);
  markSent(folder, slice.slice);
}

function receiptOf(context: CollectContext, one: CollectCase, collected: Collected): ResultsReceipt {
  const file = receiptFile(one.folder, one.slice.slice);
  const now = context.objects.now();
  const fresh = fitting(mostReceiptBytes, (cut) => ({
    version: 1 as const,
    kind: "results" as const,
    cluster: context.settings.cluster,
    receipt: freshUlid(now.getTime()),
    at: now.toISOString(),
    group: one.plan.group,
    slurmId: one.submitted.id,
    folder: one.plan.folder,
    slice: one.slice.slice,
    collection: collected.collection,
    states: withDetails(one.slice.states, cut),
    members: collected.results.map(({ results, ...member }) => ({
      ...member,
      results: results.state === "available" ? results : { ...results, reason: cut(results.reason) },
    })),
  }));
  createDurably(file, JSON.stringify(fresh));
  return ResultsReceipt.parse(JSON.parse(readIfThere(file) ?? ""));
}

async function collectFiles(context: CollectContext, one: CollectCase, measured: Measured): Promise<Collected> {
  const { settings, objects, log } = context;
  const { plan, slice } = one;
  const collection = freshUlid();
  const prefix = collectionPrefix(settings.cluster, plan.group, slice.slice, collection);
  log("collecting", { group: plan.group, slice: slice.slice, collection });
  const upload = new CollectionUpload(objects, settings.buckets.results, prefix);
  const outcomes = new Map<number, Outcome>();
  for (const state of slice.states)
    outcomes.set(state.index, await collectMember(context, one, state.index, measured.get(state.index), upload));
  await upload.finish();
  const members = slice.states.map((state) => state.index);
  const head = { version: 1, cluster: settings.cluster, group: plan.group, slice: slice.slice, collection, members };
  const parts = [`${JSON.stringify(head)}\n`];
  let offset = Buffer.byteLength(parts[0] ?? "");
  const results: MemberResults[] = slice.states.map(({ index, job, attempt }) => {
    const outcome = outcomes.get(index);
    const text = (outcome?.lines ?? []).map((line) => `${JSON.stringify(line)}\n`).join("");
    const length = Buffer.byteLength(text);
    parts.push(text);
    const { files = 0, bytes = 0, skipped = 0 } = outcome ?? {};
    const found = outcome?.results ?? ({ state: "available", files, bytes, skipped, offset, length } as const);
    offset += length;
    return { index, job, attempt, results: found };
  });
  return fixCollected(one.folder, slice.slice, { collection, manifest: parts.join(""), results });
}

const without = (results: MemberResults["results"]): Outcome => ({
  lines: [],
  results,
  files: 0,
  bytes: 0,
  skipped: 0,
});

async function collectMember(
  context: CollectContext,
  one: CollectCase,
  member: number,
  size: Measure | undefined,
  upload: CollectionUpload,
): Promise<Outcome> {
  if (size !== undefined && "over" in size) return without({ state: "withheld", reason: size.over });
  if (size !== undefined && "gone" in size) return without({ state: "unavailable", reason: size.gone });
  try {
    const lines = await atMember(context, one, member, async (account) =>
      upload.member(member, one.plan.limits, watched(context, account, account.collect(wantedOf(one, member)))),
    );
    return "gone" in lines ? without({ state: "unavailable", reason: lines.gone }) : { ...lines, results: undefined };
  } catch (error) {
    if (error instanceof OverLimit) return without({ state: "withheld", reason: error.message.slice(0, 500) });
    throw error;
  }
}

const wantedOf = (one: CollectCase, member: number): Wanted => ({
  folder: one.plan.folder,
  member,
  limits: one.plan.limits,
  inputs: one.staged.inputs[member] ?? [],
});

/** Works at a member with the account's process. One that fails at it too often makes this member unavailable, no other. */
async function atMember<T extends object>(
  context: CollectContext,
  one: CollectCase,
  member: number,
  work: (account: AccountProcess) => Promise<T>,
): Promise<T | { gone: string }> {
  const most = context.settings.patience.collectTries ?? 6;
  const strikes = one.strikes.get(member) ?? 0;
  try {
    if (strikes >= most) return { gone: `it could not be read in ${strikes} tries` };
    return await work(context.account());
  } catch (error) {
    if (error instanceof OverLimit || error instanceof UploadError) throw error;
    one.strikes.set(member, strikes + 1);
    if (strikes + 1 < most) throw error;
    const words = error instanceof Error ? error.message : String(error);
    return { gone: `it could not be read in ${strikes + 1} tries: ${words}`.slice(0, 500) };
  }
}

const stallOf = (context: CollectContext): number => (context.settings.patience.collectStallSeconds ?? 120) * 1000;

/** What hangs on the account's side (a dead NFS server) is ended there. */
async function inTime<T>(context: CollectContext, account: AccountProcess, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => account.kill("it did not answer in time"), stallOf(context));
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}

async function* watched(
  context: CollectContext,
  account: AccountProcess,
  stream: AsyncGenerator<Said>,
): AsyncGenerator<Said> {
  try {
    for (;;) {
      const next = await inTime(context, account, stream.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await stream.return(undefined);
  }
}
