// The batch: what a cloud function asks of the head node. It lies in S3; only its id crosses SSM.
import * as z from "zod";
import { FileName, Id, Slug, UnixAccount } from "../contract/id.ts";
import { Resources } from "../contract/job.ts";

/** S3 key of a batch. */
export const batchKey = (cluster: string, batch: string): string => `batches/${cluster}/${batch}.json`;

/** One input of a member: a short-lived signed GET, bound to the ETag that was recorded at submit. */
export const StagedInput = z.strictObject({
  name: FileName,
  url: z.url(),
  /** Headers that were signed and must be sent ("if-match"). */
  headers: z.record(z.string(), z.string()),
  size: z.int().min(0),
});
export type StagedInput = z.infer<typeof StagedInput>;

/** One member of a group: an array index of one job's attempt. Holes in the indices are members that were cancelled before submit. */
export const Member = z.strictObject({
  index: z.int().min(0),
  job: Id,
  attempt: z.int().min(1),
  inputs: z.array(StagedInput),
  /** Small files made by the application from the parameters; written beside the inputs' folder as members/<index>/<name>. */
  files: z.record(z.string(), z.string()),
  /** Where the application writes how far it is, relative to work; its end is part of a look. */
  progress: FileName.optional(),
});
export type Member = z.infer<typeof Member>;

/** Bounds of what is collected, per member. */
export const CollectLimits = z.strictObject({ bytes: z.int().min(0), files: z.int().min(0) });

/** A group: an immutable ordered list of alike members, submitted once as one job or one array. */
export const Group = z.strictObject({
  group: Id,
  account: UnixAccount,
  application: z.strictObject({ id: Slug, version: z.string() }),
  resources: Resources,
  /** The application's constant script: starts in members/<index>/work, finds its files one folder up. Run by /bin/sh. */
  script: z.string(),
  members: z.array(Member).min(1).max(1_000),
  limits: CollectLimits,
});
export type Group = z.infer<typeof Group>;

/** Members of a group that are to be cancelled, by index; without `members` all of them. */
export const GroupCancel = z.strictObject({
  group: Id,
  members: z.array(z.int().min(0).max(9_999)).min(1).max(1_000).optional(),
});
export type GroupCancel = z.infer<typeof GroupCancel>;

/** Members of a group at which the watch is to look until an instant, at most every 10 s (shared/headnode/peek.ts). */
export const GroupPeek = z.strictObject({
  group: Id,
  members: z.array(z.int().min(0).max(9_999)).min(1).max(100),
  until: z.iso.datetime(),
});
export type GroupPeek = z.infer<typeof GroupPeek>;

/** A batch. "submit" submits each group once; "cancel" keeps members from being submitted, or takes them back; "report" makes the head node say again what it knows of groups and describe itself; "peek" makes the watch look at members; "forget" removes the folders of members that have ended, as their account. All but "forget" start the watch. */
export const Batch = z.discriminatedUnion("verb", [
  z.strictObject({
    version: z.literal(1),
    batch: Id,
    cluster: Slug,
    /** Later than this the batch is refused whole (ISO 8601). */
    notAfter: z.iso.datetime(),
    verb: z.literal("submit"),
    groups: z.array(Group).min(1),
  }),
  z.strictObject({
    version: z.literal(1),
    batch: Id,
    cluster: Slug,
    notAfter: z.iso.datetime(),
    verb: z.literal("report"),
    groups: z.array(Id),
  }),
  z.strictObject({
    version: z.literal(1),
    batch: Id,
    cluster: Slug,
    notAfter: z.iso.datetime(),
    verb: z.literal("cancel"),
    groups: z.array(GroupCancel).min(1),
  }),
  z.strictObject({
    version: z.literal(1),
    batch: Id,
    cluster: Slug,
    notAfter: z.iso.datetime(),
    verb: z.literal("peek"),
    groups: z.array(GroupPeek).min(1),
  }),
  z.strictObject({
    version: z.literal(1),
    batch: Id,
    cluster: Slug,
    notAfter: z.iso.datetime(),
    verb: z.literal("forget"),
    groups: z.array(GroupCancel).min(1),
  }),
]);
export type Batch = z.infer<typeof Batch>;
