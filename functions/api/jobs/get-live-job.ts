// GET /v1/jobs/{id}/live: the latest look at a running job.
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";

export const getLiveJob: ApiOperation<"getLiveJob"> = async () => {
  throw new GatewayError("unavailable", "not built yet");
};
