// A job and a group as they are kept: the contract's job with what only Headgate needs to know.
import type { EvidenceSource, Job, JobEvent, JobState, PastAttempt } from "../contract/job.ts";

/** One input of a job: where it lies, and the ETag that it had when the job was submitted. */
export type JobInput = { name: string; size: number; etag: string; upload: string };

/** Where a job's lines lie in its slice's manifest (bytes), and which collection counts. */
export type ResultsLocation = { slice: number; collection: string; offset: number; length: number };

/** An earlier attempt with its place in its group, and who told of its end. */
export type PastAttemptRecord = PastAttempt & {
  group?: string;
  index?: number;
  location?: ResultsLocation;
  source?: EvidenceSource;
};

export type JobRecord = Omit<Job, "inputs" | "attempts"> & {
  attempts?: PastAttemptRecord[];
  person: string;
  inputs: JobInput[];
  events: JobEvent[];
  /** Counts every write; each write is conditional on the one that it read. */
  revision: number;
  /** The group of the present attempt, and the index in it; set once per attempt. */
  group?: string;
  index?: number;
  /** Who told of the present state. */
  source: EvidenceSource;
  /** When the head node said what counts for the present state (its own clock, ISO 8601). */
  seenAt?: string;
  location?: ResultsLocation;
  /** States that the owner is yet to be told of by mail. */
  mailDue?: JobState[];
  /** How often that mail was refused. */
  mailTries?: number;
  /** Its group says that it is to be cancelled; until then the wish is on the job alone. */
  cancelNoted?: boolean;
  /** Until when the cluster was asked to look at it (ISO 8601). */
  peekUntil?: string;
  /** When its owner deleted it (ISO 8601): it is not there for anybody, and its item goes 90 days later. */
  deletedAt?: string;
  /** When its files are to be erased (ISO 8601), of a deleted job; absent once they are. */
  eraseAt?: string;
  /** When its cluster is asked once more to remove its folders (ISO 8601), of a job whose files were erased; and how often it was. */
  forgetAt?: string;
  forgets?: number;
};

/** The life of a group: proposed, membership fixed, command sent, nothing more to wait for. */
export type GroupStage = "forming" | "fixed" | "sent" | "closed";

export type GroupRecord = {
  id: string;
  cluster: string;
  stage: GroupStage;
  /** By index. null: a hole, whose job was taken by another group or ended before the group was fixed. */
  members: (GroupMember | null)[];
  /** By index, "1" where nothing more is to come. */
  settled: string;
  acknowledged: boolean;
  /** By index, "1" where cancelling was asked for; and when the head node was last asked to (ISO 8601). */
  cancels?: string;
  cancelSentAt?: string;
  createdAt: string;
  /** When it was last sent or heard of (ISO 8601); what reconcile counts from. */
  newsAt: string;
  /** Since when its head node has no memory of it (ISO 8601). */
  unknownSince?: string | undefined;
  revision: number;
};

export type GroupMember = { job: string; attempt: number };
