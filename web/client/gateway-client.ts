// The one typed client of page and command line: every address of the contract, and what takes more than one request.
import createClient, { type Client } from "openapi-fetch";
import type * as z from "zod";
import type { Application, Cluster, ClusterChange, Site } from "../../shared/contract/catalogue.ts";
import type {
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
} from "../../shared/contract/job.ts";
import type { NewToken, Person, Token, TokenRequest } from "../../shared/contract/person.ts";
import type { Upload, UploadRequest } from "../../shared/contract/upload.ts";
import type { ApiPaths } from "./api-paths.ts";
import type { ClientOptions } from "./client-options.ts";
import { type DownloadOptions, downloadFile } from "./download.ts";
import { type FollowOptions, followJob } from "./follow.ts";
import { ProblemError } from "./problem-error.ts";
import { withRetries } from "./retry.ts";
import { putFile, type UploadOptions } from "./upload.ts";

type Result<T> = { data?: T; error?: unknown; response: Response };
type Paging = { cursor?: string | undefined; limit?: number | undefined };

/** Which of one's own jobs to list: all that is given must hold; of a list, any. */
export type JobsQuery = Paging & {
  state?: readonly JobState[] | undefined;
  application?: readonly string[] | undefined;
  cluster?: readonly string[] | undefined;
  tag?: readonly string[] | undefined;
  /** Words, each of which is in the name, the description, the id, a tag or an input's file name. */
  text?: string | undefined;
  /** Created then or later, and before (ISO 8601). */
  since?: string | undefined;
  until?: string | undefined;
};

export type JobsPage = { jobs: Job[]; cursor?: string | undefined; seen: number };

/** What moved since a cursor, oldest first; `next` is the cursor for the next time, `more`: there is more already. */
export type Changes = { jobs: Job[]; deleted: string[]; next: string; more: boolean };

export class GatewayClient {
  /** The typed requests themselves: `client.api.GET("/v1/jobs/{id}", …)`. */
  readonly api: Client<ApiPaths>;
  /** How it reaches the API: for readers of a file's pieces. */
  readonly options: ClientOptions;

  constructor(options: ClientOptions) {
    this.options = options;
    this.api = createClient<ApiPaths>({ baseUrl: options.origin });
    this.api.use({
      onRequest: async ({ request }) => {
        const token = await options.token?.();
        if (token) request.headers.set("authorization", `Bearer ${token}`);
        return request;
      },
    });
  }

  site(): Promise<Site> {
    return withRetries(async () => unwrap(await this.api.GET("/v1/site")));
  }

  me(): Promise<Person> {
    return withRetries(async () => unwrap(await this.api.GET("/v1/me")));
  }

  async applications(): Promise<Application[]> {
    return (await withRetries(async () => unwrap(await this.api.GET("/v1/applications")))).applications;
  }

  async clusters(): Promise<Cluster[]> {
    return (await withRetries(async () => unwrap(await this.api.GET("/v1/clusters")))).clusters;
  }

  /**
   * One page of one's own jobs, the latest changed first. `cursor` in the answer: there are more to look through, even
   * where few or none of this page came through the filter; `seen` counts those that were looked through.
   */
  jobs({ state, application, cluster, tag, ...query }: JobsQuery = {}): Promise<JobsPage> {
    const lists = {
      state: listed(state),
      application: listed(application),
      cluster: listed(cluster),
      tag: listed(tag),
    };
    const asked = () => this.api.GET("/v1/jobs", { params: { query: given({ ...query, ...lists }) } });
    return withRetries(async () => unwrap(await asked()));
  }

  /** Sets a cluster's notice (null removes it), or whether it accepts new jobs. For administrators. */
  changeCluster(cluster: string, change: ClusterChange): Promise<Cluster> {
    const asked = () => this.api.PATCH("/v1/clusters/{cluster}", { params: { path: { cluster } }, body: change });
    return withRetries(async () => unwrap(await asked()));
  }

  /**
   * What has moved of one's own since a cursor (the `next` of an earlier answer, or an instant); without one only `next` is
   * told. With the `etag` of the last answer, `changes` is undefined where nothing has. Not tried again: it is polled.
   */
  async changes(since?: string, etag?: string): Promise<{ changes: Changes | undefined; etag: string | undefined }> {
    const header = etag === undefined ? {} : { "if-none-match": etag };
    const result = await this.api.GET("/v1/changes", { params: { query: given({ since }), header } });
    const tag = result.response.headers.get("etag") ?? etag;
    return { changes: result.response.status === 304 ? undefined : unwrap(result), etag: tag };
  }

  job(id: string): Promise<Job> {
    return withRetries(async () => unwrap(await this.api.GET("/v1/jobs/{id}", { params: { path: { id } } })));
  }

  async events(id: string): Promise<JobEvent[]> {
    const asked = () => this.api.GET("/v1/jobs/{id}/events", { params: { path: { id } } });
    return (await withRetries(async () => unwrap(await asked()))).events;
  }

  /** Asks the cluster to look at a running job for a minute; the answer is the latest look that there is. */
  peek(id: string): Promise<LiveJob> {
    const asked = () => this.api.POST("/v1/jobs/{id}/peek", { params: { path: { id } } });
    return withRetries(async () => unwrap(await asked()));
  }

  /** The latest look at a running job: the ends of its logs, and how far it is. */
  live(id: string): Promise<LiveJob> {
    const asked = () => this.api.GET("/v1/jobs/{id}/live", { params: { path: { id } } });
    return withRetries(async () => unwrap(await asked()));
  }

  /** One page of the files of a job's attempt (default: its present one), and what was left on the cluster. */
  files(
    id: string,
    query: Paging & { attempt?: number | undefined } = {},
  ): Promise<{ files: JobFile[]; skipped: SkippedFile[]; cursor?: string | undefined }> {
    const asked = () => this.api.GET("/v1/jobs/{id}/files", { params: { path: { id }, query: given(query) } });
    return withRetries(async () => unwrap(await asked()));
  }

  /** Submits a job. Safe to repeat: without a key it makes one, and uses it for every try. */
  submit(submission: z.input<typeof JobSubmission>, key: string = crypto.randomUUID()): Promise<Job> {
    const header = { "idempotency-key": key };
    return withRetries(async () => unwrap(await this.api.POST("/v1/jobs", { params: { header }, body: submission })));
  }

  /** What a submission would become, with its script as text; throws the ProblemError that submitting it would. */
  check(submission: z.input<typeof JobSubmission>): Promise<CheckedJob> {
    return withRetries(async () => unwrap(await this.api.POST("/v1/jobs/check", { body: submission })));
  }

  /** Names, describes or tags a job; null removes. */
  change(id: string, change: JobChange): Promise<Job> {
    const asked = () => this.api.PATCH("/v1/jobs/{id}", { params: { path: { id } }, body: change });
    return withRetries(async () => unwrap(await asked()));
  }

  /** Asks for a job to be cancelled; its state tells later whether that came in time. */
  cancel(id: string): Promise<Job> {
    const asked = () => this.api.POST("/v1/jobs/{id}/cancel", { params: { path: { id } } });
    return withRetries(async () => unwrap(await asked()));
  }

  /** A new job with the same inputs, with what is named otherwise. Safe to repeat, as submitting. */
  rerun(id: string, rerun: JobRerun = {}, key: string = crypto.randomUUID()): Promise<Job> {
    const params = { path: { id }, header: { "idempotency-key": key } };
    return withRetries(async () => unwrap(await this.api.POST("/v1/jobs/{id}/rerun", { params, body: rerun })));
  }

  /** Deletes a job, cancelling it first where it lives. One that is not there (any more) is deleted. */
  async remove(id: string): Promise<void> {
    try {
      await withRetries(async () => unwrap(await this.api.DELETE("/v1/jobs/{id}", { params: { path: { id } } })));
    } catch (error) {
      // an earlier try may have arrived without its answer coming back
      if (!(error instanceof ProblemError && error.code === "not-found")) throw error;
    }
  }

  /** Does one thing to each of at most 100 jobs; the results say what became of each, in the jobs' order. */
  async bulk(request: BulkRequest, key: string = crypto.randomUUID()): Promise<BulkResult[]> {
    const header = { "idempotency-key": key };
    const asked = () => this.api.POST("/v1/jobs/bulk", { params: { header }, body: request });
    return (await withRetries(async () => unwrap(await asked()))).results;
  }

  /** A new API token; its secret is told this once. Not tried again: a second one would be made. */
  async createToken(request: z.input<typeof TokenRequest>): Promise<NewToken> {
    return unwrap(await this.api.POST("/v1/tokens", { body: request }));
  }

  async tokens(): Promise<Token[]> {
    return (await withRetries(async () => unwrap(await this.api.GET("/v1/tokens")))).tokens;
  }

  deleteToken(id: string): Promise<void> {
    const asked = () => this.api.DELETE("/v1/tokens/{id}", { params: { path: { id } } });
    return withRetries(async () => unwrap<void>(await asked()));
  }

  /** A signed PUT for one input; it waits for its bytes. */
  createUpload(request: z.input<typeof UploadRequest>): Promise<Upload> {
    return withRetries(async () => unwrap(await this.api.POST("/v1/uploads", { body: request })));
  }

  /** Uploads one input and returns its upload id, to be named in a submission. */
  async upload(file: { name: string; body: Blob; type?: string }, options: UploadOptions = {}): Promise<string> {
    const type = file.type || file.body.type || "application/octet-stream";
    const request: UploadRequest = { name: file.name, size: file.body.size, type };
    const upload = await withRetries(
      async () => unwrap(await this.api.POST("/v1/uploads", { body: request })),
      options.signal,
    );
    await withRetries(() => putFile(upload, file.body, options), options.signal);
    return upload.id;
  }

  /** Each change of a job until it has ended and its results are decided; the last one yielded is the final one. */
  follow(id: string, options: FollowOptions = {}): AsyncGenerator<Job, void> {
    return followJob(() => this.job(id), options);
  }

  /** Hands a result file's bytes to `options.onChunk` and throws ChecksumError unless their SHA-256 is the file's. */
  download(file: Pick<JobFile, "href" | "path" | "size" | "sha256">, options: DownloadOptions): Promise<void> {
    return downloadFile(file, { ...this.options, ...options });
  }
}

/** One text of several values; an empty list is no filter. */
const listed = (values: readonly string[] | undefined): string | undefined => values?.join(",") || undefined;

/** Leaves out what is undefined: it would be sent as the text "undefined". */
function given<T extends Record<string, unknown>>(query: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function unwrap<T>(result: Result<T>): T {
  if (!result.response.ok) throw new ProblemError(result.response.status, result.error);
  return result.data as T;
}
