// Cognito's access tokens, verified by aws-jwt-verify; and the profile of a first sign-in.
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { JwtBaseError } from "aws-jwt-verify/error";
import { type Fetcher, SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import * as z from "zod";
import { GatewayError } from "../contract/problem.ts";
import type { Identity } from "./person-table.ts";

export type SignIn = Identity & {
  /** When the person last proved who they are, in seconds since 1970. */
  authTime: number;
  groups: string[];
  username: string;
  scopes: string[];
};

export type TokenVerifier = (token: string) => Promise<SignIn>;

/** Verifies access tokens of either client of the pool. Throws `unauthenticated`, or `unavailable` where the keys cannot be had. */
export function tokenVerifier(o: {
  userPoolId: string;
  clientIds: string[];
  localJwks?: string | undefined;
}): TokenVerifier {
  const verifier = CognitoJwtVerifier.create(
    { userPoolId: o.userPoolId, tokenUse: "access" as const, clientId: o.clientIds },
    { jwksCache: new SimpleJwksCache(o.localJwks ? { fetcher: localFetcher(o.localJwks) } : {}) },
  );
  return async (token) => {
    try {
      const claims = await verifier.verify(token);
      return {
        issuer: claims.iss,
        subject: claims.sub,
        authTime: claims.auth_time,
        groups: claims["cognito:groups"] ?? [],
        username: claims.username,
        scopes: (claims.scope ?? "").split(" "),
      };
    } catch (error) {
      const kind = error instanceof Error ? error.name : "";
      if (/fetch|timeout|NonRetryable|WaitPeriod/i.test(kind) && !/kid/i.test(kind)) {
        throw new GatewayError("unavailable", "the sign-in keys cannot be had", { cause: error });
      }
      if (error instanceof JwtBaseError) throw new GatewayError("unauthenticated", explain(error), { cause: error });
      throw new GatewayError("unauthenticated", "the access token cannot be read", { cause: error });
    }
  };
}

/** The library's own words about a claim name no secret; a parse error is shortened to its kind. */
const explain = (error: Error): string =>
  error.name === "JwtExpiredError" ? "the access token has ended; sign in again" : "the access token is not valid here";

/** Locally the issuer is the real one by name, and its keys are had at another address. */
function localFetcher(jwks: string): Fetcher {
  const fetcher = new SimpleFetcher();
  return {
    fetch: async (uri, options, data) => {
      if (new URL(jwks).protocol === "https:") return fetcher.fetch(jwks, options, data);
      const answer = await fetch(jwks, { signal: AbortSignal.timeout(5_000) });
      if (!answer.ok) throw new Error(`${uri} by way of ${jwks} answered ${answer.status}`);
      return answer.arrayBuffer();
    },
  };
}

export type Profile = { email: string };
export type ProfileReader = (token: string, signIn: SignIn) => Promise<Profile>;

/** Scope that the command line's sign-in has by itself and the page asks for. */
const selfScope = "aws.cognito.signin.user.admin";

/**
 * Reads who has signed in for the first time: an access token holds no e-mail address. GetUser answers where the token
 * may ask it, else the userInfo address of the sign-in page. Both are asked with the person's own token.
 */
export function profileReader(o: { cognito: string; signIn: string }): ProfileReader {
  return async (token, signIn) => {
    const answer = signIn.scopes.includes(selfScope)
      ? await ask(o.cognito, {
          method: "POST",
          headers: {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AWSCognitoIdentityProviderService.GetUser",
          },
          body: JSON.stringify({ AccessToken: token }),
        })
      : await ask(`${o.signIn}/oauth2/userInfo`, { headers: { authorization: `Bearer ${token}` } });
    const attributes = new Map<string, string>();
    for (const { Name, Value } of answer?.UserAttributes ?? []) attributes.set(Name, Value);
    const email = attributes.get("email") ?? answer?.email;
    return { email: email ?? (signIn.username.includes("@") ? signIn.username : "") };
  };
}

/** GetUser's answer, or userInfo's. */
const ProfileAnswer = z.object({
  UserAttributes: z.array(z.object({ Name: z.string(), Value: z.string() })).optional(),
  email: z.string().optional(),
});

async function ask(url: string, request: RequestInit): Promise<z.infer<typeof ProfileAnswer> | undefined> {
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(5_000) });
    if (answer.ok) return ProfileAnswer.parse(await answer.json());
    if (answer.status < 500) return undefined;
    throw new Error(`answered ${answer.status}`);
  } catch (error) {
    throw new GatewayError("unavailable", "the profile of the sign-in cannot be had", { cause: error });
  }
}
