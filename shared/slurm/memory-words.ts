// What Slurm writes into a job's own output where it ends the job, or a step of it, for its use of memory. Pure.

/**
 * Without cgroups Slurm's record says no more than signal 9, and with them the end of a step is the script's to tell:
 * only the output says why. Slurm 20 to 26.
 */
const told = [
  /^slurmstepd\S*: error: .*\bexceeded (?:job |step )?memory limit\b/i,
  /^slurmstepd\S*: error: Exceeded (?:job|step) memory limit\b/,
  /^slurmstepd\S*: error: .*\bdetected \d+ oom[-_ ]kill event/i,
  /^slurmstepd\S*: error: .*\bOOM Kill(?:ed)?\b/i,
  /^srun: error: .*\bOut Of Memory\b/,
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
const controls = /[\u0000-\u001f\u007f-\u009f]/g;

/** The first line of an output's end that says so, fit to be shown; undefined where none does. */
export function memoryWords(text: string): string | undefined {
  const line = text.split("\n").find((candidate) => told.some((words) => words.test(candidate)));
  return line?.trim().replaceAll(controls, "?").slice(0, 300);
}
