// The headers that are kept with an object and come back when it is read.

import type { ChecksumType, Condition, StoredObject } from "./bucket.ts";
import { type Algorithm, algorithms, type Checksums } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import { asHeaderValue } from "./request.ts";

const plain = [
  "content-disposition",
  "cache-control",
  "content-language",
  "expires",
  "x-amz-website-redirect-location",
];
const encryption = [
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
];
const unsupported = /^x-amz-(server-side-encryption-customer-|object-lock-|tagging$|write-offset-bytes$)/;
const acls = new Set(["private", "bucket-owner-full-control"]);

type Fields = Pick<S3Request, "field" | "metadata">;

/** Picks what is kept from a request or a form. Throws where S3 (with ACLs off) or this server does not do a thing. */
export function keptHeaders(fields: Fields): Record<string, string> {
  const kept: Record<string, string> = { "content-type": fields.field("content-type") || "binary/octet-stream" };
  for (const name of [...plain, ...encryption]) {
    const value = fields.field(name);
    if (value !== undefined) kept[name] = value;
  }
  kept["x-amz-server-side-encryption"] ??= "AES256";
  const encoding = (fields.field("content-encoding") ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "" && word !== "aws-chunked");
  if (encoding.length > 0) kept["content-encoding"] = encoding.join(",");
  const storageClass = fields.field("x-amz-storage-class");
  if (storageClass !== undefined && storageClass !== "STANDARD") kept["x-amz-storage-class"] = storageClass;
  let size = 0;
  for (const [name, value] of Object.entries(fields.metadata())) {
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
    kept[`x-amz-meta-${name}`] = value;
  }
  if (size > 2048) {
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: String(size),
      MaxSizeAllowed: "2048",
    });
  }
  const acl = fields.field("x-amz-acl");
  if (acl !== undefined && !acls.has(acl)) {
    throw new S3Error("AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
  for (const [name, value] of Object.entries(kept)) asHeaderValue(name, value);
  return kept;
}

/** Throws NotImplemented for headers whose meaning would be lost. */
export function refuseUnsupported(request: S3Request): void {
  const names = [...Object.keys(request.stream.headersDistinct), ...request.query.map(([name]) => name.toLowerCase())];
  const found = names.find((name) => unsupported.test(name));
  if (found === undefined) return;
  throw new S3Error("NotImplemented", "A header you provided implies functionality that is not implemented", {
    Header: found,
  });
}

/** If-None-Match: * and If-Match of a write. Throws NotImplemented for another If-None-Match, as S3 does. */
export function writeCondition(request: S3Request, removals: number): Condition {
  const none = request.header("if-none-match");
  if (none !== undefined && none.trim() !== "*") {
    throw new S3Error("NotImplemented", "A header you provided implies functionality that is not implemented", {
      Header: "If-None-Match",
    });
  }
  return { ifAbsent: none !== undefined, ifMatch: bareEtag(request.header("if-match")), seen: removals };
}

/** An ETag without its quotes. */
export function bareEtag(etag: string | undefined): string | undefined {
  return etag?.trim().replace(/^"(.*)"$/, "$1");
}

/** The encryption headers, which every write echoes. */
export function encryptionHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => encryption.includes(name)));
}

/** x-amz-checksum-* headers. */
export function checksumHeaders(checksums: Checksums, type: ChecksumType): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [algorithm, value] of checksumEntries(checksums)) headers[`x-amz-checksum-${algorithm}`] = value;
  if (Object.keys(headers).length > 0) headers["x-amz-checksum-type"] = type;
  return headers;
}

/** The checksums that are there, in a fixed order. */
export function checksumEntries(checksums: Checksums): [Algorithm, string][] {
  return algorithms.flatMap((algorithm): [Algorithm, string][] => {
    const value = checksums[algorithm];
    return value === undefined ? [] : [[algorithm, value]];
  });
}

/** What a write answers with. */
export function writtenHeaders(object: StoredObject): Record<string, string> {
  return {
    etag: `"${object.etag}"`,
    ...encryptionHeaders(object.headers),
    ...checksumHeaders(object.checksums, object.checksumType),
  };
}
