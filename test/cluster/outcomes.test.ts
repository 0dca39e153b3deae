// Each way in which a job can end, on a real Slurm, from the API to the page: state, reason, words, timeline, results.
import { afterAll, beforeAll, describe, it } from "vitest";
import { hasMemoryCgroup } from "../../infra/local/slurm/slurm-conf.ts";
import { hasChromium } from "../browser/chromium.ts";
import { haveSlurm, isRoot } from "../journey/machine.ts";
import { cancels } from "./outcomes/cancels.ts";
import { endings } from "./outcomes/endings.ts";
import { leavings } from "./outcomes/leavings.ts";
import { odd } from "./outcomes/odd.ts";
import { type OutcomeStack, startOutcomeStack } from "./outcomes/outcome-stack.ts";
import { openWorld, type Scenario, type World } from "./outcomes/world.ts";

const memory = hasMemoryCgroup() ? "cgroup" : "watched";
const debug = "PartitionName=debug Nodes=n[1-2] Default=YES MaxTime=00:30:00 DefaultTime=00:05:00 State=UP";
const lines = [
  debug,
  "PartitionName=frail Nodes=n[3-4] MaxTime=00:30:00 State=UP",
  "PartitionName=closed Nodes=n1 MaxTime=00:30:00 AllowGroups=bin State=UP",
  "PartitionName=parked Nodes=n5 MaxTime=00:30:00 State=UP",
];

describe.skipIf(!haveSlurm() || !isRoot() || !hasChromium)("a job on a real Slurm", () => {
  let all: OutcomeStack;
  let world: World;
  const only = process.env.HEADGATE_OUTCOME;
  const scenarios = [...endings, ...cancels, ...leavings, ...odd].filter(({ name }) => !only || name.includes(only));
  const runs = new Map<Scenario, Promise<void>>();

  beforeAll(async () => {
    all = await startOutcomeStack({ nodes: 5, memory, allow: ["alice"], scale: 20, lines });
    world = await openWorld(all);
    // all at once: the time limit alone takes 89 s, and each waits mostly for Slurm
    for (const scenario of scenarios) {
      const run = scenario.run(world);
      run.catch(() => {});
      runs.set(scenario, run);
    }
  }, 400_000);
  afterAll(async () => {
    await Promise.allSettled(runs.values());
    await world?.pages.close();
    await all?.stop();
  }, 400_000);

  for (const scenario of scenarios) it(scenario.name, async () => await runs.get(scenario), 600_000);
});
