// The clusters of a local start: each has a Slurm of its own, other limits, and says which demo people work there, and as whom.
import { readFileSync } from "node:fs";
import { availableParallelism, userInfo } from "node:os";
import path from "node:path";
import { type ClusterConfiguration, readConfiguration } from "../stacks/configuration.ts";
import type { Flags } from "./flags.ts";
import { accountUid, ensureAccounts } from "./slurm/accounts.ts";
import { findExistingSlurm } from "./slurm/existing-slurm.ts";
import type { LocalSlurm } from "./slurm/local-slurm.ts";
import { startPrivateSlurm } from "./slurm/private-slurm.ts";
import { startStandIn } from "./slurm/stand-in.ts";
import { StartError } from "./start-error.ts";

export type LocalCluster = {
  id: string;
  name: string;
  slurm: LocalSlurm;
  /** The Unix account that a demo person works as here; undefined: none, and the cluster refuses the person's jobs. */
  accountOf(handle: string): string | undefined;
};

const second: ClusterConfiguration = { id: "second", name: "The second cluster", target: "mi-00000000000000002" };

/** What differs on a second cluster, so that the two are told apart by what they accept. */
const smaller = {
  cpus: 4,
  memoryMb: 2_000,
  lines: ["PartitionName=debug Nodes=ALL Default=YES MaxTime=00:30:00 DefaultTime=00:05:00 State=UP"],
};
/** Who works on a second cluster; bob has an account on the first only. */
const secondsPeople = ["admin", "alice"];

/** cdk.json's configuration with so many of its clusters, and a second one where it names only one. */
export function configurationOf(root: string, count: number): { clusters: ClusterConfiguration[] } {
  const { context } = JSON.parse(readFileSync(path.join(root, "cdk.json"), "utf8")) as {
    context: { headgate: { clusters: ClusterConfiguration[] } };
  };
  const { clusters } = readConfiguration(context.headgate);
  return { ...context.headgate, clusters: [...clusters, second].slice(0, count) };
}

/**
 * Starts the Slurm of each cluster.
 * @param names the clusters by id and name, the first of which works in the data folder's `slurm`
 * @throws StartError with what a person can do about it
 */
export async function startClusters(
  flags: Flags,
  names: readonly Pick<ClusterConfiguration, "id" | "name">[],
  say: (line: string) => void,
): Promise<LocalCluster[]> {
  const people = demoAccounts(say);
  const starting = await Promise.allSettled(names.map(({ id }, at) => startSlurm(flags, id, at, say)));
  const failed = starting.find((one) => one.status === "rejected");
  if (failed) {
    // what did start is not left behind
    await Promise.all(starting.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
    const { reason } = failed;
    throw new StartError(reason instanceof Error ? reason.message : String(reason), { cause: reason });
  }
  return starting.flatMap((one, at) => {
    const cluster = names[at];
    if (one.status !== "fulfilled" || !cluster) return [];
    const accountOf = people(one.value);
    return {
      id: cluster.id,
      name: cluster.name,
      slurm: one.value,
      accountOf: (handle: string) => (at === 0 || secondsPeople.includes(handle) ? accountOf(handle) : undefined),
    };
  });
}

async function startSlurm(flags: Flags, id: string, at: number, say: (line: string) => void): Promise<LocalSlurm> {
  const dir = path.join(flags.data, at === 0 ? "slurm" : `slurm-${id}`);
  const nodes = flags.nodes[at] ?? flags.nodes[0];
  if (flags.slurm === "private")
    return await startPrivateSlurm({ dir, ...(nodes ? { nodes } : {}), ...(at === 0 ? {} : smaller), log: say });
  if (flags.slurm === "existing") return await findExistingSlurm();
  return await startStandIn({ dir, ...(at === 0 ? {} : { cpus: Math.max(1, availableParallelism() >> 1) }) });
}

/** Which Unix account each demo person works as. On a Slurm whose jobs run as whoever started it, that one for all. */
function demoAccounts(say: (line: string) => void): (slurm: LocalSlurm) => (handle: string) => string | undefined {
  const people = ["alice", "bob"];
  let usable: string[] | undefined;
  return (slurm) => {
    if (slurm.accounts === "starter") return () => userInfo().username;
    if (!usable) {
      const made = slurm.kind === "private" ? ensureAccounts(people) : [];
      if (made.length > 0) say(`created the Unix accounts ${made.join(" and ")} for the demo people`);
      const known = people.filter((name) => (accountUid(name) ?? 0) >= 1000);
      if (known.length < people.length)
        say("there are no Unix accounts alice and bob here: set one for each person as administrator");
      usable = known;
    }
    return (handle) => usable?.find((name) => name === handle);
  };
}
