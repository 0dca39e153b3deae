// POST /v1/jobs/{id}/peek: asks the cluster to look at a running job.
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";

export const peekJob: ApiOperation<"peekJob"> = async () => {
  throw new GatewayError("unavailable", "not built yet");
};
