// Cognito's hosted part: authorise with code and PKCE, the sign-in pages, tokens for codes, and signing out.
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { type CognitoParts, context, signIn } from "./cognito-parts.ts";
import { CognitoRefusal, checkPassword, foldName, type Operations } from "./operations.ts";
import { type Carried, type PageName, signInPage } from "./pages.ts";
import type { PoolClient, PoolUser, TokenMaker } from "./tokens.ts";

export type HostedRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  cookie: string;
  /** The Authorization header; "" where there is none. */
  authorization: string;
};
export type HostedAnswer = { status: number; headers: Record<string, string>; body: string };

const codeMs = 5 * 60_000;
const sessionMs = 60 * 60_000;
const carriedNames = [
  "client_id",
  "redirect_uri",
  "response_type",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
];
const pageNames: readonly string[] = ["login", "signup", "confirm", "forgot", "reset"] satisfies PageName[];

type Code = { client: string; username: string; authTime: number; until: number; asked: Carried };

const page = (body: string, status = 200, headers: Record<string, string> = {}): HostedAnswer => ({
  status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    ...headers,
  },
  body,
});
const json = (status: number, body: unknown): HostedAnswer => ({
  status,
  headers: { "content-type": "application/json;charset=UTF-8", "cache-control": "no-store" },
  body: JSON.stringify(body),
});
const redirect = (location: string, headers: Record<string, string> = {}): HostedAnswer => ({
  status: 302,
  headers: { location, "cache-control": "no-store", ...headers },
  body: "",
});
const grantRefused = () => json(400, { error: "invalid_grant" });

/** Answers the hosted paths; undefined for any other path. */
export function hostedSignIn(o: {
  parts: CognitoParts;
  tokens: TokenMaker;
  run: Operations;
  /** Folder of the mails. */
  mail: string;
}): (request: HostedRequest) => Promise<HostedAnswer | undefined> {
  const { parts, tokens } = o;
  const codes = new Map<string, Code>();
  const sessions = new Map<string, { username: string; authTime: number; until: number }>();
  const sweep = (): void => {
    const now = Date.now();
    for (const map of [codes, sessions]) for (const [key, { until }] of map) if (until < now) map.delete(key);
  };

  /** The client of a request that may be redirected back, or what is wrong with it. */
  async function asked(params: URLSearchParams): Promise<{ client: PoolClient; carried: Carried } | string> {
    const carried: Carried = {};
    for (const name of carriedNames) {
      const value = params.get(name);
      if (value !== null) carried[name] = value;
    }
    const client = await parts.cognito.getAppClient(context, carried.client_id ?? "");
    if (!client) return `there is no client "${carried.client_id ?? ""}"`;
    if (!client.CallbackURLs.includes(carried.redirect_uri ?? "")) {
      return `redirect_uri "${carried.redirect_uri ?? ""}" is none of the client's: ${client.CallbackURLs.join(", ")}`;
    }
    if (carried.response_type !== "code" || !client.AllowedOAuthFlows.includes("code")) return "response_type is code";
    if (carried.code_challenge === undefined || carried.code_challenge_method !== "S256")
      return "PKCE with S256 is wanted";
    return { client, carried };
  }

  function giveCode(client: PoolClient, username: string, authTime: number, carried: Carried): string {
    sweep();
    const code = randomUUID();
    codes.set(code, { client: client.ClientId, username, authTime, until: Date.now() + codeMs, asked: carried });
    const back = new URL(carried.redirect_uri ?? "");
    back.searchParams.set("code", code);
    if (carried.state !== undefined) back.searchParams.set("state", carried.state);
    return back.href;
  }

  async function authorise(request: HostedRequest): Promise<HostedAnswer> {
    const found = await asked(request.query);
    if (typeof found === "string") return json(400, { error: "invalid_request", error_description: found });
    const id = /(?:^|;\s*)cognito=([^;]+)/.exec(request.cookie)?.[1] ?? "";
    const session = sessions.get(id);
    const anew = ["login", "select_account"].includes(request.query.get("prompt") ?? "");
    if (session && session.until > Date.now() && !anew) {
      return redirect(giveCode(found.client, session.username, session.authTime, found.carried));
    }
    return redirect(`/login?${new URLSearchParams(found.carried)}`);
  }

  async function submitted(name: PageName, request: HostedRequest): Promise<HostedAnswer> {
    const params = request.method === "POST" ? request.form : request.query;
    const found = await asked(params);
    if (typeof found === "string") return json(400, { error: "invalid_request", error_description: found });
    const { client, carried } = found;
    const username = foldName(params.get("username") ?? "");
    if (request.method !== "POST") return page(signInPage(name, { carried, username }));
    const field = (key: string) => params.get(key) ?? "";
    const ask = async (operation: string, more: Record<string, unknown>) => {
      const { status, body } = await o.run(operation, { ClientId: client.ClientId, Username: username, ...more });
      if (status !== 200) throw new CognitoRefusal(String(body.__type), String(body.message));
    };
    try {
      if (name === "signup") {
        await ask("SignUp", { Password: field("password") });
        return page(
          signInPage("confirm", {
            carried,
            username,
            note: `A code was mailed: mails of this local start are files in ${o.mail}.`,
          }),
        );
      }
      if (name === "confirm") {
        await ask("ConfirmSignUp", { ConfirmationCode: field("code").trim() });
        return page(signInPage("login", { carried, username, note: "Your address is confirmed." }));
      }
      if (name === "forgot") {
        await ask("ForgotPassword", {});
        return page(
          signInPage("reset", {
            carried,
            username,
            note: `If there is such an account, a code was mailed: mails of this local start are files in ${o.mail}.`,
          }),
        );
      }
      if (name === "reset") {
        await ask("ConfirmForgotPassword", { ConfirmationCode: field("code").trim(), Password: field("password") });
        return page(signInPage("login", { carried, username, note: "The new password is set." }));
      }
      const pool = await parts.cognito.getUserPoolForClientId(context, client.ClientId);
      const user = await checkPassword(pool, username, field("password"));
      const id = randomUUID();
      const authTime = Math.floor(Date.now() / 1000);
      sessions.set(id, { username: user.Username, authTime, until: Date.now() + sessionMs });
      return redirect(giveCode(client, user.Username, authTime, carried), {
        "set-cookie": `cognito=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${sessionMs / 1000}`,
      });
    } catch (cause) {
      if (!(cause instanceof CognitoRefusal)) throw cause;
      const to = cause.code === "UserNotConfirmedException" ? "confirm" : name;
      return page(signInPage(to, { carried, username, wrong: cause.message }));
    }
  }

  async function token(form: URLSearchParams): Promise<HostedAnswer> {
    const client = await parts.cognito.getAppClient(context, form.get("client_id") ?? "");
    if (!client) return json(400, { error: "invalid_client" });
    const pool = await parts.cognito.getUserPoolForClientId(context, client.ClientId);
    const answer = (made: { AccessToken: string; IdToken: string; RefreshToken?: string }) =>
      json(200, {
        access_token: made.AccessToken,
        id_token: made.IdToken,
        ...(made.RefreshToken === undefined ? {} : { refresh_token: made.RefreshToken }),
        token_type: "Bearer",
        expires_in: tokens.lifetime(client),
      });
    if (form.get("grant_type") === "authorization_code") {
      const id = form.get("code") ?? "";
      const code = codes.get(id);
      codes.delete(id);
      const challenge = createHash("sha256")
        .update(form.get("code_verifier") ?? "")
        .digest();
      const wanted = Buffer.from(code?.asked.code_challenge ?? "", "base64url");
      if (
        !code ||
        code.until < Date.now() ||
        code.client !== client.ClientId ||
        code.asked.redirect_uri !== form.get("redirect_uri") ||
        wanted.length !== challenge.length ||
        !timingSafeEqual(wanted, challenge)
      ) {
        return grantRefused();
      }
      const user: PoolUser | null = await pool.getUserByUsername(context, code.username);
      if (!user) return grantRefused();
      const { nonce, scope } = code.asked;
      return answer(await signIn({ pool, tokens }, user, client, { authTime: code.authTime, nonce, scope }));
    }
    if (form.get("grant_type") === "refresh_token") {
      const given = form.get("refresh_token") ?? "";
      const claims = tokens.read(given);
      const user = claims?.client_id === client.ClientId ? await pool.getUserByRefreshToken(context, given) : null;
      if (!claims || !user || user.Enabled === false) return grantRefused();
      const scope = typeof claims.scope === "string" ? claims.scope : undefined;
      const groups = await pool.listUserGroupMembership(context, user);
      const { AccessToken, IdToken } = tokens.make(user, groups, client, { authTime: Number(claims.auth_time), scope });
      return answer({ AccessToken, IdToken });
    }
    return json(400, { error: "unsupported_grant_type" });
  }

  async function signOut(request: HostedRequest): Promise<HostedAnswer> {
    sessions.delete(/(?:^|;\s*)cognito=([^;]+)/.exec(request.cookie)?.[1] ?? "");
    const gone = { "set-cookie": "cognito=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0" };
    const client = await parts.cognito.getAppClient(context, request.query.get("client_id") ?? "");
    const to = request.query.get("logout_uri");
    if (client && to !== null) {
      if (client.LogoutURLs.includes(to)) return redirect(to, gone);
      return json(400, {
        error: "invalid_request",
        error_description: `logout_uri "${to}" is none of ${client.LogoutURLs.join(", ")}`,
      });
    }
    const found = await asked(request.query);
    if (typeof found === "string") return json(400, { error: "invalid_request", error_description: found });
    return redirect(`/login?${new URLSearchParams(found.carried)}`, gone);
  }

  async function userInfo(request: HostedRequest): Promise<HostedAnswer> {
    const given = /^Bearer (.+)$/i.exec(request.authorization)?.[1] ?? "";
    const claims = tokens.read(given);
    const openid =
      claims?.token_use === "access" &&
      String(claims.scope ?? "")
        .split(" ")
        .includes("openid");
    const pool = openid && (await parts.cognito.getUserPoolForClientId(context, String(claims.client_id)));
    const user = pool && (await pool.getUserByUsername(context, String(claims.username)));
    if (!user) return json(401, { error: "invalid_token" });
    const attributes = Object.fromEntries(user.Attributes.map(({ Name, Value }) => [Name, Value]));
    return json(200, { ...attributes, username: user.Username });
  }

  return async (request) => {
    const { method, path } = request;
    if (path === "/oauth2/userInfo" && method === "GET") return await userInfo(request);
    if (path === "/oauth2/authorize" && method === "GET") return await authorise(request);
    if (path === "/oauth2/token" && method === "POST") return await token(request.form);
    if (path === "/oauth2/revoke" && method === "POST") {
      const { status } = await o.run("RevokeToken", {
        ClientId: request.form.get("client_id"),
        Token: request.form.get("token"),
      });
      return json(status, {});
    }
    if (path === "/logout") return await signOut(request);
    const name = path.slice(1);
    if (pageNames.includes(name)) return await submitted(name as PageName, request);
    return undefined;
  };
}
