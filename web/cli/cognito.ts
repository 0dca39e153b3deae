// Signing in by password at Cognito, as the site names it: three calls, without an SDK.
import { CliError } from "./cli-error.ts";

export type Tokens = {
  access: string;
  /** When it ends (ms since 1970). */
  expiresAt: number;
  /** Absent where the old one stays good. */
  refresh: string | undefined;
};

/** Signs in. Throws CliError where the password is not accepted. */
export function signIn(cognito: string, clientId: string, user: string, password: string): Promise<Tokens> {
  const parameters = { USERNAME: user, PASSWORD: password };
  return initiate(cognito, { AuthFlow: "USER_PASSWORD_AUTH", ClientId: clientId, AuthParameters: parameters });
}

/** A new access token. Throws CliError where the sign-in has ended. */
export function refresh(cognito: string, clientId: string, token: string): Promise<Tokens> {
  const parameters = { REFRESH_TOKEN: token };
  return initiate(cognito, { AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: clientId, AuthParameters: parameters });
}

/** Ends a sign-in: neither the refresh token nor what it gave is good any more. */
export async function revoke(cognito: string, clientId: string, token: string): Promise<void> {
  await call(cognito, "RevokeToken", { ClientId: clientId, Token: token });
}

async function initiate(cognito: string, body: Record<string, unknown>): Promise<Tokens> {
  const answer = await call(cognito, "InitiateAuth", body);
  const { AuthenticationResult: result, ChallengeName: challenge } = answer as {
    AuthenticationResult?: { AccessToken?: string; RefreshToken?: string; ExpiresIn?: number };
    ChallengeName?: string;
  };
  if (challenge) throw new CliError("forbidden", `Cognito asks for more (${challenge}): sign in on the page once`);
  if (!result?.AccessToken) throw new CliError("unreachable", "Cognito gave no access token");
  const expiresAt = Date.now() + (result.ExpiresIn ?? 3_600) * 1_000;
  return { access: result.AccessToken, expiresAt, refresh: result.RefreshToken };
}

async function call(cognito: string, operation: string, body: Record<string, unknown>): Promise<unknown> {
  const response = await fetch(cognito, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  let answer: { message?: string; __type?: string } = {};
  try {
    answer = JSON.parse(text || "{}") as typeof answer;
  } catch {
    // told below
  }
  if (response.ok) return answer;
  const words = answer.message ?? `${cognito} answered ${response.status}`;
  throw new CliError(response.status >= 500 || !answer.__type ? "unreachable" : "forbidden", words);
}
