// The Lambda that removes the files of deleted jobs: each minute it takes what is due.
import "../../shared/contract/no-eval.ts";
import { clock } from "../../shared/aws/clock.ts";
import { parseClusters, parseScale, readEnv } from "../../shared/aws/env.ts";
import { erasableObjects } from "../../shared/aws/erasable-objects.ts";
import { groupTable } from "../../shared/aws/group-table.ts";
import { jobTable } from "../../shared/aws/job-table.ts";
import { dispatchQueue } from "../../shared/aws/queues.ts";
import { openTable } from "../../shared/aws/table.ts";
import { functions } from "../../shared/functions.ts";
import { log } from "../edge/log.ts";
import { eraseDue } from "./erase-due.ts";
import { forgetAgain } from "./forget-folders.ts";
import type { EraseParts } from "./parts.ts";

const env = readEnv(functions.erase.environment);
const table = openTable(env.TABLE);
const parts: EraseParts = {
  jobs: jobTable(table),
  groups: groupTable(table),
  uploads: erasableObjects(env.INPUTS_BUCKET),
  results: erasableObjects(env.RESULTS_BUCKET),
  queue: dispatchQueue(env.DISPATCH_QUEUE_URL),
  clusters: parseClusters(env.CLUSTERS).map(({ id }) => id),
  scale: parseScale(env.SCALE),
  now: clock,
};

/** No new group is begun this long (ms) after the start: the function ends at 60 s. */
const beginsForMs = 40_000;

/** What is left stays marked, and the schedule comes again by itself. */
export async function handler(): Promise<void> {
  const until = Date.now() + beginsForMs;
  for (const run of [() => forgetAgain(parts), () => eraseDue(parts, until)]) {
    try {
      await run();
    } catch (error) {
      log({ level: "error", message: "erase failed", error });
    }
  }
}
