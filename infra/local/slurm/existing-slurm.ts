// The Slurm that is there already: the one that answers scontrol ping.
import { accessSync, constants } from "node:fs";
import { dirname, join } from "node:path";
import type { LocalSlurm } from "./local-slurm.ts";
import { findProgram, run } from "./programs.ts";

const pingMs = 10_000;
const otherwise = "use a private one (--slurm=private) or the stand-in (--slurm=stand-in)";

/** Finds the Slurm whose programs are on PATH (SLURM_CONF is honoured) and which answers; otherwise an error with what to do. */
export async function findExistingSlurm(): Promise<LocalSlurm> {
  const scontrol = findProgram("scontrol");
  if (scontrol === undefined)
    throw new Error(`no Slurm is installed here: scontrol is nowhere on PATH; load its module, or ${otherwise}`);
  const conf = process.env.SLURM_CONF;
  const env: Record<string, string> = conf === undefined ? {} : { SLURM_CONF: conf };
  if (conf !== undefined && !isReadable(conf))
    throw new Error(`no Slurm answers here: SLURM_CONF is ${conf}, which cannot be read; correct it, or ${otherwise}`);
  // a dead controller answers in milliseconds; without any slurm.conf scontrol asks the name servers for a minute
  const ping = await run([scontrol, "ping"], env, pingMs);
  const said = ping.code === 124 ? `nothing within ${pingMs / 1000} s` : `${ping.stdout}${ping.stderr}`.trim();
  if (!ping.stdout.includes(" UP"))
    throw new Error(
      `no Slurm answers here: ${scontrol} ping says "${said}"; start slurmctld, set SLURM_CONF, or ${otherwise}`,
    );
  const config = await run([scontrol, "show", "config"], env, 35_000);
  if (config.code !== 0) throw new Error(`${scontrol} show config failed: ${config.stderr.trim()}`);
  const value = (key: string) => new RegExp(`^${key}\\s*= (.*)$`, "m").exec(config.stdout)?.[1]?.trim();
  const jobcomp = value("JobCompType") === "jobcomp/filetxt" ? value("JobCompLoc") : undefined;
  const mapped = process.getuid?.() === 0;
  return {
    kind: "existing",
    bin: dirname(scontrol),
    ...(conf === undefined ? {} : { conf }),
    ...(jobcomp !== undefined && isReadable(jobcomp) ? { jobcomp } : {}),
    sacct:
      value("AccountingStorageType") === "accounting_storage/slurmdbd" && isReadable(join(dirname(scontrol), "sacct")),
    accounts: mapped ? "mapped" : "starter",
    description: `the Slurm ${value("SLURM_VERSION") ?? ""} that is here, cluster ${value("ClusterName") ?? "without a name"}`,
    stop: async () => {},
  };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
