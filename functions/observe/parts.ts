// What observe works with.

import type { ClusterTable } from "../../shared/aws/cluster-table.ts";
import type { GroupTable } from "../../shared/aws/group-table.ts";
import type { JobTable } from "../../shared/aws/job-table.ts";
import type { Objects } from "../../shared/aws/objects.ts";
import type { DispatchQueue } from "../../shared/aws/queues.ts";

export type ObserveParts = {
  jobs: JobTable;
  groups: GroupTable;
  clusterTable: ClusterTable;
  results: Pick<Objects, "readSmall">;
  /** Where a job that is tried again asks for its dispatch. */
  queue: DispatchQueue;
};
