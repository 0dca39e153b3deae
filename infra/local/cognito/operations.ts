// Cognito's API: cognito-local's operations, and around them what it leaves out of Cognito's own rules.
import { type CognitoParts, context, type Pool } from "./cognito-parts.ts";
import type { PasswordPolicy, PoolSettings } from "./pool-files.ts";
import { attributeOf, type PoolClient, type PoolUser, type TokenMaker } from "./tokens.ts";

type Body = Record<string, unknown>;
export type Answer = { status: number; body: Record<string, unknown> };
export type Operations = (operation: string, body: Body) => Promise<Answer>;

/** A refusal in Cognito's words. */
export class CognitoRefusal extends Error {
  override name = "CognitoRefusal" as const;
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const wrong = () => new CognitoRefusal("NotAuthorizedException", "Incorrect username or password.");
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Sign-in names are e-mail addresses; the pool takes them in any case. */
export const foldName = (name: string): string => (name.includes("@") ? name.trim().toLowerCase() : name);

function requireStrength(password: unknown, policy: PasswordPolicy): void {
  const refuse = (why: string): never => {
    throw new CognitoRefusal("InvalidPasswordException", `Password did not conform with policy: ${why}`);
  };
  if (!isText(password))
    throw new CognitoRefusal(
      "InvalidPasswordException",
      "Password did not conform with policy: Password not long enough",
    );
  if (password.length < (policy.MinimumLength ?? 8)) refuse("Password not long enough");
  if (password.length > 256) refuse("Password too long");
  if (policy.RequireLowercase && !/[a-z]/.test(password)) refuse("Password must have lowercase characters");
  if (policy.RequireUppercase && !/[A-Z]/.test(password)) refuse("Password must have uppercase characters");
  if (policy.RequireNumbers && !/\d/.test(password)) refuse("Password must have numeric characters");
  if (policy.RequireSymbols && !/[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(password)) {
    refuse("Password must have symbol characters");
  }
}

/** Names folded wherever a request has one. */
function folded(body: Body): Body {
  const made: Body = { ...body };
  if (isText(made.Username)) made.Username = foldName(made.Username);
  for (const key of ["AuthParameters", "ChallengeResponses"]) {
    const given = made[key] as Record<string, string> | undefined;
    if (isText(given?.USERNAME)) made[key] = { ...given, USERNAME: foldName(given.USERNAME) };
  }
  if (Array.isArray(made.UserAttributes)) {
    made.UserAttributes = (made.UserAttributes as { Name: string; Value?: string }[]).map(({ Name, Value }) =>
      Name === "email" && Value !== undefined
        ? { Name, Value: foldName(Value) }
        : { Name, ...(Value === undefined ? {} : { Value }) },
    );
  }
  return made;
}

function mask(email: string): string {
  const [local = "", domain = ""] = email.split("@");
  return `${local.slice(0, 1)}***@${domain.slice(0, 1)}***`;
}
const delivery = (email: string) => ({
  CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: mask(email) },
});

/** The operations over one pool. */
export function cognitoOperations(o: { parts: CognitoParts; tokens: TokenMaker; settings: PoolSettings }): Operations {
  const { parts, tokens, settings } = o;

  async function clientOf(body: Body): Promise<{ client: PoolClient; pool: Pool }> {
    const client = isText(body.ClientId) ? await parts.cognito.getAppClient(context, body.ClientId) : null;
    if (!client)
      throw new CognitoRefusal(
        "ResourceNotFoundException",
        `User pool client ${String(body.ClientId)} does not exist.`,
      );
    return { client, pool: await parts.cognito.getUserPoolForClientId(context, client.ClientId) };
  }
  const userOf = (pool: Pool, name: unknown): Promise<PoolUser | null> =>
    isText(name) ? pool.getUserByUsername(context, name) : Promise.resolve(null);

  async function refresh(body: Body): Promise<Body> {
    const { client, pool } = await clientOf(body);
    const given = (body.AuthParameters as Record<string, string> | undefined)?.REFRESH_TOKEN;
    const claims = tokens.read(given);
    const user = claims?.client_id === client.ClientId ? await pool.getUserByRefreshToken(context, given ?? "") : null;
    if (!claims || !user) throw new CognitoRefusal("NotAuthorizedException", "Invalid Refresh Token");
    if (user.Enabled === false) throw new CognitoRefusal("NotAuthorizedException", "User is disabled.");
    // A refresh is no new sign-in: auth_time stays.
    const made = tokens.make(user, await pool.listUserGroupMembership(context, user), client, {
      authTime: Number(claims.auth_time),
    });
    const { AccessToken, IdToken } = made;
    return {
      ChallengeParameters: {},
      AuthenticationResult: { AccessToken, IdToken, ExpiresIn: tokens.lifetime(client), TokenType: "Bearer" },
    };
  }

  async function initiate(body: Body): Promise<Body> {
    const { client, pool } = await clientOf(body);
    const flow = String(body.AuthFlow);
    const kind = flow === "REFRESH_TOKEN" ? "REFRESH_TOKEN_AUTH" : flow;
    if (!client.ExplicitAuthFlows.some((allowed) => allowed.replace(/^ALLOW_/, "") === kind)) {
      throw new CognitoRefusal("InvalidParameterException", `${flow} flow not enabled for this client`);
    }
    if (kind === "REFRESH_TOKEN_AUTH") return await refresh(body);
    const user = await userOf(pool, (body.AuthParameters as Record<string, string> | undefined)?.USERNAME);
    if (user?.Enabled === false) throw new CognitoRefusal("NotAuthorizedException", "User is disabled.");
    return await parts.run("InitiateAuth", body);
  }

  async function resend(body: Body): Promise<Body> {
    const { pool } = await clientOf(body);
    const user = await userOf(pool, body.Username);
    const email = user ? (attributeOf(user, "email") ?? "") : String(body.Username);
    if (user && user.UserStatus !== "UNCONFIRMED") {
      throw new CognitoRefusal("InvalidParameterException", "User is already confirmed.");
    }
    if (user) {
      const code = parts.newCode();
      await pool.saveUser(context, { ...user, ConfirmationCode: code });
      parts.sendCode("ResendCode", user, code, pool);
    }
    return delivery(email);
  }

  async function confirm(body: Body): Promise<Body> {
    const { pool } = await clientOf(body);
    if (!isText(body.ConfirmationCode))
      throw new CognitoRefusal("InvalidParameterException", "A confirmation code is wanted.");
    const before = await userOf(pool, body.Username);
    if (before && before.UserStatus === "CONFIRMED") {
      throw new CognitoRefusal("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
    }
    const answer = await parts.run("ConfirmSignUp", body);
    const user = await userOf(pool, body.Username);
    // The code came by mail, so the address is the person's.
    if (user) {
      const others = user.Attributes.filter(({ Name }) => Name !== "email_verified");
      await pool.saveUser(context, { ...user, Attributes: [...others, { Name: "email_verified", Value: "true" }] });
    }
    return answer;
  }

  async function forgot(body: Body): Promise<Body> {
    const { pool } = await clientOf(body);
    const user = await userOf(pool, body.Username);
    // Nobody learns here who has an account.
    if (!user) return delivery(String(body.Username));
    await parts.run("ForgotPassword", body);
    return delivery(attributeOf(user, "email") ?? "");
  }

  async function run(operation: string, given: Body): Promise<Body> {
    const body = folded(given);
    if ("AccessToken" in body && tokens.read(body.AccessToken)?.token_use !== "access") {
      throw new CognitoRefusal("NotAuthorizedException", "Invalid Access Token");
    }
    switch (operation) {
      case "InitiateAuth":
        return withLifetime(await initiate(body), await clientOf(body));
      case "RespondToAuthChallenge":
        if (isText((body.ChallengeResponses as Record<string, string> | undefined)?.NEW_PASSWORD)) {
          requireStrength((body.ChallengeResponses as Record<string, string>).NEW_PASSWORD, settings.passwords);
        }
        return withLifetime(await parts.run(operation, body), await clientOf(body));
      case "SignUp": {
        if (!settings.selfSignUp)
          throw new CognitoRefusal("NotAuthorizedException", "SignUp is not permitted for this user pool");
        await clientOf(body);
        requireStrength(body.Password, settings.passwords);
        if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(String(body.Username))) {
          throw new CognitoRefusal("InvalidParameterException", "Username should be an email.");
        }
        const { CodeDeliveryDetails: _, ...answer } = await parts.run(operation, body);
        return { ...answer, ...delivery(String(body.Username)) };
      }
      case "ConfirmSignUp":
        return await confirm(body);
      case "ResendConfirmationCode":
        return await resend(body);
      case "ForgotPassword":
        return await forgot(body);
      case "ConfirmForgotPassword":
        if (!isText(body.ConfirmationCode))
          throw new CognitoRefusal("CodeMismatchException", "Invalid verification code provided, please try again.");
        requireStrength(body.Password, settings.passwords);
        return await parts.run(operation, body);
      case "ChangePassword":
        requireStrength(body.ProposedPassword, settings.passwords);
        return await parts.run(operation, body);
      case "AdminSetUserPassword":
        requireStrength(body.Password, settings.passwords);
        return await parts.run(operation, body);
      default:
        return await parts.run(operation, body);
    }
  }

  function withLifetime(answer: Body, { client }: { client: PoolClient }): Body {
    const result = answer.AuthenticationResult as Body | undefined;
    if (!result) return answer;
    return { ...answer, AuthenticationResult: { ...result, ExpiresIn: tokens.lifetime(client), TokenType: "Bearer" } };
  }

  return async (operation, body) => {
    try {
      return { status: 200, body: await run(operation, body) };
    } catch (cause) {
      const code = cause instanceof CognitoRefusal ? cause.code : parts.codeOf(cause);
      if (code === undefined) throw cause;
      const secret =
        operation === "InitiateAuth" && ["InvalidPasswordException", "UserNotFoundException"].includes(code);
      const told =
        secret ||
        (operation === "InitiateAuth" && code === "NotAuthorizedException" && !(cause instanceof CognitoRefusal))
          ? wrong()
          : undefined;
      const message = told?.message ?? (cause instanceof Error ? cause.message : String(cause));
      return { status: 400, body: { __type: told?.code ?? code, message } };
    }
  };
}

/** Whether a person with this password may sign in, as the hosted pages ask. Throws a CognitoRefusal that may be shown. */
export async function checkPassword(pool: Pool, name: string, password: string): Promise<PoolUser> {
  const user = await pool.getUserByUsername(context, foldName(name));
  if (!user || user.Password !== password || user.Enabled === false) throw wrong();
  if (user.UserStatus === "UNCONFIRMED")
    throw new CognitoRefusal("UserNotConfirmedException", "Confirm your e-mail address first.");
  return user;
}
