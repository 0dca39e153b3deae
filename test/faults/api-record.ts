// What the API says of a job, asked as its owner: the job, the list of its files, and every byte of them.
import { createHash } from "node:crypto";
import type { Job, JobFile } from "../../shared/contract/job.ts";

export type Downloaded = { file: JobFile; text: string; fault: string | undefined };

export class ApiRecord {
  readonly #api: string;
  readonly #token: string;

  constructor(api: string, token: string) {
    this.#api = api;
    this.#token = token;
  }

  /** The job; undefined where there is none. */
  async job(id: string): Promise<Job | undefined> {
    const answer = await this.#get(`/v1/jobs/${id}`);
    if (answer.status === 404) return undefined;
    return (await this.#json(answer)) as Job;
  }

  /** Ids of all jobs that the person has. */
  async all(): Promise<Set<string>> {
    const ids = new Set<string>();
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = (await this.#json(await this.#get(`/v1/jobs?limit=100${query}`))) as {
        jobs: Job[];
        cursor?: string;
      };
      for (const { id } of page.jobs) ids.add(id);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return ids;
  }

  /** Every file, held against the size and the SHA-256 that the list states. */
  async files(id: string): Promise<Downloaded[]> {
    const files: JobFile[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
      const page = (await this.#json(await this.#get(`/v1/jobs/${id}/files${query}`))) as {
        files: JobFile[];
        cursor?: string;
      };
      files.push(...page.files);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return await Promise.all(files.map((file) => this.#download(file)));
  }

  async #download(file: JobFile): Promise<Downloaded> {
    const answer = await this.#get(file.href);
    const bytes = Buffer.from(await answer.arrayBuffer());
    const hash = createHash("sha256").update(bytes).digest("hex");
    const fault = !answer.ok
      ? `answered ${answer.status}`
      : bytes.length !== file.size
        ? `has ${bytes.length} bytes instead of ${file.size}`
        : hash !== file.sha256
          ? `has the SHA-256 ${hash} instead of ${file.sha256}`
          : undefined;
    return { file, text: bytes.toString("utf8"), fault };
  }

  #get(path: string): Promise<Response> {
    return fetch(`${this.#api}${path}`, { headers: { authorization: `Bearer ${this.#token}` } });
  }

  async #json(answer: Response): Promise<unknown> {
    if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return await answer.json();
  }
}
