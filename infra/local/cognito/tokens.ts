// The user pool's tokens: signed with a key of this data folder, under the issuer that the real pool would have.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import path from "node:path";
import { readJson, writeJson } from "./json-store.ts";

export type Claims = Record<string, unknown>;
export type Tokens = { AccessToken: string; IdToken: string; RefreshToken: string };
export type PoolUser = {
  Username: string;
  Password: string;
  UserStatus: string;
  Enabled: boolean;
  Attributes: { Name: string; Value?: string }[];
  RefreshTokens: string[];
  ConfirmationCode?: string | undefined;
};
export type PoolClient = {
  ClientId: string;
  ClientName: string;
  UserPoolId: string;
  CallbackURLs: string[];
  LogoutURLs: string[];
  ExplicitAuthFlows: string[];
  AllowedOAuthFlows: string[];
  AllowedOAuthScopes: string[];
  AccessTokenValidity?: number;
  IdTokenValidity?: number;
  RefreshTokenValidity?: number;
  TokenValidityUnits?: { AccessToken?: string; IdToken?: string; RefreshToken?: string };
};
/** What one sign-in fixes for all its tokens. */
export type Occasion = { authTime?: number; nonce?: string | undefined; scope?: string | undefined };
export type TokenMaker = {
  jwks: { keys: unknown[] };
  make(user: PoolUser, groups: readonly string[], client: PoolClient, occasion?: Occasion): Tokens;
  /** The claims of a token of ours that still holds, or undefined. */
  read(token: unknown): Claims | undefined;
  /** Seconds that an access token lives. */
  lifetime(client: PoolClient): number;
};

const units: Record<string, number> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export const attributeOf = (user: PoolUser, name: string): string | undefined =>
  user.Attributes.find((attribute) => attribute.Name === name)?.Value;

function openKey(folder: string): { kid: string; key: KeyObject } {
  const file = path.join(folder, "signing.key");
  const there = readJson(file) as { kid: string; pem: string } | undefined;
  if (there) return { kid: there.kid, key: createPrivateKey(there.pem) };
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = randomUUID();
  writeJson(file, { kid, pem: privateKey.export({ type: "pkcs8", format: "pem" }) });
  return { kid, key: privateKey };
}

/** Opens (or makes) the folder's key. `issuer` is https://cognito-idp.<region>.amazonaws.com/<pool>. */
export function tokenMaker(o: { folder: string; issuer: string }): TokenMaker {
  const { kid, key } = openKey(o.folder);
  const publicKey = createPublicKey(key);
  const header = encode({ kid, alg: "RS256", typ: "JWT" });
  const signed = (claims: Claims): string => {
    const content = `${header}.${encode(claims)}`;
    return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
  };
  const seconds = (value: number | undefined, unit: string | undefined, fallback: number, fallbackUnit: string) =>
    (value ?? fallback) * (units[unit ?? fallbackUnit] ?? 60);
  const lifetime = (client: PoolClient) =>
    seconds(client.AccessTokenValidity, client.TokenValidityUnits?.AccessToken, 1, "hours");

  return {
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }] },
    lifetime,
    make: (user, groups, client, { authTime, nonce, scope } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const shared = {
        sub: attributeOf(user, "sub"),
        iss: o.issuer,
        origin_jti: randomUUID(),
        event_id: randomUUID(),
        auth_time: authTime ?? now,
        iat: now,
        ...(groups.length > 0 ? { "cognito:groups": groups } : {}),
      };
      const id = seconds(client.IdTokenValidity, client.TokenValidityUnits?.IdToken, 1, "hours");
      const refresh = seconds(client.RefreshTokenValidity, client.TokenValidityUnits?.RefreshToken, 30, "days");
      return {
        AccessToken: signed({
          ...shared,
          token_use: "access",
          client_id: client.ClientId,
          username: user.Username,
          scope: scope ?? "aws.cognito.signin.user.admin",
          version: 2,
          jti: randomUUID(),
          exp: now + lifetime(client),
        }),
        IdToken: signed({
          ...shared,
          token_use: "id",
          aud: client.ClientId,
          "cognito:username": user.Username,
          email: attributeOf(user, "email"),
          email_verified: attributeOf(user, "email_verified") === "true",
          ...(nonce === undefined ? {} : { nonce }),
          jti: randomUUID(),
          exp: now + id,
        }),
        // AWS's are opaque; ours carry what a refresh must keep.
        RefreshToken: signed({
          token_use: "refresh",
          iss: o.issuer,
          client_id: client.ClientId,
          auth_time: authTime ?? now,
          scope,
          jti: randomUUID(),
          exp: now + refresh,
        }),
      };
    },
    read: (token) => {
      const [head, body, signature, ...more] = typeof token === "string" ? token.split(".") : [];
      if (!head || !body || !signature || more.length > 0) return undefined;
      if (!verify("sha256", Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, "base64url")))
        return undefined;
      const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
      return Number(claims.exp) > Date.now() / 1000 ? claims : undefined;
    },
  };
}
