// GET /v1/jobs/{id}/files/{path+}: a packed file's bytes, or a 302 to a signed address for an object.
import { createHash } from "node:crypto";
import { GatewayError } from "../../../shared/contract/problem.ts";
import { type ManifestFile, packedBelow } from "../../../shared/headnode/manifest.ts";
import type { JobRecord } from "../../../shared/job/job-record.ts";
import { decoded } from "../../edge/match-route.ts";
import type { BytesAnswer } from "../../edge/operation.ts";
import type { ApiOperation, ApiParts } from "../parts.ts";
import { byteRange } from "./byte-range.ts";
import { disposition, mediaType } from "./file-headers.ts";
import { jobAttempt } from "./job-attempt.ts";
import { ownJob } from "./job-view.ts";
import { collectedKey, readManifest } from "./read-manifest.ts";

/** How long the signed address is good (seconds). */
const downloadSeconds = 300;

export const getJobFile: ApiOperation<"getJobFile"> = async ({ params, query, caller, parts, header }) => {
  const job = jobAttempt(await ownJob(params.id, caller, parts), query.attempt);
  const file = await findFile(job, params.path, parts);
  const etag = `"${file.sha256}"`;
  const headers = { etag, "cache-control": "private, no-cache" };
  if (
    header("if-none-match")
      ?.split(",")
      .some((one) => one.trim().replace(/^W\//, "") === etag)
  )
    return { status: 304, headers };
  if (file.object !== undefined) {
    const location = await parts.results.signedDownload(collectedKey(job, file.object), {
      disposition: disposition(file.path),
      type: mediaType(file.path),
      seconds: downloadSeconds,
    });
    return { status: 302, headers: { location, "cache-control": "no-store" } };
  }
  return packed(job, file, header("range"), headers, parts);
};

async function packed(
  job: JobRecord,
  file: ManifestFile,
  asked: string | undefined,
  headers: Record<string, string>,
  parts: ApiParts,
): Promise<BytesAnswer> {
  if (file.pack === undefined || file.offset === undefined || file.size > packedBelow) {
    throw new GatewayError(
      "internal",
      `the manifest of job ${job.id} says of ${JSON.stringify(file.path)} neither a pack nor an object`,
    );
  }
  const range = byteRange(asked, file.size);
  const start = range?.start ?? 0;
  const length = range ? range.end - range.start + 1 : file.size;
  const bytes = await parts.results.readRange(collectedKey(job, file.pack), file.offset + start, length);
  if (!bytes)
    throw new GatewayError("internal", `the pack of ${JSON.stringify(file.path)} of job ${job.id} is not there`);
  if (!range && createHash("sha256").update(bytes).digest("hex") !== file.sha256) {
    throw new GatewayError(
      "internal",
      `the bytes of ${JSON.stringify(file.path)} of job ${job.id} are not those of its manifest`,
    );
  }
  return {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      "content-type": mediaType(file.path),
      "content-disposition": disposition(file.path),
      "accept-ranges": "bytes",
      ...(range ? { "content-range": `bytes ${range.start}-${range.end}/${file.size}` } : {}),
    },
    bytes,
  };
}

/** API Gateway decodes a path before we see it, others may not, and a dot is encoded twice: the path as it is comes first. */
async function findFile(job: JobRecord, path: string, parts: ApiParts): Promise<ManifestFile> {
  const spellings = [...new Set([path, decoded(path), decoded(decoded(path))])];
  const found = new Map<string, ManifestFile>();
  for await (const { line } of readManifest(job, parts.results)) {
    if ("skipped" in line || !spellings.includes(line.path)) continue;
    if (line.path === path) return line;
    found.set(line.path, line);
  }
  for (const spelling of spellings) {
    const file = found.get(spelling);
    if (file) return file;
  }
  throw new GatewayError("not-found", "the job has no such result file");
}
