// Multipart uploads: begun, filled, listed and given up. Ending one is in complete-upload.ts.
import { randomBytes } from "node:crypto";
import { receiveBody } from "./body.ts";
import { noSuchUpload, type OpenUpload, type Part, type Upload } from "./bucket.ts";
import { type Answer, type Call, numberParam, xmlAnswer } from "./call.ts";
import { algorithmOf } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { toBytes } from "./key-order.ts";
import { keyWriter } from "./list-objects.ts";
import {
  checksumEntries,
  checksumHeaders,
  encryptionHeaders,
  keptHeaders,
  refuseUnsupported,
} from "./object-headers.ts";
import { checkKey } from "./request.ts";
import { element } from "./xml.ts";

const owner = `${element("ID", "local")}${element("DisplayName", "local")}`;

function checksumOf(call: Call): Upload["checksum"] {
  const name = call.request.field("x-amz-checksum-algorithm");
  const asked = call.request.field("x-amz-checksum-type")?.toUpperCase();
  const algorithm = name === undefined ? undefined : algorithmOf(name);
  if (name !== undefined && algorithm === undefined) {
    throw new S3Error(
      "InvalidRequest",
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  if (algorithm === undefined) {
    if (asked === undefined) return undefined;
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const type = asked ?? (algorithm === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE");
  const whole = type === "FULL_OBJECT" && algorithm.startsWith("crc");
  if (!whole && (type !== "COMPOSITE" || algorithm === "crc64nvme")) {
    throw new S3Error(
      "InvalidRequest",
      `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  return { algorithm, type: whole ? "FULL_OBJECT" : "COMPOSITE" };
}

/** CreateMultipartUpload. */
export async function createUpload(call: Call): Promise<Answer> {
  const { request, bucket } = call;
  checkKey(request.key);
  refuseUnsupported(request);
  const upload: Upload = {
    id: randomBytes(24).toString("base64url"),
    key: request.key,
    started: Date.now(),
    headers: keptHeaders(request),
    checksum: checksumOf(call),
  };
  await bucket.begin(upload);
  const inner = element("Bucket", bucket.name) + element("Key", request.key) + element("UploadId", upload.id);
  return xmlAnswer("InitiateMultipartUploadResult", inner, {
    ...encryptionHeaders(upload.headers),
    ...(upload.checksum && {
      "x-amz-checksum-algorithm": upload.checksum.algorithm.toUpperCase(),
      "x-amz-checksum-type": upload.checksum.type,
    }),
  });
}

/** The upload named in the address. Throws NoSuchUpload. */
export function uploadOf({ request, bucket }: Call): OpenUpload {
  const id = request.param("uploadId") ?? "";
  const upload = bucket.uploads.get(id);
  if (upload?.key !== request.key) throw noSuchUpload(id);
  return upload;
}

/** UploadPart. */
export async function uploadPart(call: Call): Promise<Answer> {
  const { request, bucket } = call;
  refuseUnsupported(request);
  const number = numberParam(call, "partNumber", 0, 1, 10_000);
  if (number === 0)
    throw new S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
  const upload = uploadOf(call);
  const blob = await call.blobs.create();
  try {
    const { md5, checksums } = await receiveBody(request, call.signer, blob.write, {
      also: upload.checksum?.algorithm,
    });
    const expected = upload.checksum?.algorithm;
    const other = checksumEntries(checksums).find(([algorithm]) => algorithm !== expected);
    if (expected && other) {
      throw new S3Error(
        "InvalidRequest",
        `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${other[0]}`,
      );
    }
    const segment = await blob.finish();
    const modified = Date.now();
    const part: Part = {
      number,
      etag: md5.toString("hex"),
      segment,
      modified: modified - (modified % 1000),
      checksums,
    };
    await bucket.addPart(upload.id, part);
    const { "x-amz-checksum-type": _, ...sums } = checksumHeaders(checksums, "FULL_OBJECT");
    return { status: 200, headers: { etag: `"${part.etag}"`, ...encryptionHeaders(upload.headers), ...sums } };
  } catch (cause) {
    await blob.discard();
    throw cause;
  }
}

/** AbortMultipartUpload. One that is being completed is waited for, and then gone. */
export async function abortUpload(call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  await upload.completion?.catch(() => undefined);
  await call.bucket.abort(uploadOf(call).id);
  return { status: 204, headers: {} };
}

/** ListParts. */
export async function listParts(call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  const write = keyWriter(call);
  const limit = Math.min(numberParam(call, "max-parts", 1000, 0, 2_147_483_647), 1000);
  const marker = numberParam(call, "part-number-marker", 0, 0, 2_147_483_647);
  const rest = [...upload.parts.values()].filter(({ number }) => number > marker).sort((a, b) => a.number - b.number);
  const parts = rest.slice(0, limit);
  const inner = [
    element("Bucket", call.bucket.name),
    element("Key", write(upload.key)),
    element("UploadId", upload.id),
    `<Initiator>${owner}</Initiator><Owner>${owner}</Owner>`,
    element("StorageClass", "STANDARD"),
    element("PartNumberMarker", marker),
    element("NextPartNumberMarker", parts.at(-1)?.number ?? 0),
    element("MaxParts", limit),
    element("IsTruncated", rest.length > parts.length && limit > 0),
    ...(upload.checksum
      ? [
          element("ChecksumAlgorithm", upload.checksum.algorithm.toUpperCase()),
          element("ChecksumType", upload.checksum.type),
        ]
      : []),
    ...parts.map((part) => {
      const sums = checksumEntries(part.checksums).map(([name, value]) =>
        element(`Checksum${name.toUpperCase()}`, value),
      );
      const fields = [
        element("PartNumber", part.number),
        element("LastModified", new Date(part.modified).toISOString()),
        element("ETag", `"${part.etag}"`),
        element("Size", part.segment.size),
        ...sums,
      ];
      return `<Part>${fields.join("")}</Part>`;
    }),
  ];
  return xmlAnswer("ListPartsResult", inner.join(""));
}

/** ListMultipartUploads, by key and then by age. */
export async function listUploads(call: Call): Promise<Answer> {
  const { request, bucket } = call;
  const write = keyWriter(call);
  const prefix = request.param("prefix") ?? "";
  const delimiter = request.param("delimiter") ?? "";
  const keyMarker = request.param("key-marker") ?? "";
  const idMarker = keyMarker === "" ? "" : (request.param("upload-id-marker") ?? "");
  const limit = Math.min(numberParam(call, "max-uploads", 1000, 1, 2_147_483_647), 1000);
  const all = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .map((upload) => ({ upload, bytes: toBytes(upload.key) }))
    .sort((a, b) => (a.bytes === b.bytes ? a.upload.started - b.upload.started : a.bytes < b.bytes ? -1 : 1));
  const marker = toBytes(keyMarker);
  const at = all.findIndex(({ upload, bytes }) => bytes === marker && upload.id === idMarker);
  const rest = keyMarker === "" ? all : at >= 0 ? all.slice(at + 1) : all.filter(({ bytes }) => bytes > marker);

  const prefixes = new Set<string>();
  const shown: OpenUpload[] = [];
  let last: OpenUpload | undefined;
  let truncated = false;
  for (const { upload } of rest) {
    const cut = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
    const common = cut < 0 ? undefined : upload.key.slice(0, cut + delimiter.length);
    const fresh = common === undefined || !prefixes.has(common);
    if (fresh && shown.length + prefixes.size === limit) {
      truncated = true;
      break;
    }
    if (common === undefined) shown.push(upload);
    else prefixes.add(common);
    last = upload;
  }
  const inner = [
    element("Bucket", bucket.name),
    element("KeyMarker", write(keyMarker)),
    element("UploadIdMarker", idMarker),
    truncated && last ? element("NextKeyMarker", write(last.key)) + element("NextUploadIdMarker", last.id) : "",
    element("Prefix", write(prefix)),
    delimiter === "" ? "" : element("Delimiter", write(delimiter)),
    element("MaxUploads", limit),
    element("IsTruncated", truncated),
    ...shown.map(({ key, id, started }) => {
      const fields = `${element("Key", write(key))}${element("UploadId", id)}<Initiator>${owner}</Initiator><Owner>${owner}</Owner>`;
      return `<Upload>${fields}${element("StorageClass", "STANDARD")}${element("Initiated", new Date(started).toISOString())}</Upload>`;
    }),
    ...[...prefixes].map((one) => `<CommonPrefixes>${element("Prefix", write(one))}</CommonPrefixes>`),
  ];
  return xmlAnswer("ListMultipartUploadsResult", inner.join(""));
}
