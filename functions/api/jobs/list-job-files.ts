// GET /v1/jobs/{id}/files: a job's result files, and what was skipped.
import type { JobFile, SkippedFile } from "../../../shared/contract/job.ts";
import { cursorOf, placeOf } from "../cursor.ts";
import type { ApiOperation } from "../parts.ts";
import { jobAttempt } from "./job-attempt.ts";
import { ownJob } from "./job-view.ts";
import { readManifest } from "./read-manifest.ts";

const place = /^FILE#[0-9]{1,15}$/;
/** Lambda answers at most 6 MB. */
const maxAnswerBytes = 4_000_000;

export const listJobFiles: ApiOperation<"listJobFiles"> = async ({ params, query, caller, parts }) => {
  const job = jobAttempt(await ownJob(params.id, caller, parts), query.attempt);
  const from = Number(placeOf(query.cursor, place)?.slice("FILE#".length) ?? 0);
  const files: JobFile[] = [];
  const skipped: SkippedFile[] = [];
  let bytes = 0;
  for await (const { line, next } of readManifest(job, parts.results, from)) {
    if ("skipped" in line) skipped.push({ path: line.path, skipped: line.skipped });
    else {
      const { path, role, size, sha256 } = line;
      files.push({ path, role, size, sha256, href: fileAddress(job.id, path, query.attempt) });
    }
    bytes += 2 * Buffer.byteLength(line.path) + 300;
    if (files.length + skipped.length === query.limit || bytes > maxAnswerBytes) {
      const more = next < (job.location?.length ?? 0);
      return { body: { files, skipped, ...cursorOf(more ? `FILE#${next}` : undefined) } };
    }
  }
  return { body: { files, skipped } };
};

/** Where a file is had. A part "." would be dropped by every client, so it is encoded twice. */
function fileAddress(job: string, path: string, attempt: number | undefined): string {
  const parts = path
    .split("/")
    .map((part) => (/^\.{1,2}$/.test(part) ? part.replaceAll(".", "%252E") : encodeURIComponent(part.toWellFormed())));
  return `/v1/jobs/${job}/files/${parts.join("/")}${attempt === undefined ? "" : `?attempt=${attempt}`}`;
}
