// PutObject and CopyObject.
import { createHash } from "node:crypto";
import { putLimit, receiveBody } from "./body.ts";
import type { StoredObject } from "./bucket.ts";
import { type Answer, arn, type Call, missingKey, xmlAnswer } from "./call.ts";
import { S3Error } from "./errors.ts";
import { readPreconditions } from "./get-object.ts";
import {
  bareEtag,
  encryptionHeaders,
  keptHeaders,
  refuseUnsupported,
  writeCondition,
  writtenHeaders,
} from "./object-headers.ts";
import { checkKey } from "./request.ts";
import { element } from "./xml.ts";

/** Stores the body under the key, whole or not at all. */
export async function putObject(call: Call): Promise<Answer> {
  const { request, bucket } = call;
  checkKey(request.key);
  refuseUnsupported(request);
  const condition = writeCondition(request, bucket.removals);
  const headers = keptHeaders(request);
  bucket.check(request.key, condition, false);
  const blob = await call.blobs.create();
  try {
    const { size, md5, checksums } = await receiveBody(request, call.signer, blob.write);
    const segment = await blob.finish();
    const object = { key: request.key, size, etag: md5.toString("hex"), segments: [segment], headers, checksums };
    const stored = await bucket.put({ ...object, checksumType: "FULL_OBJECT" }, condition, "ObjectCreated:Put");
    return { status: 200, headers: writtenHeaders(stored) };
  } catch (cause) {
    await blob.discard();
    throw cause;
  }
}

/** The object that x-amz-copy-source names, its read allowed. Throws what a read of it would. */
export function copySource(call: Call): StoredObject {
  const source = call.request.field("x-amz-copy-source") ?? "";
  const invalid = (message: string) =>
    new S3Error("InvalidArgument", message, { ArgumentName: "x-amz-copy-source", ArgumentValue: source });
  let path: string;
  try {
    path = decodeURIComponent(source.replace(/\?versionId=null$/, "")).replace(/^\//, "");
  } catch {
    throw invalid("Invalid copy source encoding.");
  }
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1)
    throw invalid("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  const [name, key] = [path.slice(0, slash), path.slice(slash + 1)];
  call.allow("s3:GetObject", arn(name, key));
  const bucket = call.bucketNamed(name);
  if (!bucket) throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  const object = bucket.objects.get(key);
  if (!object) throw missingKey(call, name, key);
  readPreconditions(object, (header) => call.request.field(`x-amz-copy-source-${header}`), 412);
  return object;
}

async function md5Of(call: Call, object: StoredObject): Promise<string> {
  const hash = createHash("md5");
  for await (const bytes of call.blobs.read(object.segments, 0, object.size)) hash.update(bytes);
  return hash.digest("hex");
}

/** Makes a second object of the same bytes; they are not copied, since blobs never change. */
export async function copyObject(call: Call): Promise<Answer> {
  const { request, bucket, blobs } = call;
  checkKey(request.key);
  refuseUnsupported(request);
  const source = copySource(call);
  if (source.size > putLimit) {
    const message = `The specified copy source is larger than the maximum allowable size for a copy source: ${putLimit}`;
    throw new S3Error("InvalidRequest", message);
  }
  const condition = writeCondition(request, bucket.removals);
  const directive = request.field("x-amz-metadata-directive") ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE") {
    throw new S3Error("InvalidArgument", "Unknown metadata directive.", {
      ArgumentName: "x-amz-metadata-directive",
      ArgumentValue: directive,
    });
  }
  if (directive === "COPY" && bucket.objects.get(request.key) === source && source.key === request.key) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const given = keptHeaders(request);
  const headers = directive === "REPLACE" ? given : { ...source.headers, ...encryptionHeaders(given) };
  const release = blobs.hold(source.segments);
  try {
    const etag = bareEtag(source.etag)?.includes("-") ? await md5Of(call, source) : source.etag;
    const checksums = source.checksumType === "FULL_OBJECT" ? source.checksums : {};
    const segments = await Promise.all(source.segments.map((segment) => blobs.duplicate(segment)));
    const object = { key: request.key, size: source.size, etag, segments, headers, checksums };
    const stored = await bucket
      .put({ ...object, checksumType: "FULL_OBJECT" }, condition, "ObjectCreated:Copy")
      .catch((cause: unknown) => {
        blobs.drop(segments);
        throw cause;
      });
    const inner = element("LastModified", new Date(stored.modified).toISOString()) + element("ETag", `"${etag}"`);
    return xmlAnswer("CopyObjectResult", inner, encryptionHeaders(headers));
  } finally {
    release();
  }
}
