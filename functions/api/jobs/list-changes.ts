// GET /v1/changes: what has moved of one's own.
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";

export const listChanges: ApiOperation<"listChanges"> = async () => {
  throw new GatewayError("unavailable", "not built yet");
};
