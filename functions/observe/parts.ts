// What observe works with.

import type { ClusterTable } from "../../shared/aws/cluster-table.ts";
import type { GroupTable } from "../../shared/aws/group-table.ts";
import type { JobTable } from "../../shared/aws/job-table.ts";
import type { Objects } from "../../shared/aws/objects.ts";

export type ObserveParts = {
  jobs: JobTable;
  groups: GroupTable;
  clusterTable: ClusterTable;
  results: Pick<Objects, "readSmall">;
};
