// What erase works with.
import type { Clock } from "../../shared/aws/clock.ts";
import type { ErasableObjects } from "../../shared/aws/erasable-objects.ts";
import type { GroupTable } from "../../shared/aws/group-table.ts";
import type { JobTable } from "../../shared/aws/job-table.ts";
import type { DispatchQueue } from "../../shared/aws/queues.ts";

export type EraseParts = {
  jobs: JobTable;
  groups: GroupTable;
  uploads: Pick<ErasableObjects, "remove">;
  results: ErasableObjects;
  queue: DispatchQueue;
  /** Ids of the site's clusters. */
  clusters: readonly string[];
  /** Divides all waiting times. */
  scale: number;
  now: Clock;
};
