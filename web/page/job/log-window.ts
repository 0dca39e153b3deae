// The piece of a log that is held: it grows at either end by windows and lets go of the other. Pure.
import { joined } from "../viewers/read-range.ts";
import { newlines } from "./log-text.ts";

/** Bytes that are asked for at once. */
export const windowBytes = 262_144;
/** Bytes that are held at once. */
export const heldBytes = 3 * windowBytes;

export type LogWindow = {
  /** Where in the file it begins (bytes). */
  readonly from: number;
  readonly bytes: Uint8Array;
  /** Number of its first line, from 1; undefined: not known, since what lies before was not read. */
  readonly firstLine: number | undefined;
};

export const endOf = ({ from, bytes }: LogWindow): number => from + bytes.length;

/** A window by itself. */
export function windowOf(from: number, bytes: Uint8Array): LogWindow {
  return { from, bytes, firstLine: from === 0 ? 1 : undefined };
}

/** With the bytes that lie just before it; what is then too much goes at its end. */
export function withEarlier(held: LogWindow, bytes: Uint8Array): LogWindow {
  const from = held.from - bytes.length;
  const firstLine = from === 0 ? 1 : held.firstLine === undefined ? undefined : held.firstLine - newlines(bytes);
  return { from, bytes: joined([bytes, held.bytes]).subarray(0, heldBytes), firstLine };
}

/** With the bytes that lie just after it; what is then too much goes at its start. */
export function withLater(held: LogWindow, bytes: Uint8Array): LogWindow {
  const whole = joined([held.bytes, bytes]);
  const over = Math.max(0, whole.length - heldBytes);
  const firstLine = held.firstLine === undefined ? undefined : held.firstLine + newlines(whole.subarray(0, over));
  return { from: held.from + over, bytes: whole.slice(over), firstLine };
}
