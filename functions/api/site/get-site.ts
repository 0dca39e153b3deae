// GET /v1/site: what a client needs to know before anybody has signed in.
import type { ApiOperation } from "../parts.ts";

export const getSite: ApiOperation<"getSite"> = async ({ parts }) => ({ body: parts.site });
