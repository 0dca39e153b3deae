// A job's lines of its slice's manifest, read by range and never beyond what belongs to the job.
import type { Objects } from "../../../shared/aws/objects.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { collectionPrefix, ManifestLine, manifestKey } from "../../../shared/headnode/manifest.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { foreignCursor } from "../cursor.ts";

export type Line = {
  line: ManifestLine /** Offset of the next line, from the start of the job's lines (bytes). */;
  next: number;
};

const chunkBytes = 512 * 1_024;

/** The lines of a job from an offset on. Throws `results-not-available` where there are none to be had, `invalid-request` where no line begins there. */
export async function* readManifest(
  job: JobRecord,
  results: Pick<Objects, "readRange">,
  from = 0,
): AsyncGenerator<Line> {
  const { group, location } = available(job);
  const key = manifestKey(job.cluster, group, location.slice);
  if (from > 0 && from < location.length) await requireLineStart(results, key, location.offset + from);
  let rest = Buffer.alloc(0);
  let read = from;
  let parsed = from;
  while (read < location.length) {
    const length = Math.min(chunkBytes, location.length - read);
    const bytes = await results.readRange(key, location.offset + read, length);
    if (!bytes) throw new GatewayError("internal", `the manifest ${key} is not there`);
    read += length;
    rest = Buffer.concat([rest, bytes]);
    if (read === location.length && rest.at(-1) !== newline) rest = Buffer.concat([rest, Buffer.from("\n")]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      const text = rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
      parsed += end + 1;
      if (text.trim() !== "") yield { line: lineOf(text, job, key), next: Math.min(parsed, location.length) };
    }
  }
}
const newline = 0x0a;

/** An offset comes out of a cursor, which anybody can write. */
async function requireLineStart(results: Pick<Objects, "readRange">, key: string, offset: number): Promise<void> {
  const before = await results.readRange(key, offset - 1, 1);
  if (before && before[0] !== newline) throw foreignCursor();
}

function lineOf(text: string, job: JobRecord, key: string): ManifestLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new GatewayError("internal", `the manifest ${key} holds a line that is not JSON`, { cause: error });
  }
  const line = ManifestLine.safeParse(value);
  if (!line.success)
    throw new GatewayError("internal", `the manifest ${key} holds a line of another form`, { cause: line.error });
  if (line.data.member !== job.index)
    throw new GatewayError(
      "internal",
      `the manifest ${key} names member ${line.data.member} among those of ${job.index}`,
    );
  return line.data;
}

/** The S3 key of a pack or an object of a job's collection. */
export function collectedKey(job: JobRecord, name: string): string {
  const { group, location } = available(job);
  if (name.split("/").some((part) => part === "" || part === "." || part === "..")) {
    throw new GatewayError("internal", `a manifest names ${JSON.stringify(name)}, which lies outside its collection`);
  }
  return `${collectionPrefix(job.cluster, group, location.slice, location.collection)}${name}`;
}

function available(job: JobRecord) {
  const { results, group, location } = job;
  if (results.state === "available" && group !== undefined && location) return { group, location };
  const why = results.reason ? `: ${results.reason}` : "";
  const words =
    results.state === "pending"
      ? `the job is ${job.state}; its results come when it has ended`
      : `the results are ${results.state}${why}`;
  throw new GatewayError("results-not-available", words);
}
