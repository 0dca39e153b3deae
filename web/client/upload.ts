// The signed PUT of one input, in Node and in a browser.
import type { Upload } from "../../shared/contract/upload.ts";
import { ProblemError } from "./problem-error.ts";

export type UploadOptions = {
  signal?: AbortSignal;
  /** Told how many bytes are sent; in a browser only (fetch tells nothing of what it sends). */
  onProgress?: (sentBytes: number) => void;
};

/** What is used of a browser's XMLHttpRequest. */
type Request = {
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: Blob): void;
  abort(): void;
  status: number;
  upload: { onprogress: ((event: { loaded: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
};

/** PUTs the bytes with exactly the headers that were signed. Safe to repeat: 412 means that an earlier try arrived. */
export async function putFile(upload: Upload, body: Blob, options: UploadOptions): Promise<void> {
  // the platform sets the length itself, and a Blob's own type would be sent where none was signed
  const headers = Object.entries(upload.headers).filter(([name]) => name.toLowerCase() !== "content-length");
  const bytes = body.slice(0, body.size, "");
  const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: new () => Request };
  const status =
    options.onProgress && XMLHttpRequest
      ? await putWatched(new XMLHttpRequest(), upload.url, headers, bytes, options)
      : await fetch(upload.url, {
          method: "PUT",
          headers,
          body: bytes,
          ...(options.signal ? { signal: options.signal } : {}),
        }).then(async (response) => {
          await response.arrayBuffer();
          return response.status;
        });
  if (status !== 412 && (status < 200 || status > 299)) throw new ProblemError(status, undefined);
}

function putWatched(
  request: Request,
  url: string,
  headers: readonly (readonly [string, string])[],
  body: Blob,
  { signal, onProgress }: UploadOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    request.open("PUT", url);
    for (const [name, value] of headers) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress?.(event.loaded);
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new TypeError("the upload was cut off"));
    request.onabort = () => reject(signal?.reason);
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}
