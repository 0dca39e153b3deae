// ULIDs: 48 bits of time and 80 random bits in Crockford's alphabet.
import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** When a ULID was made (ms since the epoch). */
export const ulidTime = (id: string): number =>
  [...id.slice(0, 10)].reduce((sum, letter) => sum * 32 + alphabet.indexOf(letter), 0);

/** A fresh ULID for that instant. */
export function ulid(at: Date = new Date()): string {
  let value = (BigInt(at.getTime()) << 80n) | BigInt(`0x${randomBytes(10).toString("hex")}`);
  let text = "";
  for (let place = 0; place < 26; place += 1) {
    text = `${alphabet[Number(value & 31n)]}${text}`;
    value >>= 5n;
  }
  return text;
}
