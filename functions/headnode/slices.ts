// Slices of a group: fixed lists of ended members that are collected together, kept in the spool.
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Id } from "../../shared/contract/id.ts";
import { MemberResults, MemberState } from "../../shared/headnode/receipt.ts";
import { createDurably, writeDurably } from "./durable-file.ts";
import { readRecord } from "./spool.ts";

/** At most so many members a slice. */
export const sliceMembers = 1_000;

export const Slice = z.object({ slice: z.int().min(0), states: z.array(MemberState).min(1).max(sliceMembers) });
export type Slice = z.infer<typeof Slice>;

/** A collection that is whole in S3 but for its manifest: written before the manifest's first PUT, never changed. */
export const Collected = z.object({ collection: Id, manifest: z.string(), results: z.array(MemberResults) });
export type Collected = z.infer<typeof Collected>;

const place = (folder: string) => join(folder, "slices");

/** All slices of a group, and which of them the cloud has been told of. */
export function readSlices(folder: string): { slice: Slice; sent: boolean }[] {
  const slices = place(folder);
  if (!existsSync(slices)) return [];
  return readdirSync(slices)
    .filter((name) => /^\d+\.slice$/.test(name))
    .flatMap((name) => {
      const slice = readRecord(slices, name, Slice);
      return slice === undefined ? [] : [{ slice, sent: existsSync(sentFile(folder, slice.slice)) }];
    })
    .sort((a, b) => a.slice.slice - b.slice.slice);
}

/** Fixes a slice before anything of it is collected. */
export function fixSlice(folder: string, slice: Slice): void {
  mkdirSync(place(folder), { recursive: true, mode: 0o700 });
  if (!createDurably(join(place(folder), `${slice.slice}.slice`), JSON.stringify(slice)))
    throw new Error(`slice ${slice.slice} of ${folder} is there already`);
}

export const readCollected = (folder: string, slice: number): Collected | undefined =>
  readRecord(place(folder), `${slice}.collected`, Collected);

/** The first collection to get here counts; another one that got here too is forgotten. */
export function fixCollected(folder: string, slice: number, collected: Collected): Collected {
  createDurably(join(place(folder), `${slice}.collected`), JSON.stringify(collected));
  return readCollected(folder, slice) ?? collected;
}

export const receiptFile = (folder: string, slice: number): string => join(place(folder), `${slice}.receipt`);

export const sentFile = (folder: string, slice: number): string => join(place(folder), `${slice}.sent`);
export const markSent = (folder: string, slice: number): void => writeDurably(sentFile(folder, slice), "");
