// Signing up and in as people and pages do it, against the local cloud's user pool.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../../infra/local/cloud.ts";
import { writeSmallAssembly } from "../small-assembly.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cognito-"));
const data = path.join(folder, "data");
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ data, port: 0, assembly: writeSmallAssembly(path.join(folder, "cdk.out"), {}) });
});
afterAll(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const clientId = (name: "PageClient" | "CliClient") => cloud.outputs[name] ?? "";
async function ask(
  operation: string,
  body: Record<string, unknown>,
): Promise<{ status: number } & Record<string, unknown>> {
  const response = await fetch(cloud.urls.cognito, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: clientId("CliClient"), ...body }),
  });
  return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
}
type Result = { AccessToken: string; IdToken: string; RefreshToken: string; ExpiresIn: number; TokenType: string };
const signIn = (USERNAME: string, PASSWORD: string, ClientId = clientId("CliClient")) =>
  ask("InitiateAuth", { ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME, PASSWORD } });
const mails = () =>
  readdirSync(path.join(data, "mail"))
    .sort()
    .map((name) => readFileSync(path.join(data, "mail", name), "utf8"));
const codeOf = (mail: string | undefined) => /\b(\d{6})\b/.exec(mail?.split("\r\n\r\n")[1] ?? "")?.[1] ?? "";
async function verifier() {
  const made = CognitoJwtVerifier.create({
    userPoolId: cloud.outputs.Pool ?? "",
    tokenUse: "access",
    clientId: [clientId("CliClient"), clientId("PageClient")],
  });
  made.cacheJwks((await (await fetch(cloud.jwks)).json()) as Parameters<typeof made.cacheJwks>[0]);
  return made;
}

it("signs people up by a code from a mail, sent again on request, whatever the case of the address", async () => {
  const Username = "Carol@Example.org";
  expect(await ask("SignUp", { Username, Password: "short" })).toMatchObject({
    status: 400,
    __type: "InvalidPasswordException",
  });
  expect(await ask("SignUp", { Username, Password: "long enough 1" })).toMatchObject({
    status: 200,
    UserConfirmed: false,
  });
  expect(mails().at(-1)).toMatch(/^To: carol@example.org\r$/m);
  expect(await signIn(Username, "long enough 1")).toMatchObject({ __type: "UserNotConfirmedException" });
  const [first] = mails();
  expect(await ask("ResendConfirmationCode", { Username })).toMatchObject({
    status: 200,
    CodeDeliveryDetails: { DeliveryMedium: "EMAIL" },
  });
  expect(mails()).toHaveLength(2);
  const second = mails().find((mail) => mail !== first);
  expect(await ask("ConfirmSignUp", { Username, ConfirmationCode: "none" })).toMatchObject({
    __type: "CodeMismatchException",
  });
  expect(await ask("ConfirmSignUp", { Username: "CAROL@example.org", ConfirmationCode: codeOf(second) })).toMatchObject(
    { status: 200 },
  );
  expect(await ask("SignUp", { Username: "carol@EXAMPLE.org", Password: "long enough 2" })).toMatchObject({
    __type: "UsernameExistsException",
  });
  expect(await signIn("cArol@example.org", "wrong")).toMatchObject({
    __type: "NotAuthorizedException",
    message: "Incorrect username or password.",
  });
  expect(await signIn("nobody@example.org", "wrong")).toMatchObject({
    __type: "NotAuthorizedException",
    message: "Incorrect username or password.",
  });
  const { AuthenticationResult } = (await signIn("cArol@example.org", "long enough 1")) as unknown as {
    AuthenticationResult: Result;
  };
  expect(AuthenticationResult).toMatchObject({ TokenType: "Bearer", ExpiresIn: 3600 });
  expect(await ask("GetUser", { AccessToken: AuthenticationResult.AccessToken })).toMatchObject({
    UserAttributes: expect.arrayContaining([
      { Name: "email", Value: "carol@example.org" },
      { Name: "email_verified", Value: "true" },
    ]),
  });
  const [head, body] = AuthenticationResult.AccessToken.split(".");
  expect(await ask("GetUser", { AccessToken: `${head}.${body}.AAAA` })).toMatchObject({
    __type: "NotAuthorizedException",
  });
});

it("gives tokens that verify under the real issuer, with groups, and keeps auth_time over a refresh", async () => {
  await cloud.seedUser({ email: "admin@example.org", password: "long enough 1", groups: ["admins"] });
  await cloud.seedUser({ email: "admin@example.org", password: "long enough 1", groups: ["admins"] });
  const { AuthenticationResult: made } = (await signIn("admin@example.org", "long enough 1")) as unknown as {
    AuthenticationResult: Result;
  };
  const claims = await (await verifier()).verify(made.AccessToken);
  expect(claims).toMatchObject({ iss: cloud.issuer, "cognito:groups": ["admins"] });
  expect(cloud.issuer).toBe(`https://cognito-idp.eu-west-1.amazonaws.com/${cloud.outputs.Pool}`);
  const refreshed = (await ask("InitiateAuth", {
    AuthFlow: "REFRESH_TOKEN_AUTH",
    AuthParameters: { REFRESH_TOKEN: made.RefreshToken },
  })) as unknown as {
    AuthenticationResult: Result;
  };
  const later = await (await verifier()).verify(refreshed.AuthenticationResult.AccessToken);
  expect(later.auth_time).toBe(claims.auth_time);
  await ask("RevokeToken", { Token: made.RefreshToken });
  expect(
    await ask("InitiateAuth", { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: made.RefreshToken } }),
  ).toMatchObject({ status: 400 });
});

it("refuses flows that a client does not have, and administrators' calls without a signature", async () => {
  expect(await signIn("admin@example.org", "long enough 1", clientId("PageClient"))).toMatchObject({
    __type: "InvalidParameterException",
  });
  expect((await ask("AdminDeleteUser", { UserPoolId: cloud.outputs.Pool, Username: "admin@example.org" })).status).toBe(
    400,
  );
  expect(await signIn("admin@example.org", "long enough 1")).toMatchObject({ status: 200 });
});

it("sets a forgotten password by a mailed code, and does not tell who has an account", async () => {
  expect(await ask("ForgotPassword", { Username: "nobody@example.org" })).toMatchObject({ status: 200 });
  const before = new Set(mails());
  await ask("ForgotPassword", { Username: "Admin@example.org" });
  const mail = mails().find((one) => !before.has(one));
  expect(
    await ask("ConfirmForgotPassword", { Username: "admin@example.org", Password: "long enough 3" }),
  ).toMatchObject({ __type: "CodeMismatchException" });
  expect(
    await ask("ConfirmForgotPassword", {
      Username: "admin@example.org",
      ConfirmationCode: codeOf(mail),
      Password: "long enough 3",
    }),
  ).toMatchObject({ status: 200 });
  expect(await signIn("admin@example.org", "long enough 3")).toMatchObject({ status: 200 });
});

it("signs a page in with a code and PKCE, once per code, and out again", async () => {
  const verifierText = randomBytes(32).toString("base64url");
  const asked = {
    client_id: clientId("PageClient"),
    redirect_uri: `${cloud.urls.page}/`,
    response_type: "code",
    scope: "openid email profile",
    state: "a&b",
    nonce: "n1",
    code_challenge: createHash("sha256").update(verifierText).digest("base64url"),
    code_challenge_method: "S256",
  };
  const at = (route: string, query: Record<string, string>, init: RequestInit = {}) =>
    fetch(`${cloud.urls.cognito}${route}?${new URLSearchParams(query)}`, { redirect: "manual", ...init });
  expect((await at("/oauth2/authorize", { ...asked, redirect_uri: "https://evil.example/" })).status).toBe(400);
  const { code_challenge: _, ...bare } = asked;
  expect((await at("/oauth2/authorize", bare)).status).toBe(400);

  const authorise = await at("/oauth2/authorize", asked);
  const page = await fetch(new URL(authorise.headers.get("location") ?? "", cloud.urls.cognito));
  expect(await page.text()).toContain('value="a&#38;b"');
  const submit = (password: string) =>
    at(
      "/login",
      {},
      { method: "POST", body: new URLSearchParams({ ...asked, username: "ADMIN@example.org", password }) },
    );
  expect(await (await submit("wrong")).text()).toContain("Incorrect username or password.");
  const signedIn = await submit("long enough 3");
  const back = new URL(signedIn.headers.get("location") ?? "");
  expect([back.origin, back.searchParams.get("state")]).toEqual([cloud.urls.page, "a&b"]);

  const exchange = (code_verifier: string) =>
    fetch(`${cloud.urls.cognito}/oauth2/token`, {
      method: "POST",
      headers: { origin: cloud.urls.page },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: asked.client_id,
        redirect_uri: asked.redirect_uri,
        code: back.searchParams.get("code") ?? "",
        code_verifier,
      }),
    });
  const answer = await exchange(verifierText);
  const tokens = (await answer.json()) as { access_token: string; id_token: string; refresh_token: string };
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await (await verifier()).verify(tokens.access_token)).toMatchObject({
    client_id: asked.client_id,
    scope: asked.scope,
  });
  expect(JSON.parse(Buffer.from(tokens.id_token.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
    nonce: "n1",
    email: "admin@example.org",
    email_verified: true,
  });
  expect((await exchange(verifierText)).status).toBe(400);

  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const silent = await at("/oauth2/authorize", asked, { headers: { cookie } });
  expect(silent.headers.get("location")).toContain("code=");
  const out = await at(
    "/logout",
    { client_id: asked.client_id, logout_uri: `${cloud.urls.page}/` },
    { headers: { cookie } },
  );
  expect(out.headers.get("location")).toBe(`${cloud.urls.page}/`);
  expect((await at("/oauth2/authorize", asked, { headers: { cookie } })).headers.get("location")).toMatch(/^\/login/);
});
