// The result files of the stand-in: listed by pages, and their bytes by ranges, out of memory or made as they are asked for.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JobFile } from "../../shared/contract/job.ts";

export type StubFile = {
  path: string;
  role: JobFile["role"];
  /** All bytes, or how many there are and what makes those from one place to another. */
  body: string | Buffer | { size: number; bytes: (from: number, to: number) => Buffer };
  /** It is had from S3, by a redirect. */
  stored?: boolean;
  damaged?: boolean;
};

const sizeOf = ({ body }: StubFile): number =>
  typeof body === "string" ? Buffer.byteLength(body) : Buffer.isBuffer(body) ? body.length : body.size;

function bytesOf({ body }: StubFile, from: number, to: number): Buffer {
  if (typeof body === "string") return Buffer.from(body).subarray(from, to);
  return Buffer.isBuffer(body) ? body.subarray(from, to) : body.bytes(from, to);
}

/** The answer of GET /v1/jobs/{id}/files. */
export function listStubFiles(
  id: string,
  files: readonly StubFile[],
  skipped: readonly { path: string; skipped: string }[],
  query: URLSearchParams,
) {
  const from = Number(query.get("cursor") ?? "0");
  const to = from + Number(query.get("limit") ?? "1000");
  const attempt = query.has("attempt") ? `?attempt=${query.get("attempt")}` : "";
  const page = files.slice(from, to).map((file) => ({
    path: file.path,
    role: file.role,
    size: sizeOf(file),
    sha256: createHash("sha256")
      .update(file.damaged ? "something else" : bytesOf(file, 0, Math.min(sizeOf(file), 4_000_000)))
      .digest("hex"),
    href: `/v1/jobs/${id}/files/${file.path.split("/").map(encodeURIComponent).join("/")}${attempt}`,
  }));
  return { files: page, skipped: from === 0 ? skipped : [], ...(to < files.length ? { cursor: String(to) } : {}) };
}

/** The answer with a file's bytes, or those of its Range, as the API and S3 give them. */
export function sendStubFile(file: StubFile, request: IncomingMessage, response: ServerResponse): void {
  const size = sizeOf(file);
  const type = { "content-type": "application/octet-stream", "accept-ranges": "bytes" };
  const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (!asked) return void response.writeHead(200, { ...type, "content-length": size }).end(bytesOf(file, 0, size));
  const from = Number(asked[1]);
  const to = Math.min(size, Number(asked[2]) + 1);
  if (from >= size) return void response.writeHead(416, { "content-range": `bytes */${size}` }).end();
  response
    .writeHead(206, { ...type, "content-length": to - from, "content-range": `bytes ${from}-${to - 1}/${size}` })
    .end(bytesOf(file, from, to));
}
