// Array indices as Slurm writes them: "0-99", "3,7,9-12", "0-20:5", with "%4" for at most four at once.

type IndexList = { indices: number[]; atOnce?: number };

/** Reads a list; undefined where it is ill-formed, holds an index above the limit or none at all. */
export function parseIndexList(text: string, highest: number): IndexList | undefined {
  const parts = /^([0-9,:-]+)(?:%(\d+))?$/.exec(text);
  if (parts?.[1] === undefined) return undefined;
  const indices = new Set<number>();
  for (const range of parts[1].split(",")) {
    const found = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(range);
    if (found === null) return undefined;
    const from = Number(found[1]);
    const to = Number(found[2] ?? found[1]);
    const step = Number(found[3] ?? 1);
    if (to > highest || from > to || step < 1) return undefined;
    for (let index = from; index <= to; index += step) indices.add(index);
  }
  const sorted = [...indices].sort((a, b) => a - b);
  const atOnce = parts[2] === undefined ? 0 : Number(parts[2]);
  return atOnce > 0 ? { indices: sorted, atOnce } : { indices: sorted };
}

/** The shortest way to write ascending indices: 3,7,9-12. */
export function formatIndices(indices: number[]): string {
  const ranges: [number, number][] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}
