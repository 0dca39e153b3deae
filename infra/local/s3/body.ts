// Receiving a request's body: framing taken off, length, hashes and checksums verified while it streams to a sink.

import { type Algorithm, algorithmOf, algorithms, type Checksums, checksumBytes, startChecksum } from "./checksums.ts";
import { decodeChunks } from "./chunked-body.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import type { Signer } from "./signature.ts";

type Received = { size: number; md5: Buffer; checksums: Checksums };
type Sink = (bytes: Buffer) => Promise<void> | void;
type Plan = {
  source: AsyncIterable<Buffer>;
  length: number | undefined;
  trailers: Map<string, string>;
  trailer: Algorithm | undefined;
  sha256: string | undefined;
};

/** The most that one PUT or one part may hold: 5 GiB. */
export const putLimit = 5 * 1024 ** 3;

const streaming = new Map([
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", { signed: true, trailer: false }],
  ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", { signed: true, trailer: true }],
  ["STREAMING-UNSIGNED-PAYLOAD-TRAILER", { signed: false, trailer: true }],
]);

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function planBody(request: S3Request, signer: Signer): Plan {
  const trailers = new Map<string, string>();
  const frames = streaming.get(signer.payload);
  if (!frames) {
    const sha256 = signer.payload === "UNSIGNED-PAYLOAD" ? undefined : signer.payload;
    if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
      throw new S3Error(
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- value, or a valid sha256 value.",
        {
          ArgumentName: "x-amz-content-sha256",
          ArgumentValue: sha256,
        },
      );
    }
    const length = decimal(request.header("content-length"));
    return { source: request.body, length, trailers, trailer: undefined, sha256 };
  }
  const announced = frames.trailer ? request.field("x-amz-trailer") : undefined;
  const trailer =
    announced === undefined ? undefined : algorithmOf(announced.toLowerCase().replace(/^x-amz-checksum-/, ""));
  if (frames.trailer && trailer === undefined) {
    throw new S3Error(
      "InvalidRequest",
      `The value "${announced ?? ""}" specified in the x-amz-trailer header is not supported`,
    );
  }
  const signing = frames.signed ? signer.context : undefined;
  return {
    source: decodeChunks(request.body, { signing, trailer: frames.trailer }, trailers),
    length: decimal(request.header("x-amz-decoded-content-length")),
    trailers,
    trailer,
    sha256: undefined,
  };
}

/** The checksums that a request declares in its fields. Throws InvalidRequest on one that is no base64 of its length. */
export function declaredChecksums(field: (name: string) => string | undefined): Checksums {
  const declared: Checksums = {};
  for (const algorithm of algorithms) {
    const value = field(`x-amz-checksum-${algorithm}`);
    if (value === undefined) continue;
    checkForm(algorithm, value);
    declared[algorithm] = value;
  }
  if (Object.keys(declared).length > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  return declared;
}

function checkForm(algorithm: Algorithm, value: string): void {
  if (Buffer.from(value, "base64").length !== checksumBytes[algorithm] || !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) {
    throw new S3Error("InvalidRequest", `Value for x-amz-checksum-${algorithm} header is invalid.`);
  }
}

function declaredMd5(request: S3Request): string | undefined {
  const value = request.field("content-md5");
  if (value !== undefined && (Buffer.from(value, "base64").length !== 16 || value.length !== 24)) {
    throw new S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.", { "Content-MD5": value });
  }
  return value;
}

/**
 * Streams the body into `sink` and verifies all that the request says of it; `also` is computed although undeclared.
 * In the end of a multipart upload the checksum headers are the object's, not the body's: `ofObject`.
 * Throws S3Error on any mismatch, after which what was written must be thrown away.
 */
export async function receiveBody(
  request: S3Request,
  signer: Signer,
  sink: Sink,
  { also, ofObject = false }: { also?: Algorithm | undefined; ofObject?: boolean } = {},
): Promise<Received> {
  const plan = planBody(request, signer);
  const declared = ofObject ? {} : declaredChecksums(request.field);
  const md5Declared = declaredMd5(request);
  const wanted = request.field("x-amz-sdk-checksum-algorithm");
  if (wanted !== undefined && !ofObject && plan.trailer === undefined && Object.keys(declared).length === 0) {
    throw new S3Error(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (plan.length === undefined) {
    throw new S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  if (plan.length > putLimit) throw tooLarge(plan.length);

  const kept = new Set<Algorithm>([
    ...(Object.keys(declared) as Algorithm[]),
    ...[plan.trailer, also].filter((a) => a !== undefined),
  ]);
  const running = [...kept].map((algorithm) => ({ algorithm, sum: startChecksum(algorithm) }));
  const md5 = startChecksum("md5");
  const sha256 = plan.sha256 === undefined ? undefined : startChecksum("sha256");
  let size = 0;
  for await (const bytes of plan.source) {
    size += bytes.length;
    if (size > plan.length)
      throw new S3Error("IncompleteBody", "You provided more bytes than the HTTP headers specified");
    md5.update(bytes);
    sha256?.update(bytes);
    for (const { sum } of running) sum.update(bytes);
    await sink(bytes);
  }
  if (size !== plan.length) {
    throw new S3Error(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    );
  }

  const hash = sha256?.digest().toString("hex");
  if (hash !== plan.sha256) {
    throw new S3Error(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      {
        ClientComputedContentSHA256: plan.sha256 ?? "",
        S3ComputedContentSHA256: hash ?? "",
      },
    );
  }
  const md5Digest = md5.digest();
  if (md5Declared !== undefined && md5Digest.toString("base64") !== md5Declared) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.", {
      ExpectedDigest: md5Declared,
      CalculatedDigest: md5Digest.toString("base64"),
    });
  }
  if (plan.trailer !== undefined) {
    const value = plan.trailers.get(`x-amz-checksum-${plan.trailer}`);
    if (value === undefined) {
      throw new S3Error(
        "MalformedTrailerError",
        `The request announced x-amz-checksum-${plan.trailer} but did not send it.`,
      );
    }
    checkForm(plan.trailer, value);
    declared[plan.trailer] = value;
  }
  const checksums: Checksums = {};
  for (const { algorithm, sum } of running) {
    const value = sum.digest().toString("base64");
    const given = declared[algorithm];
    if (given !== undefined && given !== value) {
      throw new S3Error(
        "BadDigest",
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    }
    checksums[algorithm] = value;
  }
  return { size, md5: md5Digest, checksums };
}

/** EntityTooLarge, with the size that was proposed. */
export function tooLarge(size: number, limit = putLimit): S3Error {
  return new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
    ProposedSize: String(size),
    MaxSizeAllowed: String(limit),
  });
}

/** The body as text, for requests in XML. Throws MalformedXML above 4 MB. */
export async function receiveText(
  request: S3Request,
  signer: Signer,
  ofObject = false,
): Promise<{ text: string; verified: boolean }> {
  const pieces: Buffer[] = [];
  let size = 0;
  const sink = (bytes: Buffer) => {
    size += bytes.length;
    if (size > 4e6) throw new S3Error("MalformedXML", "The XML you provided is longer than 4 MB");
    pieces.push(bytes);
  };
  const received = await receiveBody(request, signer, sink, { ofObject });
  const verified = request.field("content-md5") !== undefined || Object.keys(received.checksums).length > 0;
  return { text: Buffer.concat(pieces).toString("utf8"), verified };
}
