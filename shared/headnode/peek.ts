// A look at a running member: the ends of its logs, overwritten with each look.
import * as z from "zod";
import { Id, Slug } from "../contract/id.ts";
import { LiveText } from "../contract/job.ts";

/** The end of a log has at most this many bytes; two logs and the progress file make one object. */
export const maxPeekBytes = 65_536;

/** Of the file of its progress: so much of the end, and of the beginning. */
export const maxProgressBytes = 4_096;
export const maxProgressStartBytes = 512;

/** A look as an object is never over this: a byte of a log may become six in JSON. */
export const maxPeekObjectBytes = 1_000_000;

/** S3 key of the latest look at a member. */
export const peekKey = (cluster: string, group: string, index: number): string =>
  `results/${cluster}/${group}/peek/${index}`;

export const Peek = z.strictObject({
  version: z.literal(1),
  cluster: Slug,
  group: Id,
  index: z.int().min(0),
  job: Id,
  attempt: z.int().min(1),
  at: z.iso.datetime(),
  stdout: LiveText.optional(),
  stderr: LiveText.optional(),
  /** The end of the file that the member names as its progress. */
  progress: LiveText.optional(),
  /** The beginning of that file, where its end is not all of it. */
  progressStart: z.string().optional(),
});
export type Peek = z.infer<typeof Peek>;
