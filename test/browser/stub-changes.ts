// What has moved of the stand-in's jobs: every job that is another object than at the last question, and every one that is gone.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Job } from "../../shared/contract/job.ts";

/** Numbers what moves; a cursor is the number up to which all was told. */
export class StubChanges {
  #count = 0;
  #jobs = new Map<string, { job: Job; moved: number }>();
  #deleted = new Map<string, number>();

  /** The answer of GET /v1/changes, 304 where its tag is still right. */
  send(jobs: readonly Job[], request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    this.#look(jobs);
    const since = query.get("since");
    if (since !== null && !/^moved-\d+$/.test(since)) return void response.writeHead(422).end("{}");
    const from = since === null ? this.#count : Number(since.slice("moved-".length));
    const limit = Number(query.get("limit") ?? "200");
    const moved = [...this.#jobs.values()].filter((one) => one.moved > from).sort((a, b) => a.moved - b.moved);
    const told = moved.slice(0, limit);
    const more = told.length < moved.length;
    const next = more ? (told.at(-1)?.moved ?? from) : this.#count;
    const deleted = [...this.#deleted].flatMap(([id, at]) => (at > from && at <= next ? [id] : []));
    const body = JSON.stringify({ jobs: told.map(({ job }) => job), deleted, next: `moved-${next}`, more });
    const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
    if (request.headers["if-none-match"] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store", etag }).end(body);
  }

  #look(jobs: readonly Job[]): void {
    const there = new Set<string>();
    for (const job of jobs) {
      there.add(job.id);
      if (this.#jobs.get(job.id)?.job === job) continue;
      this.#count += 1;
      this.#jobs.set(job.id, { job, moved: this.#count });
      this.#deleted.delete(job.id);
    }
    for (const id of this.#jobs.keys()) {
      if (there.has(id)) continue;
      this.#count += 1;
      this.#jobs.delete(id);
      this.#deleted.set(id, this.#count);
    }
  }
}
