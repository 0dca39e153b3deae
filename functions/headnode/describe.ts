// `describe`: the cluster as its head node sees it, into the heartbeat.
import "../../shared/contract/no-eval.ts";
import type { Heartbeat } from "../../shared/headnode/receipt.ts";
import type { SlurmConfig } from "../../shared/slurm/scontrol-config.ts";
import { describePartition } from "../../shared/slurm/scontrol-partition.ts";
import { readSettings, type Settings } from "./config.ts";
import { openObjects } from "./objects.ts";
import { putHeartbeat } from "./receipts.ts";
import { type Slurm, slurmOf } from "./slurm.ts";
import { openSpool } from "./spool.ts";
import { isLive } from "./start-watch.ts";

/** Asks Slurm for its partitions; what it does not answer is left out, the sign of life is given all the same. */
export async function heartbeatOf(settings: Settings, slurm: Slurm, liveGroups: number, at: Date): Promise<Heartbeat> {
  const [partitions, config] = await Promise.all([slurm.partitions(), slurm.config()]);
  return {
    version: 1,
    cluster: settings.cluster,
    at: at.toISOString(),
    kind: settings.kind,
    ...(config.ok && config.value.version !== undefined ? { slurm: config.value.version } : {}),
    ...(partitions.ok ? { partitions: partitions.value.map(describePartition) } : {}),
    ...(config.ok ? arraySize(config.value) : {}),
    liveGroups,
    folders: { root: settings.folders, keepDays: settings.keepDays },
  };
}

/** The largest index of an array is one less than MaxArraySize; its members may be bounded by themselves. */
function arraySize({
  maxArraySize,
  maxArrayTasks = Number.POSITIVE_INFINITY,
}: SlurmConfig): Pick<Heartbeat, "maxArraySize"> {
  return maxArraySize === undefined ? {} : { maxArraySize: Math.min(maxArraySize, maxArrayTasks) };
}

/** Writes a heartbeat once and prints it. */
export async function describe(bundle: string): Promise<number> {
  const settings = readSettings(bundle);
  const spool = openSpool(settings.spool);
  const objects = openObjects(settings);
  const live = spool.liveGroups().filter((group) => isLive(spool.live(group))).length;
  const heartbeat = await heartbeatOf(settings, slurmOf(settings), live, objects.now());
  await putHeartbeat(settings, objects, heartbeat);
  process.stdout.write(`${JSON.stringify(heartbeat, null, 2)}\n`);
  objects.close();
  return heartbeat.partitions?.length ? 0 : 1;
}
