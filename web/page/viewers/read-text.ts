// The text of a small result file.
import type { JobFile } from "../../../shared/contract/job.ts";
import type { ClientOptions } from "../../client/client-options.ts";
import { readRange } from "./read-range.ts";

const mostBytes = 4 * 1024 * 1024;

/** The file's text as UTF-8, of a large one its first 4 MB. */
export async function readText(
  options: ClientOptions,
  file: Pick<JobFile, "href" | "size">,
  signal: AbortSignal,
): Promise<string> {
  const { bytes } = await readRange(options, file, 0, mostBytes, signal);
  return new TextDecoder().decode(bytes);
}
