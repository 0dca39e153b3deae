// Bytes of a log as text: no character is cut at either end.
import type { LiveText } from "../../shared/contract/job.ts";

/**
 * The text of bytes that begin at `from` in their file. A character that began before, or that is not whole yet, is left
 * out: `size` is then where the text ends, and the next look goes on from there. Bytes that are no UTF-8 become U+FFFD.
 */
export function liveText(from: number, bytes: Uint8Array): LiveText {
  let start = 0;
  // a file's own beginning is no cut
  if (from > 0) while (start < Math.min(3, bytes.length) && isContinuation(bytes[start])) start += 1;
  const end = bytes.length - unfinished(bytes.subarray(start));
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, end));
  return { size: from + end, from: from + start, text };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes at the end are the beginning of a character that is not whole. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length =
      byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
