// ListObjectsV2 and its elder ListObjects.
import type { StoredObject } from "./bucket.ts";
import { type Answer, type Call, numberParam, xmlAnswer } from "./call.ts";
import { S3Error } from "./errors.ts";
import { toBytes } from "./key-order.ts";
import { element } from "./xml.ts";

/** How keys are written in an answer: as they are, or percent-encoded where the caller asked for it. */
export function keyWriter(call: Call): (text: string) => string {
  const type = call.request.param("encoding-type");
  if (type === undefined) return (text) => text;
  if (type !== "url") {
    throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
      ArgumentName: "encoding-type",
      ArgumentValue: type,
    });
  }
  const special = /[!'()~]/g;
  return (text) =>
    encodeURIComponent(text)
      .replace(/%2F/g, "/")
      .replace(/%20/g, "+")
      .replace(special, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function contents(object: StoredObject, write: (text: string) => string): string {
  const fields = [
    element("Key", write(object.key)),
    element("LastModified", new Date(object.modified).toISOString()),
    element("ETag", `"${object.etag}"`),
    ...Object.keys(object.checksums).map((algorithm) => element("ChecksumAlgorithm", algorithm.toUpperCase())),
    ...(Object.keys(object.checksums).length > 0 ? [element("ChecksumType", object.checksumType)] : []),
    element("Size", object.size),
    element("StorageClass", object.headers["x-amz-storage-class"] ?? "STANDARD"),
  ];
  return `<Contents>${fields.join("")}</Contents>`;
}

/** One page of the bucket, at most 1,000 keys and common prefixes. */
export async function listObjects(call: Call): Promise<Answer> {
  const { request, bucket } = call;
  const second = request.param("list-type") === "2";
  const write = keyWriter(call);
  const prefix = request.param("prefix") ?? "";
  const delimiter = request.param("delimiter") ?? "";
  const asked = numberParam(call, "max-keys", 1000, 0, 2_147_483_647);
  const limit = Math.min(asked, 1000);
  const token = second ? request.param("continuation-token") : undefined;
  const startAfter = request.param(second ? "start-after" : "marker") ?? "";
  if (token !== undefined && !/^[A-Za-z0-9_-]+$/.test(token)) {
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
      ArgumentName: "continuation-token",
    });
  }
  const after = token === undefined ? toBytes(startAfter) : Buffer.from(token, "base64url").toString("latin1");
  const page = bucket.order.page({ prefix, delimiter, after, limit });

  const next = page.next === undefined ? undefined : Buffer.from(page.next, "latin1");
  const count = page.keys.length + page.prefixes.length;
  const objects = page.keys.flatMap((key) => bucket.objects.get(key) ?? []);
  const inner = [
    element("Name", bucket.name),
    element("Prefix", write(prefix)),
    delimiter === "" ? "" : element("Delimiter", write(delimiter)),
    element("MaxKeys", limit),
    request.param("encoding-type") === "url" ? element("EncodingType", "url") : "",
    element("IsTruncated", next !== undefined),
    ...(second
      ? [
          element("KeyCount", count),
          token === undefined ? "" : element("ContinuationToken", token),
          next === undefined ? "" : element("NextContinuationToken", next.toString("base64url")),
          startAfter === "" ? "" : element("StartAfter", write(startAfter)),
        ]
      : [
          element("Marker", write(startAfter)),
          next === undefined ? "" : element("NextMarker", write(next.toString("utf8"))),
        ]),
    ...objects.map((object) => contents(object, write)),
    ...page.prefixes.map((one) => `<CommonPrefixes>${element("Prefix", write(one))}</CommonPrefixes>`),
  ];
  return xmlAnswer("ListBucketResult", inner.join(""));
}
