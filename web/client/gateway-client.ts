// The one typed client of page and command line: every address of the contract, and what takes more than one request.
import createClient, { type Client } from "openapi-fetch";
import type * as z from "zod";
import type { Application, Cluster, Site } from "../../shared/contract/catalogue.ts";
import type { Job, JobEvent, JobFile, JobSubmission, SkippedFile } from "../../shared/contract/job.ts";
import type { Person } from "../../shared/contract/person.ts";
import type { UploadRequest } from "../../shared/contract/upload.ts";
import type { ApiPaths } from "./api-paths.ts";
import type { ClientOptions } from "./client-options.ts";
import { type DownloadOptions, downloadFile } from "./download.ts";
import { type FollowOptions, followJob } from "./follow.ts";
import { ProblemError } from "./problem-error.ts";
import { withRetries } from "./retry.ts";
import { putFile, type UploadOptions } from "./upload.ts";

type Result<T> = { data?: T; error?: unknown; response: Response };
type Paging = { cursor?: string | undefined; limit?: number | undefined };

export class GatewayClient {
  /** The typed requests themselves: `client.api.GET("/v1/jobs/{id}", …)`. */
  readonly api: Client<ApiPaths>;
  private readonly options: ClientOptions;

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

  /** One page of one's own jobs, the latest changed first. `cursor` in the answer: there are more. */
  jobs(query: Paging = {}): Promise<{ jobs: Job[]; cursor?: string | undefined }> {
    return withRetries(async () => unwrap(await this.api.GET("/v1/jobs", { params: { query: given(query) } })));
  }

  job(id: string): Promise<Job> {
    return withRetries(async () => unwrap(await this.api.GET("/v1/jobs/{id}", { params: { path: { id } } })));
  }

  async events(id: string): Promise<JobEvent[]> {
    const asked = () => this.api.GET("/v1/jobs/{id}/events", { params: { path: { id } } });
    return (await withRetries(async () => unwrap(await asked()))).events;
  }

  /** One page of a job's files, and what was left on the cluster. */
  files(
    id: string,
    query: Paging = {},
  ): Promise<{ files: JobFile[]; skipped: SkippedFile[]; cursor?: string | undefined }> {
    const asked = () => this.api.GET("/v1/jobs/{id}/files", { params: { path: { id }, query: given(query) } });
    return withRetries(async () => unwrap(await asked()));
  }

  /** Submits a job. Safe to repeat: without a key it makes one, and uses it for every try. */
  submit(submission: z.input<typeof JobSubmission>, key: string = crypto.randomUUID()): Promise<Job> {
    const header = { "idempotency-key": key };
    return withRetries(async () => unwrap(await this.api.POST("/v1/jobs", { params: { header }, body: submission })));
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

/** Leaves out what is undefined: it would be sent as the text "undefined". */
function given(query: Paging): { cursor?: string; limit?: number } {
  return {
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
  };
}

function unwrap<T>(result: Result<T>): T {
  if (!result.response.ok) throw new ProblemError(result.response.status, result.error);
  return result.data as T;
}
