// DELETE /v1/tokens/{id}: end one of one's own API tokens.
import { refusal } from "../../../shared/access/allowed.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";

export const deleteToken: ApiOperation<"deleteToken"> = async ({ params, caller, parts }) => {
  const token = (await parts.tokens.ofPerson(caller.person.id)).find((one) => one.id === params.id);
  if (!token || refusal(caller.person, "delete-token", token))
    throw new GatewayError("not-found", "there is no such token");
  await parts.tokens.remove(token);
  return {};
};
