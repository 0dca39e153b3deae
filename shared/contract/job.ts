// A job as the API shows it, and as a person asks for one.
import * as z from "zod";
import { FileName, Id, Slug } from "./id.ts";
import { Problem } from "./problem.ts";

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

/** The states that a job ends in. */
export const finalStates = ["succeeded", "failed", "cancelled"] as const satisfies readonly JobState[];
const finals: ReadonlySet<JobState> = new Set(finalStates);
export const isFinal = (state: JobState): boolean => finals.has(state);

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

/** What a job asks of the cluster. Memory is in MB, per node or per CPU but not both; time is in minutes. */
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
  /** Per node. */
  gpus: z.int().min(0).max(64).optional(),
  /** Other generic resources, per node, as Slurm writes them. */
  gres: z
    .string()
    .max(256)
    .regex(
      /^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+){0,2}(,[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+){0,2})*$/,
      "generic resources such as gpu:a100:2,fpga:1",
    )
    .optional(),
  /** Features that the nodes must have, as Slurm writes them. */
  constraint: z
    .string()
    .regex(/^[A-Za-z0-9_.,:|&*()[\]!-]{1,256}$/, "features such as haswell|skylake, or fast&big")
    .optional(),
  memoryMb: z.int().min(1).max(64_000_000).optional(),
  memoryPerCpuMb: z.int().min(1).max(64_000_000).optional(),
  wallMinutes: z.int().min(1).max(525_600).optional(),
});
export type Resources = z.infer<typeof Resources>;

/** Reasons after which a job may be tried again by itself; a lost job may still run, and a rejected one would be again. */
export const retryableReasons = [
  "exit-code",
  "signal",
  "time-limit",
  "out-of-memory",
  "node-failure",
  "preempted",
] as const satisfies readonly FailureReason[];

/** Automatic retry: how many more attempts at most, and after which reasons. */
export const Retry = z.strictObject({
  limit: z.int().min(0).max(5),
  on: z.array(z.enum(retryableReasons)).max(retryableReasons.length),
});
export type Retry = z.infer<typeof Retry>;
export const defaultRetry: Retry = { limit: 2, on: ["node-failure", "preempted"] };

/** Whom to tell by mail of which moves. Of a sweep one mail is sent, when all its jobs have ended. */
export const mailedStates = ["running", ...finalStates] as const satisfies readonly JobState[];
export const MailRequest = z.strictObject({
  to: z.array(z.email("an e-mail address such as name@example.org").max(254)).min(1).max(5),
  on: z.array(z.enum(mailedStates)).min(1).max(mailedStates.length),
});
export type MailRequest = z.infer<typeof MailRequest>;

/** Jobs that were submitted as one: an array, or every value of a list. The client makes the id and counts from 0. */
export const Sweep = z
  .strictObject({ id: Id, index: z.int().min(0).max(9_999), size: z.int().min(1).max(10_000) })
  .refine(({ index, size }) => index < size, { message: "an index below size", path: ["index"] });
export type Sweep = z.infer<typeof Sweep>;

/** One input of a submission: an upload, and the name it gets in the job's folder. */
export const InputRequest = z.strictObject({ upload: Id, name: FileName });

const maxInputs = 1_000;

/** A short word of a person's own for finding jobs again. No comma: a filter's values are separated by it. */
export const Tag = z.string().regex(/^[^,\p{Cc}]{1,64}$/u, "1 to 64 characters without commas and control characters");
const JobName = z.string().min(1).max(200);
const Description = z.string().max(10_000);
export const maxTags = 32;
const Tags = z.array(Tag).max(maxTags);
const Parameters = z.record(z.string(), z.unknown());

/** The body of POST /v1/jobs. */
export const JobSubmission = z.strictObject({
  application: Slug,
  version: z
    .string()
    .regex(/^[0-9A-Za-z.-]{1,32}$/, "a version of the application")
    .optional(),
  cluster: Slug.optional(),
  name: JobName.optional(),
  description: Description.optional(),
  tags: Tags.optional(),
  projectId: Id.optional(),
  parameters: Parameters.default({}),
  resources: Resources.default({}),
  inputs: z.array(InputRequest).max(maxInputs).default([]),
  retry: Retry.optional(),
  mail: MailRequest.optional(),
  sweep: Sweep.optional(),
  /** The job that this one is run anew from; kept on the job, changes nothing else. */
  rerunOf: Id.optional(),
});
export type JobSubmission = z.infer<typeof JobSubmission>;

/** What a submission would become: every value as the job would have it, and the batch script as text for a person. */
export const CheckedJob = z.strictObject({
  application: Slug,
  version: z.string(),
  cluster: Slug,
  parameters: Parameters,
  resources: Resources,
  script: z.string(),
});
export type CheckedJob = z.infer<typeof CheckedJob>;

/** The body of PATCH /v1/jobs/{id}: what is named is set, null removes it. */
export const JobChange = z.strictObject({
  name: JobName.nullable().optional(),
  description: Description.nullable().optional(),
  tags: Tags.optional(),
});
export type JobChange = z.infer<typeof JobChange>;

/** The body of POST /v1/jobs/{id}/rerun: what is to be otherwise than in the old job, by field. */
export const JobRerun = z.strictObject({
  parameters: Parameters.optional(),
  resources: Resources.optional(),
  name: JobName.optional(),
});
export type JobRerun = z.infer<typeof JobRerun>;

export const maxBulkJobs = 100;

/** The body of POST /v1/jobs/bulk: one thing done to each of some jobs. */
export const BulkRequest = z
  .strictObject({
    action: z.enum(["cancel", "delete", "rerun", "tag", "untag"]),
    jobs: z.array(Id).min(1).max(maxBulkJobs),
    /** For "tag" and "untag" only. */
    tag: Tag.optional(),
  })
  .superRefine(({ action, tag }, context) => {
    const wants = action === "tag" || action === "untag";
    if (wants === (tag !== undefined)) return;
    const message = wants ? "a tag" : "no tag, since the action is neither tag nor untag";
    context.addIssue({ code: "custom", message, path: ["tag"], input: tag });
  });
export type BulkRequest = z.infer<typeof BulkRequest>;

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

/** An attempt that ended and was followed by another. Its files are listed with `?attempt=`. */
export const PastAttempt = z.strictObject({
  attempt: z.int().min(1),
  reason: FailureReason,
  detail: z.string().optional(),
  exitCode: z.int().optional(),
  signal: z.int().optional(),
  slurmId: z.string().optional(),
  folder: z.string().optional(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime(),
  results: JobResults,
});
export type PastAttempt = z.infer<typeof PastAttempt>;

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
  /** Attempts before the present one, oldest first. */
  attempts: z.array(PastAttempt).optional(),
  /** Absent: defaultRetry. */
  retry: Retry.optional(),
  mail: MailRequest.optional(),
  sweep: Sweep.optional(),
  parameters: z.record(z.string(), z.unknown()),
  resources: Resources,
  /** `upload` may be named again in another submission. */
  inputs: z.array(z.strictObject({ name: z.string(), size: z.int(), etag: z.string(), upload: Id })),
  results: JobResults,
  /** Unix account that the job runs as on the cluster. */
  account: z.string(),
  /** Slurm's id: "123", or "123_4" for a member of an array. */
  slurmId: z.string().optional(),
  /** The job's folder on the cluster. */
  folder: z.string().optional(),
  /** When the folder is removed from the cluster, where that is known; it may be gone earlier if its owner removes it. */
  folderKeptUntil: z.iso.datetime().optional(),
  /** The job that this one was run anew from. */
  rerunOf: Id.optional(),
  /** When its cancelling was asked for; the state says whether that came in time. */
  cancelRequestedAt: z.iso.datetime().optional(),
  createdAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
});
export type Job = z.infer<typeof Job>;

/** What became of one job of a bulk request: the job as it is then (a rerun's: the new one), or why it was refused. */
export const BulkResult = z.discriminatedUnion("ok", [
  z.strictObject({ job: Id, ok: z.literal(true), is: Job.optional() }),
  z.strictObject({ job: Id, ok: z.literal(false), problem: Problem }),
]);
export type BulkResult = z.infer<typeof BulkResult>;

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

/** The end of a log as it was a moment ago on the cluster: at most 64 KB from byte `from` of `size`. */
export const LiveText = z.strictObject({ size: z.int().min(0), from: z.int().min(0), text: z.string() });
export type LiveText = z.infer<typeof LiveText>;

/** How far a running job is, by its application's own files. */
export const Progress = z.strictObject({
  /** 0 to 1, where the end is known. */
  done: z.number().min(0).max(1).optional(),
  /** "step 120 of 1000". */
  words: z.string(),
  /** What is being improved, "chisq", and its present value. */
  measure: z.strictObject({ name: z.string(), value: z.number() }).optional(),
});
export type Progress = z.infer<typeof Progress>;

/** A look at a running job. Without `at` none has come back yet; ask again after some seconds. */
export const LiveJob = z.strictObject({
  /** When the cluster looked. */
  at: z.iso.datetime().optional(),
  stdout: LiveText.optional(),
  stderr: LiveText.optional(),
  progress: Progress.optional(),
  /** The cluster goes on looking until then, unless it is asked again. */
  until: z.iso.datetime().optional(),
});
export type LiveJob = z.infer<typeof LiveJob>;
