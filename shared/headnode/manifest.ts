// The manifest of a slice: NDJSON, first line the head, then one line per file, member by member, each member's lines together.
import * as z from "zod";
import { Id } from "../contract/id.ts";

/** Files smaller than this go into a pack (bytes). */
export const packedBelow = 1_048_576;

/** S3 key prefix of one collection of a slice: its packs and objects. */
export const collectionPrefix = (cluster: string, group: string, slice: number, collection: string): string =>
  `results/${cluster}/${group}/${slice}/${collection}/`;

/** S3 key of a slice's manifest; written last, If-None-Match: first writer wins. */
export const manifestKey = (cluster: string, group: string, slice: number): string =>
  `results/${cluster}/${group}/${slice}/manifest`;

export const ManifestHead = z.strictObject({
  version: z.literal(1),
  cluster: z.string(),
  group: Id,
  slice: z.int().min(0),
  collection: Id,
  members: z.array(z.int().min(0)),
});
export type ManifestHead = z.infer<typeof ManifestHead>;

/**
 * A file that was collected. Paths are unique within a member: the logs are "stdout" and "stderr" (roles of the same name),
 * results have their path in work; a result whose path is that of a log gets "work/" before it, as often as it takes to be
 * unlike every other path. Inputs that lie there unchanged are no results and are not listed. Either `pack` and `offset` (bytes `offset` to `offset + size` of that pack) or `object`; both are names below the collection's prefix. */
export const ManifestFile = z.strictObject({
  member: z.int().min(0),
  path: z.string(),
  role: z.enum(["result", "stdout", "stderr"]),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  pack: z.string().optional(),
  offset: z.int().min(0).optional(),
  object: z.string().optional(),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

/** Something that was left where it is: "symlink", "hard link", "fifo", "device", "socket", "changed while read", "name is not UTF-8", … */
export const ManifestSkip = z.strictObject({
  member: z.int().min(0),
  path: z.string(),
  skipped: z.string(),
});
export type ManifestSkip = z.infer<typeof ManifestSkip>;

export const ManifestLine = z.union([ManifestFile, ManifestSkip]);
export type ManifestLine = z.infer<typeof ManifestLine>;
