// PATCH /v1/clusters/{cluster}: what an operator says of it.
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";

export const changeCluster: ApiOperation<"changeCluster"> = async () => {
  throw new GatewayError("unavailable", "not built yet");
};
