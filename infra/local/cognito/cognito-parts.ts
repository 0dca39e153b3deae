// cognito-local's operations and pool, without its server, its clock-work of triggers and the AWS SDK of version 2.
import { randomInt } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { JsonStore } from "./json-store.ts";
import { writeMail } from "./mail.ts";
import type { Occasion, PoolClient, PoolUser, TokenMaker } from "./tokens.ts";

export type Pool = {
  getUserByUsername(context: unknown, name: string): Promise<PoolUser | null>;
  getUserByRefreshToken(context: unknown, token: string): Promise<PoolUser | null>;
  saveUser(context: unknown, user: PoolUser): Promise<void>;
  storeRefreshToken(context: unknown, token: string, user: PoolUser): Promise<void>;
  listUserGroupMembership(context: unknown, user: PoolUser): Promise<string[]>;
  options: { VerificationMessageTemplate?: { EmailMessage?: string; EmailSubject?: string } };
};
type Cognito = {
  getAppClient(context: unknown, id: string): Promise<PoolClient | null>;
  getUserPoolForClientId(context: unknown, id: string): Promise<Pool>;
};
export type CognitoParts = {
  cognito: Cognito;
  run(operation: string, body: unknown): Promise<Record<string, unknown>>;
  codeOf(cause: unknown): string | undefined;
  sendCode(source: string, user: PoolUser, code: string, pool: Pool): void;
  newCode(): string;
};

const silent: Record<string, unknown> = {};
for (const level of ["trace", "debug", "info", "warn", "error", "fatal"]) silent[level] = () => {};
silent.child = () => silent;
/** What cognito-local wants beside each call. */
export const context = { logger: silent };

const texts: Record<string, { subject: string; text: string }> = {
  ForgotPassword: { subject: "Your password reset code", text: "Your password reset code is {####}" },
  AdminCreateUser: {
    subject: "Your temporary password",
    text: "Your username is {username} and temporary password is {####}",
  },
};

/** Loads the operations over the pool files in `folder`. */
export async function cognitoParts(o: { folder: string; mail: string; tokens: TokenMaker }): Promise<CognitoParts> {
  const require = createRequire(import.meta.url);
  const load = (part: string) => require(`cognito-local/lib/${part}`) as Record<string, unknown>;
  const { CognitoServiceFactoryImpl } = load("services/cognitoService") as {
    CognitoServiceFactoryImpl: new (
      ...given: unknown[]
    ) => {
      create(
        context: unknown,
        defaults: unknown,
      ): Promise<Cognito & { getUserPool(c: unknown, id: string): Promise<Pool> }>;
    };
  };
  const { UserPoolServiceFactoryImpl } = load("services/userPoolService") as {
    UserPoolServiceFactoryImpl: new (...given: unknown[]) => unknown;
  };
  const { Router } = load("server/Router") as {
    Router: (
      services: unknown,
    ) => (operation: string) => (c: unknown, body: unknown) => Promise<Record<string, unknown>>;
  };
  const { CognitoError, UnsupportedError } = load("errors") as Record<string, new () => Error & { code?: string }>;

  const clock = { get: () => new Date() };
  const stores = {
    create: (_: unknown, id: string, defaults: Record<string, unknown>) =>
      Promise.resolve(new JsonStore(path.join(o.folder, `${id}.json`), defaults)),
  };
  const pools = new UserPoolServiceFactoryImpl(clock, stores);
  const defaults = { UsernameAttributes: ["email"] };
  const cognito = await new CognitoServiceFactoryImpl(o.folder, stores, pools).create(context, defaults);
  const newCode = () => String(randomInt(1_000_000)).padStart(6, "0");

  function sendCode(source: string, user: PoolUser, code: string, pool: Pool, to?: string): void {
    const template = pool.options.VerificationMessageTemplate ?? {};
    const own = {
      subject: template.EmailSubject ?? "Your verification code",
      text: template.EmailMessage ?? "Your code is {####}",
    };
    const { subject, text } = texts[source] ?? own;
    const email = to ?? user.Attributes.find(({ Name }) => Name === "email")?.Value ?? user.Username;
    const filled = text.replaceAll("{####}", code).replaceAll("{username}", email);
    writeMail(o.mail, { to: email, subject, text: filled });
  }

  const services = {
    clock,
    cognito,
    config: { UserPoolDefaults: defaults },
    messages: {
      deliver: async (
        _: unknown,
        source: string,
        _clientId: unknown,
        poolId: string,
        user: PoolUser,
        code: string,
        _metadata: unknown,
        details: { Destination: string },
      ) => sendCode(source, user, code, await cognito.getUserPool(context, poolId), details.Destination),
    },
    otp: newCode,
    tokenGenerator: {
      generate: (_: unknown, user: PoolUser, groups: string[], client: PoolClient) =>
        Promise.resolve(o.tokens.make(user, groups, client)),
    },
    triggers: { enabled: () => false },
  };
  const router = Router(services);
  return {
    cognito,
    run: (operation, body) => router(operation)(context, body),
    codeOf: (cause) => {
      if (CognitoError && cause instanceof CognitoError) return cause.code;
      return UnsupportedError && cause instanceof UnsupportedError ? "InvalidParameterException" : undefined;
    },
    sendCode,
    newCode,
  };
}

/** Tokens of one sign-in, and the refresh token kept with the user. */
export async function signIn(
  o: { pool: Pool; tokens: TokenMaker },
  user: PoolUser,
  client: PoolClient,
  occasion: Occasion,
): Promise<ReturnType<TokenMaker["make"]>> {
  const groups = await o.pool.listUserGroupMembership(context, user);
  const made = o.tokens.make(user, groups, client, occasion);
  await o.pool.storeRefreshToken(context, made.RefreshToken, user);
  return made;
}
