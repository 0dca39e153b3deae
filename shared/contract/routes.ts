// The routes: the one source of validation, of API Gateway's routes, of the OpenAPI document and of the client's types.
import * as z from "zod";
import { Application, Cluster, ClusterChange, Site } from "./catalogue.ts";
import { Id, Slug } from "./id.ts";
import {
  BulkRequest,
  BulkResult,
  CheckedJob,
  Job,
  JobChange,
  JobEvent,
  JobFile,
  JobRerun,
  JobState,
  JobSubmission,
  LiveJob,
  SkippedFile,
  Tag,
} from "./job.ts";
import { NewToken, Person, PersonChange, Token, TokenRequest } from "./person.ts";
import type { ProblemCode } from "./problem.ts";
import { Upload, UploadRequest } from "./upload.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export type Route = {
  method: Method;
  /** API Gateway's form: {name}, and {name+} for the rest of the path. */
  path: `/v1/${string}`;
  summary: string;
  /** "public": anybody; "person": somebody active; "admin": an administrator; "signed-in": anybody signed in, waiting too. */
  access: "public" | "signed-in" | "person" | "admin";
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  status: 200 | 201 | 204;
  /** The answer's JSON body; absent: none, or bytes (see `bytes`). */
  response?: z.ZodType;
  /** The answer is a file's own bytes, or a 302 to where they are. */
  bytes?: true;
  /** Codes that this route may answer besides those that any may. */
  problems: readonly ProblemCode[];
};

/** Codes that every route may answer. */
export const commonProblems = [
  "invalid-request",
  "malformed-json",
  "body-too-large",
  "unsupported-media-type",
  "unauthenticated",
  "account-waiting",
  "account-disabled",
  "forbidden",
  "not-found",
  "method-not-allowed",
  "internal",
  "unavailable",
] as const satisfies readonly ProblemCode[];

const byId = z.strictObject({ id: Id });
const Cursor = z.string().max(2_000);
const Limit = z.coerce.number().int().min(1).max(1_000);
/** An earlier attempt; absent: the present one. */
const Attempt = z.coerce.number().int().min(1).max(100);
/** Any of some values, separated by commas. */
const anyOf = <T extends z.ZodType<unknown, string>>(one: T) =>
  z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(one).min(1).max(32));
const Instant = z.iso.datetime({ offset: true, error: "an instant such as 2026-01-31T09:30:00Z" });
const IdempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "1 to 255 printable ASCII characters")
    .optional(),
});
/** Codes of what keeps a job from being accepted. */
const refusedJob = [
  "unknown-application",
  "unknown-cluster",
  "no-unix-account",
  "input-missing",
  "input-too-large",
  "resources-exceeded",
  "mail-not-available",
  "cluster-closed",
] as const satisfies readonly ProblemCode[];

export const routes = {
  getOpenapi: {
    method: "GET",
    path: "/v1/openapi.json",
    summary: "This API as an OpenAPI 3.1 document",
    access: "public",
    status: 200,
    response: z.record(z.string(), z.unknown()),
    problems: [],
  },
  getSite: {
    method: "GET",
    path: "/v1/site",
    summary: "What a client needs to know before anybody has signed in",
    access: "public",
    status: 200,
    response: Site,
    problems: [],
  },
  getMe: {
    method: "GET",
    path: "/v1/me",
    summary: "The person who asks",
    access: "signed-in",
    status: 200,
    response: Person,
    problems: [],
  },
  listPeople: {
    method: "GET",
    path: "/v1/people",
    summary: "Everybody, for administrators",
    access: "admin",
    query: z.strictObject({ cursor: Cursor.optional(), limit: Limit.default(100) }),
    status: 200,
    response: z.strictObject({ people: z.array(Person), cursor: z.string().optional() }),
    problems: [],
  },
  changePerson: {
    method: "PATCH",
    path: "/v1/people/{id}",
    summary: "Approve, disable, give roles and Unix accounts",
    access: "admin",
    params: byId,
    body: PersonChange,
    status: 200,
    response: Person,
    problems: ["unknown-cluster", "conflict"],
  },
  createToken: {
    method: "POST",
    path: "/v1/tokens",
    summary: "A new personal API token; its secret is shown this once",
    access: "person",
    body: TokenRequest,
    status: 201,
    response: NewToken,
    problems: [],
  },
  listTokens: {
    method: "GET",
    path: "/v1/tokens",
    summary: "One's own API tokens, without their secrets",
    access: "person",
    status: 200,
    response: z.strictObject({ tokens: z.array(Token) }),
    problems: [],
  },
  deleteToken: {
    method: "DELETE",
    path: "/v1/tokens/{id}",
    summary: "End an API token",
    access: "person",
    params: byId,
    status: 204,
    problems: [],
  },
  listApplications: {
    method: "GET",
    path: "/v1/applications",
    summary: "What can be run",
    access: "person",
    status: 200,
    response: z.strictObject({ applications: z.array(Application) }),
    problems: [],
  },
  getApplication: {
    method: "GET",
    path: "/v1/applications/{application}",
    summary: "One application and the JSON Schema of its parameters",
    access: "person",
    params: z.strictObject({ application: Slug }),
    status: 200,
    response: Application,
    problems: [],
  },
  listClusters: {
    method: "GET",
    path: "/v1/clusters",
    summary: "Where it can be run",
    access: "person",
    status: 200,
    response: z.strictObject({ clusters: z.array(Cluster) }),
    problems: [],
  },
  changeCluster: {
    method: "PATCH",
    path: "/v1/clusters/{cluster}",
    summary: "Set a cluster's notice, or whether it accepts new jobs",
    access: "admin",
    params: z.strictObject({ cluster: Slug }),
    body: ClusterChange,
    status: 200,
    response: Cluster,
    problems: [],
  },
  createUpload: {
    method: "POST",
    path: "/v1/uploads",
    summary: "A signed PUT for one input, bound to its size and type, good once",
    access: "person",
    body: UploadRequest,
    status: 201,
    response: Upload,
    problems: ["input-too-large"],
  },
  submitJob: {
    method: "POST",
    path: "/v1/jobs",
    summary: "Submit a job; the same Idempotency-Key gives the same job",
    access: "person",
    headers: IdempotencyKey,
    body: JobSubmission,
    status: 201,
    response: Job,
    problems: [...refusedJob, "idempotency-key-reused", "conflict"],
  },
  checkJob: {
    method: "POST",
    path: "/v1/jobs/check",
    summary: "What a submission would become, or why it would be refused; nothing is submitted",
    access: "person",
    body: JobSubmission,
    status: 200,
    response: CheckedJob,
    problems: refusedJob,
  },
  bulkJobs: {
    method: "POST",
    path: "/v1/jobs/bulk",
    summary: "Cancel, delete, run anew, tag or untag some jobs; the same Idempotency-Key runs each anew once",
    access: "person",
    headers: IdempotencyKey,
    body: BulkRequest,
    status: 200,
    response: z.strictObject({ results: z.array(BulkResult) }),
    problems: [],
  },
  listJobs: {
    method: "GET",
    path: "/v1/jobs",
    summary:
      "One's own jobs, the latest changed first. A filtered answer may hold fewer than limit: where it has a cursor, there is more to look through",
    access: "person",
    query: z.strictObject({
      state: anyOf(JobState).optional(),
      application: anyOf(Slug).optional(),
      cluster: anyOf(Slug).optional(),
      tag: anyOf(Tag).optional(),
      /** Words, each of which is in the name, the description, the id, a tag or the file name of an input. */
      text: z.string().max(200).optional(),
      /** Created then or later. */
      since: Instant.optional(),
      /** Created before. */
      until: Instant.optional(),
      cursor: Cursor.optional(),
      limit: Limit.default(50),
    }),
    status: 200,
    response: z.strictObject({
      jobs: z.array(Job),
      cursor: z.string().optional(),
      /** How many jobs were looked through for this answer. */
      seen: z.int().min(0),
    }),
    problems: [],
  },
  listChanges: {
    method: "GET",
    path: "/v1/changes",
    summary:
      "What has moved of one's own since a cursor, oldest first: poll this one address, with If-None-Match. What moved within the last seconds may be told twice",
    access: "person",
    headers: z.object({ "if-none-match": z.string().max(200).optional() }),
    query: z.strictObject({
      /** The `next` of an earlier answer, or an instant; absent: only `next` is answered. */
      since: Cursor.optional(),
      limit: Limit.default(200),
    }),
    status: 200,
    response: z.strictObject({
      jobs: z.array(Job),
      /** Ids of jobs that were deleted. */
      deleted: z.array(Id),
      /** To be sent as `since` the next time. */
      next: z.string(),
      /** Whether there is more already. */
      more: z.boolean(),
    }),
    problems: [],
  },
  getJob: {
    method: "GET",
    path: "/v1/jobs/{id}",
    summary: "One job",
    access: "person",
    params: byId,
    status: 200,
    response: Job,
    problems: [],
  },
  changeJob: {
    method: "PATCH",
    path: "/v1/jobs/{id}",
    summary: "Name, describe or tag a job; null removes",
    access: "person",
    params: byId,
    body: JobChange,
    status: 200,
    response: Job,
    problems: [],
  },
  deleteJob: {
    method: "DELETE",
    path: "/v1/jobs/{id}",
    summary: "Delete a job; a live one is cancelled first",
    access: "person",
    params: byId,
    status: 204,
    problems: [],
  },
  cancelJob: {
    method: "POST",
    path: "/v1/jobs/{id}/cancel",
    summary: "Ask for a job to be cancelled; one that has ended stays as it is",
    access: "person",
    params: byId,
    status: 200,
    response: Job,
    problems: [],
  },
  rerunJob: {
    method: "POST",
    path: "/v1/jobs/{id}/rerun",
    summary: "A new job with the same inputs, with some parameters or resources otherwise",
    access: "person",
    params: byId,
    headers: IdempotencyKey,
    body: JobRerun,
    status: 201,
    response: Job,
    problems: [...refusedJob, "idempotency-key-reused", "conflict"],
  },
  peekJob: {
    method: "POST",
    path: "/v1/jobs/{id}/peek",
    summary: "Ask the cluster to look at a running job for a minute; its looks are read from /live",
    access: "person",
    params: byId,
    status: 200,
    response: LiveJob,
    problems: [],
  },
  getLiveJob: {
    method: "GET",
    path: "/v1/jobs/{id}/live",
    summary: "The latest look at a running job: the ends of its logs, and how far it is",
    access: "person",
    params: byId,
    status: 200,
    response: LiveJob,
    problems: [],
  },
  listJobEvents: {
    method: "GET",
    path: "/v1/jobs/{id}/events",
    summary: "A job's timeline",
    access: "person",
    params: byId,
    status: 200,
    response: z.strictObject({ events: z.array(JobEvent) }),
    problems: [],
  },
  listJobFiles: {
    method: "GET",
    path: "/v1/jobs/{id}/files",
    summary: "A job's result files with sizes and SHA-256, and what was skipped",
    access: "person",
    params: byId,
    query: z.strictObject({ attempt: Attempt.optional(), cursor: Cursor.optional(), limit: Limit.default(1_000) }),
    status: 200,
    response: z.strictObject({
      files: z.array(JobFile),
      skipped: z.array(SkippedFile),
      cursor: z.string().optional(),
    }),
    problems: ["results-not-available"],
  },
  getJobFile: {
    method: "GET",
    path: "/v1/jobs/{id}/files/{path+}",
    summary: "One result file: its bytes, or a 302 to a signed URL",
    access: "person",
    params: z.strictObject({ id: Id, path: z.string().min(1) }),
    query: z.strictObject({ attempt: Attempt.optional() }),
    status: 200,
    bytes: true,
    problems: ["results-not-available"],
  },
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof routes;
export type Routes = typeof routes;
