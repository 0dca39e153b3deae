// What the operations work with: the adapters, and the site's own facts.

import type { Clock } from "../../shared/aws/clock.ts";
import type { ClusterTable } from "../../shared/aws/cluster-table.ts";
import type { ClusterTarget } from "../../shared/aws/env.ts";
import type { IdempotencyTable } from "../../shared/aws/idempotency-table.ts";
import type { JobTable } from "../../shared/aws/job-table.ts";
import type { Objects } from "../../shared/aws/objects.ts";
import type { PersonTable } from "../../shared/aws/person-table.ts";
import type { DispatchQueue } from "../../shared/aws/queues.ts";
import type { TokenTable } from "../../shared/aws/token-table.ts";
import type { Site } from "../../shared/contract/catalogue.ts";
import type { OperationId } from "../../shared/contract/routes.ts";
import type { Operation } from "../edge/operation.ts";

export type ApiParts = {
  jobs: JobTable;
  people: PersonTable;
  tokens: TokenTable;
  keys: IdempotencyTable;
  clusterTable: ClusterTable;
  inputs: Pick<Objects, "signedPut" | "head">;
  results: Pick<Objects, "readRange" | "readSmall" | "signedDownload">;
  dispatch: DispatchQueue;
  clusters: readonly ClusterTarget[];
  site: Site;
  /** Divides all waiting times. */
  scale: number;
  now: Clock;
};

export type ApiOperation<Id extends OperationId> = Operation<Id, ApiParts>;
