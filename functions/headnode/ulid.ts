// Fresh ULIDs, rising within one process.
import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
let last = { time: 0, random: 0n };

/** A ULID of this instant; two of the same millisecond still sort in the order they were made. */
export function freshUlid(now = Date.now()): string {
  const time = Math.max(now, last.time);
  const random = time === last.time ? last.random + 1n : BigInt(`0x${randomBytes(10).toString("hex")}`) >> 1n;
  last = { time, random };
  let value = (BigInt(time) << 80n) | random;
  let text = "";
  for (let i = 0; i < 26; i++) {
    text = `${alphabet[Number(value & 31n)]}${text}`;
    value >>= 5n;
  }
  return text;
}
