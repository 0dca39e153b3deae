// CompleteMultipartUpload: parts checked and laid end to end as one object, in one step.
import { createHash } from "node:crypto";
import { receiveText } from "./body.ts";
import { type Condition, noSuchUpload, type OpenUpload, type Part, type StoredObject } from "./bucket.ts";
import { type Answer, type Call, xmlAnswer } from "./call.ts";
import { type Algorithm, type Checksums, startChecksum } from "./checksums.ts";
import { readXml } from "./delete-objects.ts";
import { S3Error } from "./errors.ts";
import { bareEtag, checksumEntries, encryptionHeaders, writeCondition } from "./object-headers.ts";
import { childText, element } from "./xml.ts";

const minimumPart = 5 * 1024 ** 2;
type Wanted = { number: number; etag: string; checksum: (algorithm: Algorithm) => string | undefined };

function wantedParts(text: string): Wanted[] {
  const root = readXml(text, "CompleteMultipartUpload");
  const wanted = root.children
    .filter(({ name }) => name === "Part")
    .map((part) => ({
      number: Number(childText(part, "PartNumber")),
      etag: bareEtag(childText(part, "ETag")) ?? "",
      checksum: (algorithm: Algorithm) => childText(part, `Checksum${algorithm.toUpperCase()}`)?.trim(),
    }));
  if (wanted.length === 0 || wanted.length > 10_000 || wanted.some(({ number }) => !Number.isInteger(number))) {
    throw new S3Error(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  return wanted;
}

function chooseParts(upload: OpenUpload, wanted: Wanted[]): Part[] {
  if (wanted.some(({ number }, n) => number <= (wanted[n - 1]?.number ?? 0))) {
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      { UploadId: upload.id },
    );
  }
  const parts = wanted.map(({ number, etag, checksum }) => {
    const part = upload.parts.get(number);
    const wrong = checksumEntries(part?.checksums ?? {}).some(([name, value]) => (checksum(name) ?? value) !== value);
    if (!part || part.etag !== etag || wrong) {
      throw new S3Error(
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { UploadId: upload.id, PartNumber: String(number), ETag: etag },
      );
    }
    if (upload.checksum?.type === "COMPOSITE" && checksum(upload.checksum.algorithm) === undefined) {
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using a ${upload.checksum.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    return part;
  });
  const small = parts.slice(0, -1).find((part) => part.segment.size < minimumPart);
  if (!small) return parts;
  throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    ProposedSize: String(small.segment.size),
    MinSizeAllowed: String(minimumPart),
    PartNumber: String(small.number),
    ETag: small.etag,
  });
}

async function checksumOf(call: Call, upload: OpenUpload, parts: Part[]): Promise<Checksums> {
  if (!upload.checksum) return {};
  const { algorithm, type } = upload.checksum;
  const sum = startChecksum(algorithm);
  if (type === "COMPOSITE") {
    for (const part of parts) sum.update(Buffer.from(part.checksums[algorithm] ?? "", "base64"));
    return { [algorithm]: `${sum.digest().toString("base64")}-${parts.length}` };
  }
  const segments = parts.map(({ segment }) => segment);
  const size = segments.reduce((total, segment) => total + segment.size, 0);
  for await (const bytes of call.blobs.read(segments, 0, size)) sum.update(bytes);
  return { [algorithm]: sum.digest().toString("base64") };
}

function checkWhole(call: Call, size: number, checksums: Checksums): void {
  const declared = call.request.field("x-amz-mp-object-size");
  if (declared !== undefined && Number(declared) !== size) {
    throw new S3Error(
      "InvalidRequest",
      "The provided 'x-amz-mp-object-size' header does not match what was computed.",
      {
        ProvidedSize: declared,
        ComputedSize: String(size),
      },
    );
  }
  for (const [algorithm, value] of checksumEntries(checksums)) {
    const given = call.request.field(`x-amz-checksum-${algorithm}`);
    // S3 takes a composite checksum with or without its count of parts.
    if (given !== undefined && given !== value && given !== value.split("-")[0]) {
      throw new S3Error("BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
}

async function complete(call: Call, upload: OpenUpload, parts: Part[], condition: Condition): Promise<StoredObject> {
  const segments = parts.map(({ segment }) => segment);
  const size = segments.reduce((total, segment) => total + segment.size, 0);
  const checksums = await checksumOf(call, upload, parts);
  checkWhole(call, size, checksums);
  const md5 = createHash("md5");
  for (const { etag } of parts) md5.update(Buffer.from(etag, "hex"));
  const object = {
    key: upload.key,
    size,
    etag: `${md5.digest("hex")}-${parts.length}`,
    segments,
    headers: upload.headers,
    checksums,
    checksumType: upload.checksum?.type ?? "COMPOSITE",
    uploadId: upload.id,
  } as const;
  return call.bucket.put(object, condition, "ObjectCreated:CompleteMultipartUpload");
}

/** Ends an upload. One that this very request ended before is answered as then: its answer may have been lost. */
export async function completeUpload(call: Call): Promise<Answer> {
  const { request, bucket } = call;
  const condition = writeCondition(request, bucket.removals);
  const { text } = await receiveText(request, call.signer, true);
  const wanted = wantedParts(text);
  const id = request.param("uploadId") ?? "";
  const upload = bucket.uploads.get(id);
  const done = bucket.objects.get(request.key);
  let stored: StoredObject;
  if (upload?.completion && upload.key === request.key) stored = await upload.completion;
  else if (upload?.key === request.key) {
    bucket.check(upload.key, condition, false);
    upload.completion = complete(call, upload, chooseParts(upload, wanted), condition);
    try {
      stored = await upload.completion;
    } finally {
      delete upload.completion;
    }
  } else if (done?.uploadId === id) stored = done;
  else throw noSuchUpload(id);

  const inner = [
    element(
      "Location",
      `http://${request.header("host")}/${bucket.name}/${encodeURIComponent(upload?.key ?? request.key)}`,
    ),
    element("Bucket", bucket.name),
    element("Key", request.key),
    element("ETag", `"${stored.etag}"`),
    ...checksumEntries(stored.checksums).map(([name, value]) => element(`Checksum${name.toUpperCase()}`, value)),
    ...(Object.keys(stored.checksums).length > 0 ? [element("ChecksumType", stored.checksumType)] : []),
  ];
  return xmlAnswer("CompleteMultipartUploadResult", inner.join(""), encryptionHeaders(stored.headers));
}
