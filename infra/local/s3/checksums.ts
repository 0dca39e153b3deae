// The checksums S3 verifies and keeps: CRC-32, CRC-32C, CRC-64/NVME, SHA-1, SHA-256.
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export const algorithms = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;
export type Algorithm = (typeof algorithms)[number];
export type Checksums = Partial<Record<Algorithm, string>>;

/** The length of each checksum in bytes. */
export const checksumBytes: Record<Algorithm, number> = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 };

/** A running checksum; `digest` is called once, at the end. */
type Running = { update(bytes: Uint8Array): void; digest(): Buffer };

const crc32cTable = new Int32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  return c;
});

// CRC-64/NVME in two halves of 32 bits: BigInt would be some fifty times slower.
const crc64Low = new Int32Array(256);
const crc64High = new Int32Array(256);
for (let n = 0; n < 256; n++) {
  let low = n;
  let high = 0;
  for (let k = 0; k < 8; k++) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= 0xac4bc9b5;
      high ^= 0x9a6c9329;
    }
  }
  crc64Low[n] = low;
  crc64High[n] = high;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function runningCrc32(): Running {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: () => uint32(value),
  };
}

function runningCrc32c(): Running {
  let value = -1;
  return {
    update: (bytes) => {
      let c = value;
      for (const byte of bytes) c = (crc32cTable[(c ^ byte) & 255] ?? 0) ^ (c >>> 8);
      value = c;
    },
    digest: () => uint32(~value),
  };
}

function runningCrc64(): Running {
  let low = -1;
  let high = -1;
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const n = (low ^ byte) & 255;
        low = ((low >>> 8) | (high << 24)) ^ (crc64Low[n] ?? 0);
        high = (high >>> 8) ^ (crc64High[n] ?? 0);
      }
    },
    digest: () => Buffer.concat([uint32(~high), uint32(~low)]),
  };
}

/** Starts a checksum. */
export function startChecksum(algorithm: Algorithm | "md5"): Running {
  if (algorithm === "crc32") return runningCrc32();
  if (algorithm === "crc32c") return runningCrc32c();
  if (algorithm === "crc64nvme") return runningCrc64();
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

/** The name in headers and XML, "CRC32" or "crc32", as ours; undefined where unknown. */
export function algorithmOf(name: string): Algorithm | undefined {
  const lower = name.toLowerCase();
  return algorithms.find((algorithm) => algorithm === lower);
}
