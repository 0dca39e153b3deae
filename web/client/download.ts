// A result file's bytes, checked against the SHA-256 that the cluster's side recorded.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { JobFile } from "../../shared/contract/job.ts";
import type { ClientOptions } from "./client-options.ts";
import { problemOf } from "./problem-error.ts";

export type DownloadOptions = {
  /** Takes the bytes in order; waited for before more are read. */
  onChunk: (chunk: Uint8Array<ArrayBuffer>) => void | Promise<void>;
  signal?: AbortSignal;
};

/** The bytes that came are not those that were recorded. */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError" as const;
  constructor(path: string, expected: string, actual: string) {
    super(`${path} did not arrive as it was recorded: expected SHA-256 ${expected}, got ${actual}`);
  }
}

/** A file's bytes from a place on, as they come. */
export type OpenRange = {
  /** The first byte's place: that which was asked for, or 0 where the whole is sent. */
  start: number;
  body: AsyncIterable<Uint8Array<ArrayBuffer>>;
};

/**
 * Asks for a file's bytes from byte `from` on, following a redirect to S3 (fetch drops the bearer token when the origin
 * changes). Throws ProblemError where it is refused.
 */
export async function openRange(
  file: Pick<JobFile, "href">,
  from: number,
  options: ClientOptions & Pick<DownloadOptions, "signal">,
): Promise<OpenRange> {
  // anything but a path would send the token to somebody else
  if (!/^\/(?![/\\])/.test(file.href)) throw new Error(`not an address of the API: ${file.href.slice(0, 200)}`);
  const token = await options.token?.();
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(from > 0 ? { range: `bytes=${from}-` } : {}),
  };
  const signal = options.signal ? { signal: options.signal } : {};
  const response = await fetch(`${options.origin}${file.href}`, { headers, ...signal });
  if (!response.ok) throw await problemOf(response);
  const told = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1];
  const start = response.status === 206 ? Number(told ?? from) : 0;
  return { start, body: chunks(response.body) };
}

async function* chunks(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): OpenRange["body"] {
  const reader = body?.getReader();
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) yield read.value;
  } finally {
    await reader?.cancel().catch(() => {});
  }
}

/** Reads a whole file. Throws ProblemError where it is refused and ChecksumError where the bytes differ. */
export async function downloadFile(
  file: Pick<JobFile, "href" | "path" | "size" | "sha256">,
  options: ClientOptions & DownloadOptions,
): Promise<void> {
  const { body } = await openRange(file, 0, options);
  const hash = sha256.create();
  for await (const chunk of body) {
    hash.update(chunk);
    await options.onChunk(chunk);
  }
  const actual = bytesToHex(hash.digest());
  if (actual !== file.sha256) throw new ChecksumError(file.path, file.sha256, actual);
}
