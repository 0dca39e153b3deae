// One dispatch message: its own job by a consistent read, and everything else that waits for the cluster; or jobs to cancel, to look at or to forget.
import { iso } from "../../shared/aws/clock.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import { DispatchMessage } from "../../shared/aws/queues.ts";
import { log } from "../edge/log.ts";
import { advance } from "./advance.ts";
import type { DispatchParts } from "./parts.ts";
import { propose } from "./propose.ts";
import { refuse } from "./refuse.ts";
import { takeCancels } from "./take-cancels.ts";
import { takeForgets } from "./take-forgets.ts";
import { takePeeks } from "./take-peeks.ts";

/** Jobs of one run; the others have messages of their own. */
const maxJobs = 1_000;
const maxForming = 100;

/** Throws where a service fails as a whole: the message then comes again. */
export async function takeMessage(
  body: string,
  clusters: readonly ClusterTarget[],
  parts: DispatchParts,
): Promise<void> {
  const message = readMessage(body);
  if (!message) {
    log({ level: "error", message: "a dispatch message of another form was dropped" });
    return;
  }
  if ("job" in message) return await takeSubmitted(message, clusters, parts);
  const cluster = clusters.find((one) => one.id === message.cluster);
  if (!cluster) {
    log({
      level: "error",
      message:
        "a message for a cluster that is no longer part of this site was dropped; name the cluster again to serve it",
      cluster: message.cluster,
    });
    return;
  }
  if ("cancel" in message) return await takeCancels(message.cancel, cluster, parts);
  if ("peek" in message) return await takePeeks(message.peek, cluster, parts);
  await takeForgets(message.forget, cluster, parts);
}

async function takeSubmitted(
  message: Extract<DispatchMessage, { job: string }>,
  clusters: readonly ClusterTarget[],
  parts: DispatchParts,
): Promise<void> {
  const [own, others, forming] = await Promise.all([
    parts.jobs.get(message.job),
    parts.jobs.submitted(message.cluster, maxJobs),
    parts.groups.forming(message.cluster, maxForming),
  ]);
  if (own?.state !== "submitted" || own.cluster !== message.cluster) return;
  const cluster = clusters.find((one) => one.id === message.cluster);
  if (!cluster) {
    await refuse(own.id, `the cluster ${message.cluster} is no longer part of this site`, parts);
    return;
  }

  // What an earlier run began is finished first, as it was begun.
  const waiting = others.filter((job) => job.id !== own.id);
  const jobs = [own, ...waiting].slice(0, maxJobs).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  const begun = new Map(forming.map((group) => [group.id, group]));
  for (const id of new Set(jobs.flatMap((job) => (job.group === undefined ? [] : [job.group])))) {
    const group = begun.has(id) ? undefined : await parts.groups.get(id);
    if (group) begun.set(id, group);
  }
  const taken = new Set(
    [...begun.values()].flatMap((group) => group.members.map((member) => member && `${member.job}.${member.attempt}`)),
  );
  const free = jobs.filter((job) => job.group === undefined && !taken.has(`${job.id}.${job.attempt}`));
  const proposed = await propose(free, parts);
  await advance(cluster, [...begun.values(), ...proposed], parts);
  log({
    level: "info",
    message: `dispatched at ${iso(parts.now())}`,
    cluster: cluster.id,
    count: jobs.length,
    job: own.id,
  });
}

function readMessage(body: string): DispatchMessage | undefined {
  try {
    return DispatchMessage.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
