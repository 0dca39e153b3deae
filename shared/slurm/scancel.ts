// scancel: takes a job or array back, by id. An id that Slurm does not know is no fault: it is gone already.
import { type Answer, type Reading, tidyWords } from "./command.ts";

/** The words after scancel. */
export const scancelArgv = (id: string): string[] => [id];

/** Whether the request arrived. */
export function readScancel(answer: Answer): Reading<undefined> {
  if (answer.code === 0 || /invalid job id|already complet/i.test(answer.stderr)) return { ok: true, value: undefined };
  return { ok: false, words: tidyWords(answer.stderr) || `exit code ${answer.code}` };
}
