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

/**
 * Reads a file from its `href`, following a redirect to S3 (fetch drops the bearer token when the origin changes).
 * Throws ProblemError where it is refused and ChecksumError where the bytes differ.
 */
export async function downloadFile(
  file: Pick<JobFile, "href" | "path" | "size" | "sha256">,
  options: ClientOptions & DownloadOptions,
): Promise<void> {
  const token = await options.token?.();
  const response = await fetch(`${options.origin}${file.href}`, {
    headers: token ? { authorization: `Bearer ${token}` } : {},
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!response.ok) throw await problemOf(response);
  const hash = sha256.create();
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    hash.update(read.value);
    await options.onChunk(read.value);
  }
  const actual = bytesToHex(hash.digest());
  if (actual !== file.sha256) throw new ChecksumError(file.path, file.sha256, actual);
}
