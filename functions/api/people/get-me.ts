// GET /v1/me: the person who asks.
import type { ApiOperation } from "../parts.ts";
import { personView } from "./person-view.ts";

export const getMe: ApiOperation<"getMe"> = async ({ caller }) => ({ body: personView(caller.person) });
