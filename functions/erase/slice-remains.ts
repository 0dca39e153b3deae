// What stays of a slice's collection when some of its members are erased: pure rules over the manifest's lines.
import { ManifestFile, ManifestHead, ManifestLine } from "../../shared/headnode/manifest.ts";

/** A range of bytes: from the first, to behind the last. */
type Range = { from: number; to: number };

export type SliceRemains = {
  collection: string;
  /** Names below the collection that stay: objects whole, of packs these ranges. */
  objects: ReadonlySet<string>;
  packs: ReadonlyMap<string, readonly Range[]>;
  /** The manifest with every erased member's lines blank: offsets of all others stay. The same bytes where nothing is to go. */
  manifest: Uint8Array;
  /** Whether any member of it stays. */
  isNeeded: boolean;
};

const newline = 0x0a;
const space = 0x20;

/** What is to stay of a manifest for the members that live; undefined where it is no manifest. */
export function sliceRemains(manifest: Uint8Array, lives: (member: number) => boolean): SliceRemains | undefined {
  const bytes = Uint8Array.from(manifest);
  const lines = linesOf(bytes);
  const head = parsed(bytes, lines[0], ManifestHead);
  if (!head) return undefined;
  const objects = new Set<string>();
  const packs = new Map<string, Range[]>();
  for (const line of lines.slice(1)) {
    const entry = parsed(bytes, line, ManifestLine);
    if (!entry) continue;
    if (!lives(entry.member)) {
      bytes.fill(space, line.from, line.to);
      continue;
    }
    const file = ManifestFile.safeParse(entry).data;
    if (file?.object !== undefined) objects.add(file.object);
    if (file?.pack === undefined || file.offset === undefined) continue;
    const range = { from: file.offset, to: file.offset + file.size };
    packs.set(file.pack, [...(packs.get(file.pack) ?? []), range]);
  }
  return { collection: head.collection, objects, packs, manifest: bytes, isNeeded: head.members.some(lives) };
}

function linesOf(bytes: Uint8Array): Range[] {
  const lines: Range[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(newline, from);
    const to = end < 0 ? bytes.length : end;
    lines.push({ from, to });
    from = to + 1;
  }
  return lines;
}

function parsed<T>(
  bytes: Uint8Array,
  line: Range | undefined,
  schema: { safeParse(value: unknown): { data?: T | undefined } },
): T | undefined {
  if (!line) return undefined;
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes.subarray(line.from, line.to)))).data;
  } catch {
    return undefined;
  }
}

/** The bytes with zeros everywhere but in the ranges. */
export function zeroedBut(bytes: Uint8Array, ranges: readonly Range[]): Uint8Array {
  const kept = new Uint8Array(bytes.length);
  for (const { from, to } of ranges) kept.set(bytes.subarray(from, to), from);
  return kept;
}
