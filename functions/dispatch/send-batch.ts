// A batch for a head node: everything in one object of S3, and its id, only that, by a command.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { ulid } from "../../shared/aws/ulid.ts";
import { Batch, batchKey } from "../../shared/headnode/batch.ts";
import { log } from "../edge/log.ts";
import type { DispatchParts } from "./parts.ts";

/** How long a batch and the addresses in it are good (seconds). */
export const batchSeconds = 3_600;

type Asked<B> = B extends Batch ? Pick<B, "verb" | "groups"> : never;

/** Writes the batch, then sends the command. Throws where either fails; a repeat makes another batch. */
export async function sendBatch(
  cluster: ClusterTarget,
  asked: Asked<Batch>,
  parts: Pick<DispatchParts, "batches" | "commands" | "now">,
): Promise<void> {
  const now = parts.now();
  const batch = ulid(now);
  const notAfter = iso(new Date(now.getTime() + batchSeconds * 1_000));
  // Parsed by the format's own schema: what the head node would refuse is found here.
  const body = Batch.parse({ version: 1, batch, cluster: cluster.id, notAfter, ...asked });
  await parts.batches.put(batchKey(cluster.id, batch), JSON.stringify(body), "application/json");
  await parts.commands.run(cluster.target, batch);
  const { verb, groups } = asked;
  log({ level: "info", message: `batch sent: ${verb}`, cluster: cluster.id, batch, count: groups.length });
}
