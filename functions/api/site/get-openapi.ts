// GET /v1/openapi.json: the checked-in document; a test holds it equal to what the routes give.
import type { ApiOperation } from "../parts.ts";

export const getOpenapi: ApiOperation<"getOpenapi"> = async () => {
  const { default: document } = await import("../../../shared/contract/openapi.json", { with: { type: "json" } });
  return { body: document };
};
