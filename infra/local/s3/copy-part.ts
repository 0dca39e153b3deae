// UploadPartCopy: a part made of the bytes, or of a range of the bytes, of another object.
import { putLimit } from "./body.ts";
import type { Part } from "./bucket.ts";
import { type Answer, type Call, numberParam, xmlAnswer } from "./call.ts";
import { startChecksum } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { uploadOf } from "./multipart.ts";
import { checksumEntries, encryptionHeaders } from "./object-headers.ts";
import { copySource } from "./put-object.ts";
import { element } from "./xml.ts";

function sourceRange(text: string | undefined, size: number): { start: number; end: number } {
  if (text === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text.trim());
  const [start, end] = [Number(match?.[1]), Number(match?.[2]) + 1];
  if (match && start < end && end <= size) return { start, end };
  throw new S3Error("InvalidArgument", `Range specified is not valid for source object of size: ${size}`, {
    ArgumentName: "x-amz-copy-source-range",
    ArgumentValue: text,
  });
}

/** Adds a part from another object, which the caller must be allowed to read. */
export async function copyPart(call: Call): Promise<Answer> {
  const { request, bucket, blobs } = call;
  const number = numberParam(call, "partNumber", 1, 1, 10_000);
  const upload = uploadOf(call);
  const source = copySource(call);
  const { start, end } = sourceRange(request.field("x-amz-copy-source-range"), source.size);
  if (end - start > putLimit) {
    throw new S3Error("InvalidRequest", `The specified copy source range is larger than a part may be: ${putLimit}`);
  }
  const release = blobs.hold(source.segments);
  const blob = await blobs.create();
  try {
    const md5 = startChecksum("md5");
    const algorithm = upload.checksum?.algorithm;
    const sum = algorithm && startChecksum(algorithm);
    for await (const bytes of blobs.read(source.segments, start, end)) {
      md5.update(bytes);
      sum?.update(bytes);
      await blob.write(bytes);
    }
    const segment = await blob.finish();
    const checksums = algorithm && sum ? { [algorithm]: sum.digest().toString("base64") } : {};
    const now = Date.now();
    const part: Part = { number, etag: md5.digest().toString("hex"), segment, modified: now - (now % 1000), checksums };
    await bucket.addPart(upload.id, part);
    const inner = [
      element("LastModified", new Date(part.modified).toISOString()),
      element("ETag", `"${part.etag}"`),
      ...checksumEntries(checksums).map(([name, value]) => element(`Checksum${name.toUpperCase()}`, value)),
    ];
    return xmlAnswer("CopyPartResult", inner.join(""), encryptionHeaders(upload.headers));
  } catch (cause) {
    await blob.discard();
    throw cause;
  } finally {
    release();
  }
}
