// Generations of a group: slurmctld may forget a job of which some members had begun; the rest is submitted again under a new name.
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { groupFiles } from "./batch-script.ts";
import { readIfThere, writeDurably } from "./durable-file.ts";
import type { Intent } from "./spool.ts";

/** In the place of Slurm's id in a claim: no job has it, so no start of that name does any work. */
export const nobody = "0";

/** A fresh intent. Anybody may name a job: the name must not be guessable. */
export const freshIntent = (group: string, generation: number): Intent => ({
  name: `headgate-${group}-${randomBytes(10).toString("hex")}`,
  at: new Date().toISOString(),
  generation,
});

/**
 * The file among the records that holds the claim of a generation. A forgotten job keeps its own: its claim must not fence
 * the next generation's starts, and the members' claims, which all generations share, let each member begin once.
 */
export const claimFile = (intent: Intent): string =>
  intent.generation === 0 ? groupFiles.claim : `${groupFiles.claim}.${intent.generation}`;

/** The id of the last job that was forgotten after it had begun; undefined where none had. */
export function lastForgotten(folder: string): string | undefined {
  const lines = (readIfThere(join(folder, "forgotten")) ?? "").trimEnd().split("\n");
  return lines.map((line) => line.split(" ")[1]).findLast((id) => id !== undefined && id !== nobody);
}

/** Every record denies the job of this intent, which had begun: gives the group a new intent and no id. Under its lock only. */
export function forget(folder: string, group: string, intent: Intent, id: string): Intent {
  const earlier = readIfThere(join(folder, "forgotten")) ?? "";
  writeDurably(join(folder, "forgotten"), `${earlier}${intent.name} ${id} ${new Date().toISOString()}\n`);
  const next = freshIntent(group, intent.generation + 1);
  // the intent first: a crash leaves a new name with the old id, which every record denies again
  writeDurably(join(folder, "intent"), JSON.stringify(next));
  rmSync(join(folder, "jobid"), { force: true });
  return next;
}
