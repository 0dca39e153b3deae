// Inputs on their way to the site: a few at once, with one bar for all.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JobSubmission } from "../../shared/contract/job.ts";
import type { Upload } from "../../shared/contract/upload.ts";
import type { GatewayClient } from "../client/gateway-client.ts";
import { ProblemError } from "../client/problem-error.ts";
import { withRetries } from "../client/retry.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./cli-error.ts";
import { inParallel } from "./in-parallel.ts";
import type { InputFile } from "./input-files.ts";
import type { KeyRecord } from "./key-record.ts";
import { type Progress, progressBar } from "./progress.ts";

const atOnce = 4;

/** Uploads the files, but for those that the record of the key knows; answers them as inputs of a submission. */
export async function uploadInputs(
  cli: Cli,
  client: GatewayClient,
  files: readonly InputFile[],
  record: KeyRecord | undefined,
): Promise<JobSubmission["inputs"]> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const bar = progressBar(cli, "upload", total);
  try {
    return await inParallel(files, atOnce, async (file) => ({
      upload: await uploaded(client, file, record, bar),
      name: file.name,
    }));
  } finally {
    bar.done();
  }
}

async function uploaded(
  client: GatewayClient,
  file: InputFile,
  record: KeyRecord | undefined,
  bar: Progress,
): Promise<string> {
  const digest = record && `${file.name}\0${await sha256Of(file.path)}`;
  const known = digest === undefined ? undefined : record?.upload(digest);
  if (known !== undefined) {
    bar.add(file.size);
    return known;
  }
  const upload = await client.createUpload({ name: file.name.split("/").at(-1) ?? file.name, size: file.size });
  await withRetries(() => putOnce(upload, file, bar));
  if (digest !== undefined) record?.uploaded(digest, upload.id);
  return upload.id;
}

async function putOnce(upload: Upload, file: InputFile, bar: Progress): Promise<void> {
  let sent = 0;
  try {
    const status = await put(upload, file, (bytes) => {
      sent += bytes;
      bar.add(bytes);
    });
    // 412: an earlier try arrived, though its answer did not
    if (status !== 412 && (status < 200 || status > 299)) throw new ProblemError(status, undefined);
  } catch (error) {
    bar.back(sent);
    throw error;
  }
}

/** By node:http, since fetch does not tell how much of a body is sent. */
async function put(upload: Upload, file: InputFile, onSent: (bytes: number) => void): Promise<number> {
  const ask = new URL(upload.url).protocol === "https:" ? secureRequest : plainRequest;
  const request = ask(upload.url, { method: "PUT", headers: { ...upload.headers, "content-length": file.size } });
  const answered = new Promise<number>((resolve, reject) => {
    request.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.once("error", reject);
    });
    request.once("error", reject);
  });
  answered.catch(() => {});
  let sent = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      onSent(chunk.length);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(file.path, file.size === 0 ? {} : { end: file.size - 1 }), counted, request);
  } catch (error) {
    // refused before all was sent: the answer says why
    const status = await Promise.race([
      answered.catch(() => 0),
      new Promise<number>((resolve) => setTimeout(resolve, 1_000, 0)),
    ]);
    if (status !== 0) return status;
    throw passing(error);
  }
  if (sent !== file.size)
    throw new CliError("usage", `${file.path} changed while it was sent: it had ${file.size} bytes`);
  return answered.catch((error) => {
    throw passing(error);
  });
}

/** As fetch tells of a failure of the network, so that it is tried again; a file that cannot be read stays what it is. */
function passing(error: unknown): unknown {
  const { syscall, path } = error as NodeJS.ErrnoException;
  return path !== undefined && syscall !== "connect" ? error : new TypeError("fetch failed", { cause: error });
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
