// Receipts: what the head node says to the cloud. Each is one object; observe believes none without checking.
import * as z from "zod";
import { Partition } from "../contract/catalogue.ts";
import { Id, Slug } from "../contract/id.ts";
import { EvidenceSource, FailureReason } from "../contract/job.ts";

/** A receipt over this size is refused (bytes). */
export const maxReceiptBytes = 1_000_000;

/** S3 key of a receipt; hour is UTC as YYYYMMDDHH, by S3's own Date header. */
export const receiptKey = (cluster: string, hour: string, receipt: string): string =>
  `receipts/${cluster}/${hour}/${receipt}.json`;

/** S3 key of a cluster's heartbeat: overwritten, aged by LastModified, without an event (no .json). */
export const heartbeatKey = (cluster: string): string => `receipts/${cluster}/heartbeat`;

/** States that the head node can see; the cloud knows the others. */
export const memberStates = ["queued", "running", "collecting", "succeeded", "failed", "cancelled"] as const;

/** What is known of one member. */
export const MemberState = z.strictObject({
  index: z.int().min(0),
  job: Id,
  attempt: z.int().min(1),
  state: z.enum(memberStates),
  reason: FailureReason.optional(),
  /** Slurm's or the allow list's own words, for a person; at most 2,000 characters. */
  detail: z.string().max(2_000).optional(),
  exitCode: z.int().optional(),
  signal: z.int().optional(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  source: EvidenceSource,
});
export type MemberState = z.infer<typeof MemberState>;

/** How a member's results came out. Byte range: where its lines lie in the slice's manifest. */
export const MemberResults = z.strictObject({
  index: z.int().min(0),
  job: Id,
  attempt: z.int().min(1),
  results: z.discriminatedUnion("state", [
    z.strictObject({
      state: z.literal("available"),
      files: z.int().min(0),
      bytes: z.int().min(0),
      skipped: z.int().min(0),
      offset: z.int().min(0),
      length: z.int().min(0),
    }),
    z.strictObject({ state: z.literal("withheld"), reason: z.string().max(500) }),
    z.strictObject({ state: z.literal("unavailable"), reason: z.string().max(500) }),
  ]),
});
export type MemberResults = z.infer<typeof MemberResults>;

export const StatesReceipt = z.strictObject({
  version: z.literal(1),
  kind: z.literal("states"),
  cluster: Slug,
  receipt: Id,
  at: z.iso.datetime(),
  groups: z.array(
    z.strictObject({
      group: Id,
      /** Slurm's id of the job or array, where there is one. */
      slurmId: z
        .string()
        .regex(/^[0-9]{1,12}$/)
        .optional(),
      /** Folder of the group on the cluster; members/<index> below it. */
      folder: z.string().optional(),
      members: z.array(MemberState),
    }),
  ),
  /** Groups that were asked for and of which the head node has no memory. */
  unknown: z.array(Id).max(10_000).optional(),
});
export type StatesReceipt = z.infer<typeof StatesReceipt>;

/** A slice of ended members: their final states again, and their results. Written after the manifest. */
export const ResultsReceipt = z.strictObject({
  version: z.literal(1),
  kind: z.literal("results"),
  cluster: Slug,
  receipt: Id,
  at: z.iso.datetime(),
  group: Id,
  slurmId: z
    .string()
    .regex(/^[0-9]{1,12}$/)
    .optional(),
  folder: z.string().optional(),
  slice: z.int().min(0),
  /** Which collection counts: the one that the manifest names. */
  collection: Id,
  states: z.array(MemberState),
  members: z.array(MemberResults),
});
export type ResultsReceipt = z.infer<typeof ResultsReceipt>;

export const Receipt = z.discriminatedUnion("kind", [StatesReceipt, ResultsReceipt]);
export type Receipt = z.infer<typeof Receipt>;

/** The heartbeat's body: the cluster as its head node sees it. */
export const Heartbeat = z.strictObject({
  version: z.literal(1),
  cluster: Slug,
  at: z.iso.datetime(),
  kind: z.enum(["slurm", "stand-in"]),
  slurm: z.string().optional(),
  /** Absent where Slurm did not answer its head node. */
  partitions: z.array(Partition).optional(),
  /** So many members an array may have, and their indices are below it; 0 where arrays are disabled. */
  maxArraySize: z.int().optional(),
  liveGroups: z.int().min(0),
  folders: z.strictObject({ root: z.string().max(1_000), keepDays: z.number() }).optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;
