// One's own API tokens, as the page asks for them.
import type * as z from "zod";
import type { NewToken, Token } from "../../../shared/contract/person.ts";
import type { GatewayClient } from "../../client/gateway-client.ts";
import { ProblemError } from "../../client/problem-error.ts";
import { withRetries } from "../../client/retry.ts";

type Api = Pick<GatewayClient, "api">;

/** The tokens, without their secrets; the latest first. Throws ProblemError. */
export async function listTokens({ api }: Api): Promise<Token[]> {
  return await withRetries(async () => {
    const { data, error, response } = await api.GET("/v1/tokens");
    if (!data) throw new ProblemError(response.status, error);
    return data.tokens.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  });
}

/** A new token with its secret. Not tried again: each try would make another. Throws ProblemError. */
export async function createToken({ api }: Api, name: string, days: number): Promise<z.infer<typeof NewToken>> {
  const { data, error, response } = await api.POST("/v1/tokens", { body: { name, days } });
  if (!data) throw new ProblemError(response.status, error);
  return data;
}

/** Ends a token; one that is not there any more is ended. Throws ProblemError. */
export async function endToken({ api }: Api, id: string): Promise<void> {
  await withRetries(async () => {
    const { error, response } = await api.DELETE("/v1/tokens/{id}", { params: { path: { id } } });
    if (!response.ok && response.status !== 404) throw new ProblemError(response.status, error);
  });
}
