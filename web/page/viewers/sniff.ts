// What a file is by its first bytes: text in some encoding, or something else, and where that was seen.

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
export type Sniffed =
  | { kind: "text"; encoding: Encoding }
  | { kind: "image"; type: "image/png" | "image/jpeg" | "image/gif" | "image/webp"; what: string }
  | { kind: "binary"; what: string };

type Mark = { what: string; bytes: readonly number[]; at?: number };

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));

const images = [
  { what: "a PNG image", type: "image/png", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { what: "a JPEG image", type: "image/jpeg", bytes: [0xff, 0xd8, 0xff] },
  { what: "a GIF image", type: "image/gif", bytes: ascii("GIF8") },
  { what: "a WebP image", type: "image/webp", bytes: ascii("WEBP"), at: 8 },
] as const;

const marks: readonly Mark[] = [
  { what: "gzip-compressed", bytes: [0x1f, 0x8b] },
  { what: "bzip2-compressed", bytes: ascii("BZh") },
  { what: "xz-compressed", bytes: [0xfd, ...ascii("7zXZ"), 0] },
  { what: "Zstandard-compressed", bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { what: "a ZIP archive", bytes: [...ascii("PK"), 3, 4] },
  { what: "a tar archive", bytes: ascii("ustar"), at: 257 },
  { what: "an HDF5 (or NetCDF-4) file", bytes: [0x89, ...ascii("HDF"), 0x0d, 0x0a, 0x1a, 0x0a] },
  { what: "a NetCDF file", bytes: [...ascii("CDF"), 1] },
  { what: "a NetCDF file", bytes: [...ascii("CDF"), 2] },
  { what: "a NumPy array", bytes: [0x93, ...ascii("NUMPY")] },
  { what: "a PDF document", bytes: ascii("%PDF-") },
  { what: "a program (ELF)", bytes: [0x7f, ...ascii("ELF")] },
  { what: "an SQLite database", bytes: ascii("SQLite format 3\0") },
  { what: "a Parquet file", bytes: ascii("PAR1") },
];

/** Judges a file by its first bytes (64 KB are plenty). An empty file is text. */
export function sniff(head: Uint8Array): Sniffed {
  const image = images.find((one) => starts(head, one));
  if (image) return { kind: "image", type: image.type, what: image.what };
  const mark = marks.find((one) => starts(head, one));
  if (mark) return { kind: "binary", what: `this is ${mark.what}` };
  if (head[0] === 0xff && head[1] === 0xfe) return { kind: "text", encoding: "utf-16le" };
  if (head[0] === 0xfe && head[1] === 0xff) return { kind: "text", encoding: "utf-16be" };
  const nul = head.indexOf(0);
  if (nul !== -1) return { kind: "binary", what: `this is not text: NUL at byte ${nul.toLocaleString("en")}` };
  const control = controls(head);
  if (control) return { kind: "binary", what: control };
  return { kind: "text", encoding: isUtf8(head) ? "utf-8" : "windows-1252" };
}

function starts(head: Uint8Array, { bytes, at = 0 }: Pick<Mark, "bytes" | "at">): boolean {
  return head.length >= at + bytes.length && bytes.every((byte, index) => head[at + index] === byte);
}

/** Control characters that no text has, where they are more than a few: terminals' escapes, bells and page breaks are text. */
function controls(head: Uint8Array): string | undefined {
  let seen = 0;
  let first = -1;
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at] ?? 0;
    const odd = (byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b && byte !== 0x1a) || byte === 0x7f;
    if (!odd) continue;
    seen += 1;
    if (first === -1) first = at;
  }
  if (seen * 100 <= head.length) return undefined;
  const code = (head[first] ?? 0).toString(16).padStart(2, "0");
  const share = `${seen.toLocaleString("en")} of the first ${head.length.toLocaleString("en")} bytes`;
  return `this is not text: ${share} are control codes, the first 0x${code} at byte ${first.toLocaleString("en")}`;
}

/** Whether the bytes are UTF-8, but for a character that the end cuts off. */
function isUtf8(head: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The first bytes in hexadecimal beside their characters, 16 a line: "00000010  68 65 …  he…". */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const codes = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
    lines.push(`${at.toString(16).padStart(8, "0")}  ${codes.padEnd(47)}  ${characters.join("")}`);
  }
  return lines;
}
