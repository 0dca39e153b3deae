// Reads a table from a result file piece by piece, so that the page stays alive and a huge file is read only so far.
import type { JobFile } from "../../../shared/contract/job.ts";
import type { ClientOptions } from "../../client/client-options.ts";
import { endingOf } from "./file-names.ts";
import { readRange } from "./read-range.ts";
import type { Encoding } from "./sniff.ts";
import type { Table } from "./table.ts";
import { TableParser } from "./table-parser.ts";

/** So much of a table is read at most (bytes). */
export const mostTableBytes = 32 * 1024 * 1024;
const askedAtOnce = 8 * 1024 * 1024;
/** So much is read between two breaths of the page: about 20 ms of work. */
const parsedAtOnce = 256 * 1024;

export type ReadTable = { table: Table; read: number; total: number };

/** Reads at most 32 MB of the file. `onRead` is told how many bytes are done. */
export async function readTable(
  options: ClientOptions,
  file: Pick<JobFile, "href" | "path" | "size">,
  encoding: Encoding,
  signal: AbortSignal,
  onRead: (bytes: number) => void = () => undefined,
): Promise<ReadTable> {
  const parser = new TableParser(endingOf(file.path));
  const decoder = new TextDecoder(encoding);
  let read = 0;
  let { size: total } = file;
  while (read < total && read < mostTableBytes) {
    const piece = await readRange(options, file, read, Math.min(read + askedAtOnce, mostTableBytes), signal);
    total = piece.total;
    if (piece.bytes.length === 0) break;
    for (let at = 0; at < piece.bytes.length; at += parsedAtOnce) {
      signal.throwIfAborted();
      parser.push(decoder.decode(piece.bytes.subarray(at, at + parsedAtOnce), { stream: true }));
      onRead(read + Math.min(at + parsedAtOnce, piece.bytes.length));
      await breath();
    }
    read += piece.bytes.length;
  }
  parser.push(decoder.decode());
  return { table: parser.finish(read < total), read, total };
}

/** Lets the page answer the person before more is done. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
