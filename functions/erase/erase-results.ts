// A group's results without those of its deleted members: what is theirs alone is removed, what is shared is overwritten.
import { inTurns } from "../../shared/job/in-turns.ts";
import type { EraseParts } from "./parts.ts";
import { type SliceRemains, sliceRemains, zeroedBut } from "./slice-remains.ts";

const readsAtOnce = 24;
/** Objects of one group that one run looks at. */
const maxKeys = 100_000;
/** Somebody else may be at the same object. */
const tries = 4;

/** Removes what lies in S3 of every member of the group whose job was deleted. May be repeated from any point. */
export async function eraseResults(cluster: string, id: string, parts: EraseParts): Promise<void> {
  const prefix = `results/${cluster}/${id}/`;
  const keys = await parts.results.keys(prefix, maxKeys);
  if (keys.length === 0) return;
  const living = await livingMembers(id, parts);
  if (living.size === 0) return await parts.results.remove(keys);
  const bySlice = new Map<string, string[]>();
  for (const key of keys) {
    const [slice = ""] = key.slice(prefix.length).split("/");
    bySlice.set(slice, [...(bySlice.get(slice) ?? []), key]);
  }
  for (const [slice, own] of bySlice) {
    if (slice === "peek") await parts.results.remove(own.filter((key) => !living.has(Number(key.split("/").at(-1)))));
    else await eraseSlice(`${prefix}${slice}/`, own, living, parts);
  }
}

/** Indices of the members whose jobs are there still. */
async function livingMembers(id: string, { groups, jobs }: EraseParts): Promise<ReadonlySet<number>> {
  const members = (await groups.get(id))?.members ?? [];
  const found = await inTurns(members, readsAtOnce, async (member) => member && (await jobs.get(member.job)));
  return new Set(found.flatMap((job, index) => (job && job.deletedAt === undefined ? [index] : [])));
}

async function eraseSlice(
  prefix: string,
  keys: readonly string[],
  living: ReadonlySet<number>,
  parts: EraseParts,
): Promise<void> {
  const manifest = `${prefix}manifest`;
  const read = await parts.results.read(manifest);
  const remains = read && sliceRemains(read.bytes, (member) => living.has(member));
  // without a manifest a collection is under way, or was never finished: nobody's file can be told from another's
  if (!remains) return;
  if (!remains.isNeeded) return await parts.results.remove(keys);
  const names = keys.filter((key) => key !== manifest).map((key) => ({ key, stays: nameIn(remains, prefix, key) }));
  await parts.results.remove(names.filter(({ stays }) => stays === undefined).map(({ key }) => key));
  for (const { key, stays } of names) {
    const ranges = stays && remains.packs.get(stays);
    if (ranges) await overwrite(key, (bytes) => zeroedBut(bytes, ranges), parts);
  }
  await overwrite(manifest, (bytes) => sliceRemains(bytes, (member) => living.has(member))?.manifest ?? bytes, parts);
}

/** The name of what stays of the collection that counts; undefined for all else, other collections among it. */
function nameIn(remains: SliceRemains, prefix: string, key: string): string | undefined {
  const own = `${prefix}${remains.collection}/`;
  const name = key.startsWith(own) ? key.slice(own.length) : "";
  return remains.objects.has(name) || remains.packs.has(name) ? name : undefined;
}

async function overwrite(key: string, made: (bytes: Uint8Array) => Uint8Array, { results }: EraseParts): Promise<void> {
  for (let turn = 0; turn < tries; turn += 1) {
    const read = await results.read(key);
    if (!read) return;
    const bytes = made(read.bytes);
    if (Buffer.compare(bytes, read.bytes) === 0 || (await results.replace(key, bytes, read.etag))) return;
  }
  throw new Error(`${key} was written by others ${tries} times in a row`);
}
