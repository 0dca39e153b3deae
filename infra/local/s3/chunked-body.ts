// aws-chunked: the framing that SDKs put around streamed bodies, with signed chunks and trailing checksums.
import { createHash } from "node:crypto";
import { S3Error } from "./errors.ts";
import { type SigningContext, sameSignature, sha256Hex, signText } from "./signature.ts";

type ChunkedOptions = {
  /** Given where each chunk carries a signature that goes on from the request's. */
  signing: SigningContext | undefined;
  /** True where trailing headers follow the last chunk. */
  trailer: boolean;
};

const minimumChunk = 8192;
const emptyHash = sha256Hex("");

/** Pulls lines and runs of bytes out of a stream of buffers. */
function byteReader(source: AsyncIterable<Buffer>) {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const more = async () => {
    const next = await iterator.next();
    if (next.done) throw new S3Error("IncompleteBody", "The request body terminated unexpectedly");
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
  };
  return {
    async line(limit = 8192): Promise<string> {
      for (;;) {
        const end = held.indexOf("\r\n");
        if (end >= 0) {
          const text = held.toString("latin1", 0, end);
          held = held.subarray(end + 2);
          return text;
        }
        if (held.length > limit) throw new S3Error("IncompleteBody", `a chunk header of more than ${limit} bytes`);
        await more();
      }
    },
    /** At least one and at most `most` bytes. */
    async some(most: number): Promise<Buffer> {
      while (held.length === 0) await more();
      const piece = held.subarray(0, most);
      held = held.subarray(piece.length);
      return piece;
    },
    async end(): Promise<void> {
      const next = held.length > 0 ? { done: false } : await iterator.next();
      if (!next.done) throw new S3Error("IncompleteBody", "bytes follow the last chunk");
    },
    async leave(): Promise<void> {
      await iterator.return?.();
    },
  };
}

function chunkSigner(context: SigningContext) {
  let previous = context.signature;
  const check = (given: string, word: string, hashes: string[]) => {
    const text = [`AWS4-HMAC-SHA256-${word}`, context.date, context.scope, previous, ...hashes].join("\n");
    const expected = signText(context.key, text);
    if (!sameSignature(expected, given)) {
      throw new S3Error("SignatureDoesNotMatch", `The signature of a ${word.toLowerCase()} does not match`, {
        StringToSign: text,
        SignatureProvided: given,
      });
    }
    previous = expected;
  };
  return {
    chunk: (given: string, hash: string) => check(given, "PAYLOAD", [emptyHash, hash]),
    trailer: (given: string, text: string) => check(given, "TRAILER", [sha256Hex(text)]),
  };
}

/**
 * The bytes inside the frames, as they come; the trailing headers arrive in `trailers` when the last piece was read.
 * Throws SignatureDoesNotMatch, IncompleteBody, InvalidChunkSizeError or MalformedTrailerError.
 */
export async function* decodeChunks(
  source: AsyncIterable<Buffer>,
  options: ChunkedOptions,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = byteReader(source);
  try {
    yield* decodeFrames(reader, options, trailers);
  } finally {
    await reader.leave();
  }
}

async function* decodeFrames(
  reader: ReturnType<typeof byteReader>,
  options: ChunkedOptions,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const signer = options.signing ? chunkSigner(options.signing) : undefined;
  let short = false;
  for (;;) {
    const header = /^([0-9a-fA-F]{1,10})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(await reader.line());
    if (!header) throw new S3Error("IncompleteBody", "a chunk does not begin with its size in hexadecimal digits");
    const size = Number.parseInt(header[1] ?? "", 16);
    if (size > 0 && short) {
      throw new S3Error(
        "InvalidChunkSizeError",
        `Only the last chunk is allowed to have a size less than ${minimumChunk} bytes`,
      );
    }
    short = size < minimumChunk;
    const hash = signer ? createHash("sha256") : undefined;
    for (let left = size; left > 0; ) {
      const piece = await reader.some(left);
      hash?.update(piece);
      left -= piece.length;
      yield piece;
    }
    if (size > 0 && (await reader.line(2)) !== "")
      throw new S3Error("IncompleteBody", "a chunk is longer than its size");
    if (signer && hash) signer.chunk(header[2] ?? "", hash.digest("hex"));
    if (size === 0) break;
  }

  let signedText = "";
  let signature: string | undefined;
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    if (colon < 1 || trailers.size > 20 || !options.trailer) {
      throw new S3Error(
        "MalformedTrailerError",
        `The trailing header "${line.slice(0, 100)}" is not one that was announced`,
      );
    }
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "x-amz-trailer-signature") signature = value;
    else {
      trailers.set(name, value);
      signedText += `${name}:${value}\n`;
    }
  }
  if (signer && options.trailer) signer.trailer(signature ?? "", signedText);
  await reader.end();
}
