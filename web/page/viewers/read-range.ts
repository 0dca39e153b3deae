// A piece of a result file: the bytes from one place to another, from S3 or from the API, and how long the whole is.
import type { JobFile } from "../../../shared/contract/job.ts";
import type { ClientOptions } from "../../client/client-options.ts";
import { problemOf } from "../../client/problem-error.ts";
import { withRetries } from "../../client/retry.ts";

export type Piece = {
  bytes: Uint8Array<ArrayBuffer>;
  /** Length of the whole file (bytes), as whoever holds it says. */
  total: number;
};

/**
 * Reads the bytes of a file from `from` up to but not including `to` (fewer where the file ends before). The API answers with
 * the bytes or with a redirect to a signed address, which fetch follows without the bearer token (the origin changes).
 * Throws ProblemError where it is refused; failures that may pass are tried again.
 */
export function readRange(
  options: ClientOptions,
  file: Pick<JobFile, "href" | "size">,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<Piece> {
  const start = Math.max(0, Math.floor(from));
  const end = Math.floor(to);
  if (!(end > start) || start >= file.size)
    return Promise.resolve({ bytes: new Uint8Array(new ArrayBuffer(0)), total: file.size });
  return withRetries(() => ask(options, file, start, end, signal), signal);
}

async function ask(
  options: ClientOptions,
  file: Pick<JobFile, "href" | "size">,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<Piece> {
  const token = await options.token?.();
  const response = await fetch(`${options.origin}${file.href}`, {
    // of this form a browser asks S3 without a preflight
    headers: { range: `bytes=${start}-${end - 1}`, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    // a later attempt of the job has other bytes at the same address: pieces of two must never be put together
    cache: "no-store",
    ...(signal ? { signal } : {}),
  });
  const told = /\/(\d+)\s*$/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (response.status === 416) {
    await response.body?.cancel();
    return { bytes: new Uint8Array(new ArrayBuffer(0)), total: told === undefined ? file.size : Number(told) };
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 206) {
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { bytes: bytes.subarray(0, end - start), total: told === undefined ? file.size : Number(told) };
  }
  // the whole is sent: what lies before is passed over, and nothing after it is waited for
  const bytes = await window(response, start, end);
  return { bytes, total: Number(response.headers.get("content-length") ?? file.size) };
}

async function window(response: Response, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    const first = Math.max(0, start - at);
    const last = Math.min(read.value.length, end - at);
    if (last > first) kept.push(read.value.subarray(first, last));
    at += read.value.length;
    if (at >= end) {
      await reader?.cancel();
      break;
    }
  }
  return joined(kept);
}

/** Several pieces one after another. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(new ArrayBuffer(pieces.reduce((sum, piece) => sum + piece.length, 0)));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
