// Who asks: a Cognito access token or an API token, and the person as our own table has them now.
import type { PersonRecord, PersonTable } from "../../shared/aws/person-table.ts";
import { type TokenTable, tokenPattern } from "../../shared/aws/token-table.ts";
import type { ProfileReader, SignIn, TokenVerifier } from "../../shared/aws/tokens.ts";
import { GatewayError } from "../../shared/contract/problem.ts";
import type { Caller } from "./operation.ts";

export type AuthenticationParts = {
  people: PersonTable;
  tokens: TokenTable;
  verify: TokenVerifier;
  profile: ProfileReader;
};

export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** Reads the person on every request, so that a status or a role that changed counts at once. Throws `unauthenticated`. */
export function authenticator(parts: AuthenticationParts): Authenticate {
  return async (authorization) => {
    const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (!bearer) {
      throw new GatewayError(
        "unauthenticated",
        "accepted is the header Authorization: Bearer with an access token or an API token",
      );
    }
    return bearer.startsWith("hg_") ? byToken(parts, bearer) : bySignIn(parts, bearer);
  };
}

async function byToken({ people, tokens }: AuthenticationParts, secret: string): Promise<Caller> {
  const token = tokenPattern.test(secret) ? await tokens.bySecret(secret) : undefined;
  const person = token ? await people.get(token.person) : undefined;
  if (!token || !person || validFrom(person) > Date.parse(token.createdAt)) {
    throw new GatewayError("unauthenticated", "the API token is unknown or has ended");
  }
  return { person, by: "token" };
}

async function bySignIn({ people, verify, profile }: AuthenticationParts, token: string): Promise<Caller> {
  const signIn = await verify(token);
  const known = await people.byIdentity(signIn);
  const person = known ?? (await people.signUp(signIn, (await profile(token, signIn)).email));
  // auth_time, not iat: a refresh renews iat.
  if (validFrom(person) > signIn.authTime * 1_000) {
    throw new GatewayError("unauthenticated", "this sign-in has been ended; sign in again");
  }
  return { person: await seeded(people, person, signIn), by: "sign-in" };
}

const validFrom = (person: PersonRecord): number => (person.tokensValidFrom ? Date.parse(person.tokensValidFrom) : 0);

/** The Cognito group `admins` only makes the first administrator; afterwards our table says who is one. */
async function seeded(people: PersonTable, person: PersonRecord, signIn: SignIn): Promise<PersonRecord> {
  return person.status === "waiting" && signIn.groups.includes("admins") ? people.seedAdministrator(person) : person;
}
