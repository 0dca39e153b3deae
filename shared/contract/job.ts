// A job as the API shows it, and as a person asks for one.
import * as z from "zod";
import { FileName, Id, Slug } from "./id.ts";

/** Every state that a job can be seen in, in the order of a life. */
export const jobStates = [
  "held",
  "submitted",
  "dispatched",
  "queued",
  "running",
  "collecting",
  "succeeded",
  "failed",
  "cancelled",
] as const;
export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;

/** Why a job failed. */
export const failureReasons = [
  "exit-code",
  "signal",
  "time-limit",
  "out-of-memory",
  "node-failure",
  "preempted",
  "rejected",
  "input-missing",
  "lost",
] as const;
export const FailureReason = z.enum(failureReasons);
export type FailureReason = z.infer<typeof FailureReason>;

/** Where a fact about a job came from, strongest first within Slurm. */
export const evidenceSources = [
  "sacct",
  "jobcomp",
  "squeue",
  "job",
  "sbatch",
  "allow-list",
  "headnode",
  "api",
  "dispatch",
  "reconcile",
] as const;
export const EvidenceSource = z.enum(evidenceSources);
export type EvidenceSource = z.infer<typeof EvidenceSource>;

/** What a job asks of the cluster. Memory is per node in MB, time in minutes. */
export const Resources = z.strictObject({
  partition: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, "the name of a partition")
    .optional(),
  account: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, "the name of a Slurm account")
    .optional(),
  qos: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, "the name of a quality of service")
    .optional(),
  nodes: z.int().min(1).max(10_000).optional(),
  tasks: z.int().min(1).max(100_000).optional(),
  cpusPerTask: z.int().min(1).max(1_024).optional(),
  gpus: z.int().min(0).max(64).optional(),
  memoryMb: z.int().min(1).max(64_000_000).optional(),
  wallMinutes: z.int().min(1).max(525_600).optional(),
});
export type Resources = z.infer<typeof Resources>;

/** One input of a submission: an upload, and the name it gets in the job's folder. */
export const InputRequest = z.strictObject({ upload: Id, name: FileName });

const maxInputs = 1_000;

/** The body of POST /v1/jobs. */
export const JobSubmission = z.strictObject({
  application: Slug,
  version: z
    .string()
    .regex(/^[0-9A-Za-z.-]{1,32}$/, "a version of the application")
    .optional(),
  cluster: Slug.optional(),
  name: z.string().min(1).max(200).optional(),
  description: z.string().max(10_000).optional(),
  tags: z.array(z.string().min(1).max(64)).max(32).optional(),
  projectId: Id.optional(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  resources: Resources.default({}),
  inputs: z.array(InputRequest).max(maxInputs).default([]),
});
export type JobSubmission = z.infer<typeof JobSubmission>;

/** Whether a job's results can be had, and if not, why. */
export const JobResults = z.strictObject({
  state: z.enum(["pending", "available", "withheld", "unavailable"]),
  /** Words, where the state is withheld or unavailable: "812 GB > 50 GB". */
  reason: z.string().optional(),
  files: z.int().min(0).optional(),
  bytes: z.int().min(0).optional(),
  /** Entries of the folder that are not regular files and were left where they are. */
  skipped: z.int().min(0).optional(),
});
export type JobResults = z.infer<typeof JobResults>;

/** A job as GET /v1/jobs/{id} shows it. Times are ISO 8601 in UTC. */
export const Job = z.strictObject({
  id: Id,
  application: Slug,
  version: z.string(),
  cluster: Slug,
  name: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  projectId: Id.optional(),
  state: JobState,
  reason: FailureReason.optional(),
  /** One sentence for a person: the cause in words. */
  detail: z.string().optional(),
  exitCode: z.int().optional(),
  signal: z.int().optional(),
  attempt: z.int().min(1),
  parameters: z.record(z.string(), z.unknown()),
  resources: Resources,
  inputs: z.array(z.strictObject({ name: z.string(), size: z.int(), etag: z.string() })),
  results: JobResults,
  /** Unix account that the job runs as on the cluster. */
  account: z.string(),
  /** Slurm's id: "123", or "123_4" for a member of an array. */
  slurmId: z.string().optional(),
  /** The job's folder on the cluster. */
  folder: z.string().optional(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
});
export type Job = z.infer<typeof Job>;

/** One move of a job: the timeline on the page. */
export const JobEvent = z.strictObject({
  at: z.iso.datetime(),
  state: JobState,
  attempt: z.int().min(1),
  /** What happened, in words. */
  cause: z.string(),
  source: EvidenceSource,
});
export type JobEvent = z.infer<typeof JobEvent>;

/** One file of a job's results. `href` is where its bytes are had, relative to the API's origin. */
export const JobFile = z.strictObject({
  path: z.string(),
  role: z.enum(["result", "stdout", "stderr"]),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  href: z.string(),
});
export type JobFile = z.infer<typeof JobFile>;

/** Something in a job's folder that was left where it is, and why. */
export const SkippedFile = z.strictObject({ path: z.string(), skipped: z.string() });
export type SkippedFile = z.infer<typeof SkippedFile>;
