// scancel: takes a job, an array or some of its members back. An id that Slurm does not know is no fault: it is gone already.
import { writeIndices } from "./array-indices.ts";
import { type Answer, type Reading, tidyWords } from "./command.ts";

export type ScancelQuestion =
  /** The whole, only where it bears this name. */
  | { id: string; name?: string; indices?: undefined }
  /**
   * Members of an array. Without a name: Slurm 22.05 answers `scancel --name=NAME 2_1` of an array that waits by
   * cancelling all of it (measured).
   */
  | { id: string; indices: readonly number[]; name?: undefined };

/** The words after scancel. */
export function scancelArgv({ id, name, indices }: ScancelQuestion): string[] {
  if (indices !== undefined) return [`${id}_[${writeIndices(indices)}]`];
  return [...(name === undefined ? [] : [`--name=${name}`]), id];
}

/** Whether the request arrived. */
export function readScancel(answer: Answer): Reading<undefined> {
  if (answer.code === 0 || /invalid job id|already complet/i.test(answer.stderr)) return { ok: true, value: undefined };
  return { ok: false, words: tidyWords(answer.stderr) || `exit code ${answer.code}` };
}
