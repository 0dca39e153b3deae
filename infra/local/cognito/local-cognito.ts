// Cognito on this machine: its API, its keys and its sign-in pages on one port, open to pages of any origin.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { cognitoParts } from "./cognito-parts.ts";
import { hostedSignIn } from "./hosted-sign-in.ts";
import { cognitoOperations } from "./operations.ts";
import type { PoolSettings } from "./pool-files.ts";
import { tokenMaker } from "./tokens.ts";

export type SeedUser = { email: string; password: string; groups: string[] };
export type LocalCognito = {
  url: string;
  /** Creates a confirmed person who has a permanent password; one who exists gets this password and these groups. */
  seedUser(user: SeedUser): Promise<void>;
  stop(): Promise<void>;
};

const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, OPTIONS",
  "access-control-allow-headers":
    "*, authorization, content-type, x-amz-target, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request",
  "access-control-expose-headers": "x-amzn-errortype, x-amzn-requestid",
  "access-control-max-age": "7200",
};
const bodyLimit = 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Error(`a body has at most ${bodyLimit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Starts over the pool files that writePool wrote into `folder`; mails go to `mail`. Port 0: any free one. */
export async function startCognito(o: {
  settings: PoolSettings;
  folder: string;
  mail: string;
  port: number;
}): Promise<LocalCognito> {
  const { settings, folder } = o;
  const tokens = tokenMaker({ folder: path.join(folder), issuer: settings.issuer });
  const parts = await cognitoParts({ folder, mail: o.mail, tokens });
  const run = cognitoOperations({ parts, tokens, settings });
  const hosted = hostedSignIn({ parts, tokens, run, mail: o.mail });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, type: string, body: string, more: Record<string, string> = {}) =>
      response.writeHead(status, { ...cors, "content-type": type, ...more }).end(body);
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    const url = new URL(request.url ?? "/", "http://local");
    const target = request.headers["x-amz-target"];
    const body = await readBody(request);
    if (request.method === "POST" && typeof target === "string") {
      const operation = target.replace(/^AWSCognitoIdentityProviderService\./, "");
      const { status, body: result } = await run(operation, JSON.parse(body || "{}") as Record<string, unknown>);
      const type = typeof result.__type === "string" ? { "x-amzn-errortype": result.__type } : undefined;
      // Times cross as seconds since the epoch.
      const text = JSON.stringify(result, function (this: Record<string, unknown>, key, value: unknown) {
        const own = this[key];
        return own instanceof Date ? Math.floor(own.getTime() / 1000) : value;
      });
      return void send(status, "application/x-amz-json-1.1", text, type);
    }
    if (url.pathname === `/${settings.id}/.well-known/jwks.json`)
      return void send(200, "application/json", JSON.stringify(tokens.jwks));
    if (url.pathname === `/${settings.id}/.well-known/openid-configuration`) {
      const base = `http://${request.headers.host}`;
      return void send(
        200,
        "application/json",
        JSON.stringify({
          issuer: settings.issuer,
          authorization_endpoint: `${base}/oauth2/authorize`,
          token_endpoint: `${base}/oauth2/token`,
          userinfo_endpoint: `${base}/oauth2/userInfo`,
          revocation_endpoint: `${base}/oauth2/revoke`,
          end_session_endpoint: `${base}/logout`,
          jwks_uri: `${base}/${settings.id}/.well-known/jwks.json`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          scopes_supported: ["openid", "email", "profile"],
          code_challenge_methods_supported: ["S256"],
          token_endpoint_auth_methods_supported: ["none"],
        }),
      );
    }
    const result = await hosted({
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(body),
      cookie: request.headers.cookie ?? "",
      authorization: request.headers.authorization ?? "",
    });
    if (!result) return void send(404, "application/json", '{"message":"Not Found"}');
    response.writeHead(result.status, { ...cors, ...result.headers }).end(result.body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (response.headersSent || response.destroyed) return void response.destroy();
      response.writeHead(500, { ...cors, "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: "InternalErrorException", message }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(o.port, "127.0.0.1", resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seedUser: async ({ email, password, groups }) => {
      const ask = async (operation: string, more: Record<string, unknown>, but?: string) => {
        const { status, body } = await run(operation, { UserPoolId: settings.id, Username: email, ...more });
        if (status !== 200 && body.__type !== but)
          throw new Error(`${operation} of ${email}: ${String(body.__type)}: ${String(body.message)}`);
      };
      const UserAttributes = [
        { Name: "email", Value: email },
        { Name: "email_verified", Value: "true" },
      ];
      await ask(
        "AdminCreateUser",
        { UserAttributes, MessageAction: "SUPPRESS", TemporaryPassword: password },
        "UsernameExistsException",
      );
      await ask("AdminSetUserPassword", { Password: password, Permanent: true });
      for (const GroupName of groups) await ask("AdminAddUserToGroup", { GroupName });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
