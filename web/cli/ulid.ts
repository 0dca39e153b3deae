// A fresh ULID: for sweeps, whose id the client makes.
import { randomBytes } from "node:crypto";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 10 characters of time, 16 of chance. */
export function newUlid(now = Date.now()): string {
  let time = "";
  for (let rest = now, place = 0; place < 10; place += 1, rest = Math.floor(rest / 32))
    time = `${alphabet.charAt(rest % 32)}${time}`;
  return time + [...randomBytes(16)].map((byte) => alphabet.charAt(byte % 32)).join("");
}
