// What every operation is given, and what it answers with.
import type { Blobs } from "./blobs.ts";
import type { Bucket } from "./bucket.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { Signer } from "./signature.ts";
import { xmlDocument } from "./xml.ts";

export type Call = {
  request: S3Request;
  signer: Signer;
  /** The bucket of the address; it exists. */
  bucket: Bucket;
  blobs: Blobs;
  region: string;
  /** Another bucket, for the source of a copy. */
  bucketNamed(name: string): Bucket | undefined;
  /** Asks the host. Throws AccessDenied with its words. */
  allow(action: string, resource: string): void;
  /** Asks the host without it counting as a call. */
  wouldAllow(action: string, resource: string): boolean;
};
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body?: string | AsyncIterable<Buffer>;
  /** Called when the answer was sent or given up. */
  release?: () => void;
};

/** arn:aws:s3:::bucket, or arn:aws:s3:::bucket/key. */
export function arn(bucket: string, key?: string): string {
  return key === undefined ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
}

/** 200 with a document; `inner` is escaped already. */
export function xmlAnswer(root: string, inner: string, headers: Record<string, string> = {}): Answer {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body: xmlDocument(root, inner) };
}

/** A missing key: 404 only for a caller who might list the bucket, 403 for the rest, as S3 answers. */
export function missingKey(call: Call, bucket: string, key: string): S3Error {
  if (call.wouldAllow("s3:ListBucket", arn(bucket))) {
    return new S3Error("NoSuchKey", "The specified key does not exist.", { Key: key });
  }
  return new S3Error("AccessDenied", "Access Denied");
}

/** A whole number within bounds from a parameter. Throws InvalidArgument naming it. */
export function numberParam(call: Call, name: string, fallback: number, low: number, high: number): number {
  const text = call.request.param(name);
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= low && value <= high) return value;
  throw new S3Error("InvalidArgument", `${name} must be an integer between ${low} and ${high}, inclusive`, {
    ArgumentName: name,
    ArgumentValue: text,
  });
}
