// What failed members said last, and of memory: the end of their stderr, read as the person.
import { memoryWords } from "../../../shared/slurm/memory-words.ts";
import { lastLine } from "../last-line.ts";
import { readEnd, within } from "./tails.ts";

export type LastWords = { last?: string; memory?: string };

const endBytes = 8_192;

/** By index; a member whose stderr says nothing, or cannot be read, is left out. */
export async function readLastWords(folder: string, members: readonly number[]): Promise<Record<string, LastWords>> {
  const said: Record<string, LastWords> = {};
  for (const index of members)
    await within([folder, "members", String(index)], async (own) => {
      const piece = await readEnd(own, "stderr", endBytes);
      if (piece === undefined) return;
      const text = piece.bytes.toString("utf8");
      const last = lastLine(text);
      const memory = memoryWords(text);
      if (last !== undefined || memory !== undefined)
        said[index] = { ...(last === undefined ? {} : { last }), ...(memory === undefined ? {} : { memory }) };
    });
  return said;
}
