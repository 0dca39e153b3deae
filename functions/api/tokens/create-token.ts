// POST /v1/tokens: a new API token; its secret is shown this once and kept only as a hash.
import { iso } from "../../../shared/aws/clock.ts";
import { newSecret, secretHash, type TokenRecord } from "../../../shared/aws/token-table.ts";
import { ulid } from "../../../shared/aws/ulid.ts";
import { GatewayError } from "../../../shared/contract/problem.ts";
import type { ApiOperation } from "../parts.ts";
import { tokenView } from "./token-view.ts";

const dayMs = 24 * 3_600_000;

export const createToken: ApiOperation<"createToken"> = async ({ body, caller, parts }) => {
  if (caller.by === "token") {
    throw new GatewayError(
      "forbidden",
      "a token is made after signing in, not with another token: else none would ever end",
    );
  }
  const now = parts.now();
  const secret = newSecret();
  const token: TokenRecord = {
    id: ulid(now),
    person: caller.person.id,
    name: body.name,
    createdAt: iso(now),
    expiresAt: iso(new Date(now.getTime() + body.days * dayMs)),
    hash: secretHash(secret),
  };
  await parts.tokens.create(token);
  return { body: { ...tokenView(token), token: secret } };
};
