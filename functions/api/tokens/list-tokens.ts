// GET /v1/tokens: one's own API tokens.
import type { ApiOperation } from "../parts.ts";
import { tokenView } from "./token-view.ts";

export const listTokens: ApiOperation<"listTokens"> = async ({ caller, parts }) => {
  const tokens = await parts.tokens.ofPerson(caller.person.id);
  return { body: { tokens: tokens.map(tokenView) } };
};
