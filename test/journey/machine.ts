// What this machine can run: asked once, said plainly where a test is skipped.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

const answers = (program: string, ...argv: string[]): boolean =>
  spawnSync(program, argv, { stdio: "ignore" }).status === 0;

/** Whether a real Slurm can be started here. */
export const haveSlurm = (): boolean => existsSync("/usr/sbin/slurmctld") && existsSync("/usr/sbin/munged");
/** Whether DynamoDB Local can be started here. */
export const haveJava = (): boolean => answers("java", "-version");
export const isRoot = (): boolean => process.getuid?.() === 0;

/** The Slurm of a local start: its clients' folder, SLURM_CONF and jobcomp file, as the start wrote them down; a further cluster's by its id. */
export function slurmOf(data: string, cluster?: string): { bin: string; conf?: string; jobcomp?: string } {
  return JSON.parse(readFileSync(path.join(data, cluster ? `slurm-${cluster}.json` : "slurm.json"), "utf8")) as {
    bin: string;
    conf?: string;
    jobcomp?: string;
  };
}
