// Answers on the wire: headers, bodies and streams, and errors as XML.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Answer } from "./call.ts";
import { errorXml, S3Error } from "./errors.ts";

type Sending = {
  requestId: string;
  cors: Record<string, string>;
  /** False where the client still waits for 100 Continue. */
  begun: boolean;
};

/** Sends an answer to its end, or until the client is gone. Never rejects. */
export async function send(
  answer: Answer,
  stream: IncomingMessage,
  response: ServerResponse,
  { requestId, cors, begun }: Sending,
): Promise<void> {
  const { status, headers, body, release } = answer;
  try {
    response.writeHead(status, {
      server: "AmazonS3",
      "x-amz-request-id": requestId,
      "x-amz-id-2": requestId,
      // Who waits for 100 Continue must not take the next answer for it.
      ...(begun ? {} : { connection: "close" }),
      ...cors,
      ...(typeof body === "string" ? { "content-length": String(Buffer.byteLength(body)) } : {}),
      ...(body === undefined && status !== 304 && status !== 204 && stream.method !== "HEAD"
        ? { "content-length": "0" }
        : {}),
      ...headers,
    });
    if (body === undefined || typeof body === "string") response.end(stream.method === "HEAD" ? undefined : body);
    else await pipeline(Readable.from(body, { objectMode: false }), response);
  } catch (cause) {
    const gone = cause instanceof Error && "code" in cause && cause.code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!gone) console.error(`an answer of the local S3 broke off (${stream.method} ${stream.url}):`, cause);
    response.destroy();
  } finally {
    release?.();
    // What remains of a refused body is read away, so that its sender gets to see the answer.
    if (!stream.complete) stream.resume();
  }
}

/** What a thrown thing is answered with; all but an S3Error is logged and told to nobody. */
export function errorAnswer(cause: unknown, stream: IncomingMessage, requestId: string): Answer {
  const gone = stream.destroyed && !stream.complete;
  if (!(cause instanceof S3Error) && !gone) {
    console.error(`the local S3 failed on ${stream.method} ${stream.url}:`, cause);
  }
  const error =
    cause instanceof S3Error
      ? cause
      : new S3Error("InternalError", "We encountered an internal error. Please try again.");
  if (error.code === "NotModified") return { status: 304, headers: error.details };
  let resource = (stream.url ?? "/").replace(/\?.*$/s, "");
  try {
    resource = decodeURIComponent(resource);
  } catch {
    // Told as it came.
  }
  const headers = { "content-type": "application/xml" };
  return { status: error.status, headers, body: errorXml(error, resource, requestId) };
}
