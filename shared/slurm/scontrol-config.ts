// scontrol show config: the few settings that the head node goes by.
import { type Answer, type Reading, refusalOf } from "./command.ts";
import { readTime } from "./job-row.ts";

export const scontrolConfigArgv = (): string[] => ["show", "config"];

export type SlurmConfig = {
  version?: string;
  maxArraySize?: number;
  /** Most members of one array, where that is less than its indices would allow. */
  maxArrayTasks?: number;
  minJobAgeSeconds?: number;
  enforcePartLimits?: string;
  jobCompType?: string;
  jobCompLoc?: string;
  accountingStorageType?: string;
  /** When slurmctld was started (ISO 8601); the command runs with TZ=UTC. */
  bootedAt?: string;
};

/** Reads the answer; what is not there is left out. */
export function readScontrolConfig(answer: Answer): Reading<SlurmConfig> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return { ok: false, words: refusal };
  const found = new Map<string, string>();
  for (const text of answer.stdout.split("\n")) {
    const [, key, value] = /^([A-Za-z_]+)\s*= ?(.*)$/.exec(text.trim()) ?? [];
    if (key !== undefined && value !== undefined && !found.has(key)) found.set(key, value.trim());
  }
  const words = (key: string, name: string) => {
    const value = found.get(key);
    return value === undefined || value === "(null)" ? {} : { [name]: value };
  };
  const count = (key: string, name: string) => {
    const value = /^(\d+)(?: sec)?$/.exec(found.get(key) ?? "")?.[1];
    return value === undefined ? {} : { [name]: Number(value) };
  };
  const tasks = /(?:^|,)max_array_tasks=(\d+)/i.exec(found.get("SchedulerParameters") ?? "")?.[1];
  const bootedAt = readTime(found.get("BOOT_TIME") ?? "", "utc");
  return {
    ok: true,
    value: {
      ...(bootedAt === undefined ? {} : { bootedAt }),
      ...words("SLURM_VERSION", "version"),
      ...count("MaxArraySize", "maxArraySize"),
      ...(tasks === undefined ? {} : { maxArrayTasks: Number(tasks) }),
      ...count("MinJobAge", "minJobAgeSeconds"),
      ...words("EnforcePartLimits", "enforcePartLimits"),
      ...words("JobCompType", "jobCompType"),
      ...words("JobCompLoc", "jobCompLoc"),
      ...words("AccountingStorageType", "accountingStorageType"),
    },
  };
}
