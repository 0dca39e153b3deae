// The batch script of a job as text for a person: what sbatch is told, the script, and the files that are this job's own.
import type { Resources } from "../contract/job.ts";
import { resourceArgv } from "../slurm/sbatch.ts";

type Rendered = { script: string; files: Readonly<Record<string, string>>; resources: Resources };

/**
 * The whole as one script: #SBATCH lines for the resources, the application's batch script, and each file of the job
 * as a comment under its name. A person may read it, keep it, or give it to sbatch beside those files.
 */
export function scriptText({ script, files, resources }: Rendered): string {
  const options = resourceArgv(resources).map((option) => `#SBATCH ${option}`);
  const parts = Object.entries(files).map(([name, text]) => `# ---- ${name} ----\n${commented(text)}`);
  return `${[`#!/bin/sh\n${[...options, "", script.trimEnd()].join("\n")}`, ...parts].join("\n\n")}\n`;
}

function commented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "#" : `# ${line}`))
    .join("\n");
}
