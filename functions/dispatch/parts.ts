// What dispatch works with.
import type { Clock } from "../../shared/aws/clock.ts";
import type { ClusterTable } from "../../shared/aws/cluster-table.ts";
import type { Commands } from "../../shared/aws/commands.ts";
import type { GroupTable } from "../../shared/aws/group-table.ts";
import type { JobTable } from "../../shared/aws/job-table.ts";
import type { Objects } from "../../shared/aws/objects.ts";

export type DispatchParts = {
  jobs: JobTable;
  groups: GroupTable;
  clusterTable: Pick<ClusterTable, "get">;
  inputs: Pick<Objects, "signedGetIfMatch">;
  batches: Pick<Objects, "put">;
  commands: Commands;
  now: Clock;
};
