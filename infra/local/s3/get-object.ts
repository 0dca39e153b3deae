// GetObject and HeadObject: conditions, ranges and overridden headers.
import type { StoredObject } from "./bucket.ts";
import { type Answer, type Call, missingKey } from "./call.ts";
import { S3Error } from "./errors.ts";
import { bareEtag, checksumHeaders } from "./object-headers.ts";
import { asHeaderValue } from "./request.ts";

type Range = { start: number; end: number };

const overrides = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

function etagListed(list: string, etag: string): boolean {
  return list.split(",").some((one) => one.trim() === "*" || bareEtag(one.trim().replace(/^W\//, "")) === etag);
}

/**
 * Throws PreconditionFailed, or NotModified, where the caller's conditions on an object do not hold. In a copy
 * (`notModified` 412) an unmodified source is a failed condition too.
 */
export function readPreconditions(
  object: StoredObject,
  header: (name: string) => string | undefined,
  notModified: 304 | 412,
): void {
  const failed = (condition: string) =>
    new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
      Condition: condition,
    });
  const [match, none] = [header("if-match"), header("if-none-match")];
  const since = Date.parse(header("if-modified-since") ?? "");
  const until = Date.parse(header("if-unmodified-since") ?? "");
  if (match !== undefined && !etagListed(match, object.etag)) throw failed("If-Match");
  if (match === undefined && object.modified > until) throw failed("If-Unmodified-Since");
  const same = none !== undefined ? etagListed(none, object.etag) : object.modified <= since;
  if (!same) return;
  const condition = none !== undefined ? "If-None-Match" : "If-Modified-Since";
  throw notModified === 412 ? failed(condition) : notModifiedAnswer(object);
}

function notModifiedAnswer(object: StoredObject): S3Error {
  return new S3Error("NotModified", "Not Modified", stamps(object));
}

function stamps(object: StoredObject): Record<string, string> {
  return { etag: `"${object.etag}"`, "last-modified": new Date(object.modified).toUTCString() };
}

/** The bytes asked for; undefined for the whole. A range that is malformed or multiple is ignored, as S3 does. */
function rangeOf(text: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/.exec((text ?? "").trim());
  if (!match) return undefined;
  const [, from, to, suffix] = match;
  const start = from === undefined ? Math.max(size - Number(suffix), 0) : Number(from);
  const end = from === undefined || to === "" ? size : Math.min(Number(to) + 1, size);
  if (from !== undefined && to !== "" && Number(to) < start) return undefined;
  if (start < size && suffix !== "0" && end > start) return { start, end };
  throw new S3Error("InvalidRange", "The requested range is not satisfiable", {
    RangeRequested: text ?? "",
    ActualObjectSize: String(size),
  });
}

function ifRangeHolds(object: StoredObject, condition: string | undefined): boolean {
  if (condition === undefined) return true;
  return condition.trim().startsWith('"')
    ? bareEtag(condition) === object.etag
    : Date.parse(condition) === object.modified;
}

/** Answers an object or its headers. Throws NoSuchKey, or AccessDenied to those who may not list. */
export async function getObject(call: Call): Promise<Answer> {
  const { request, bucket, blobs } = call;
  const object = bucket.objects.get(request.key);
  if (!object) throw missingKey(call, bucket.name, request.key);
  readPreconditions(object, request.header, 304);
  const range = ifRangeHolds(object, request.header("if-range"))
    ? rangeOf(request.field("range"), object.size)
    : undefined;
  const { start, end } = range ?? { start: 0, end: object.size };

  const headers: Record<string, string> = {
    ...object.headers,
    "accept-ranges": "bytes",
    ...stamps(object),
  };
  for (const name of overrides) {
    const value = request.param(`response-${name}`);
    if (value !== undefined) headers[name] = asHeaderValue(`response-${name}`, value);
  }
  if (range) headers["content-range"] = `bytes ${start}-${end - 1}/${object.size}`;
  const whole = end - start === object.size;
  if (whole && request.field("x-amz-checksum-mode")?.toUpperCase() === "ENABLED") {
    Object.assign(headers, checksumHeaders(object.checksums, object.checksumType));
  }
  // Last: after it, Node 24 refuses a content-disposition in Latin-1.
  headers["content-length"] = String(end - start);
  const status = range ? 206 : 200;
  if (request.method === "HEAD") return { status, headers };
  return { status, headers, body: blobs.read(object.segments, start, end), release: blobs.hold(object.segments) };
}
