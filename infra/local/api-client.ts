// The few calls of the API and of Cognito that starting up needs, as any script would make them.

export type Json = Record<string, unknown>;

/** An answer that was not expected, with the problem's own words. */
export class ApiError extends Error {
  override readonly name = "ApiError" as const;
  readonly status: number;
  constructor(what: string, status: number, body: string) {
    super(`${what} answered ${status}: ${body.slice(0, 2_000)}`);
    this.status = status;
  }
}

/** Signs in by e-mail and password (USER_PASSWORD_AUTH) and returns an access token. */
export async function signIn(cognito: string, clientId: string, email: string, password: string): Promise<string> {
  const response = await fetch(cognito, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
    },
    body: JSON.stringify({
      AuthFlow: "USER_PASSWORD_AUTH",
      ClientId: clientId,
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(`signing in as ${email}`, response.status, text);
  const token = (JSON.parse(text) as { AuthenticationResult?: { AccessToken?: string } }).AuthenticationResult
    ?.AccessToken;
  if (!token) throw new ApiError(`signing in as ${email}`, response.status, text);
  return token;
}

/** Calls the API with a bearer token; answers the JSON body. Throws ApiError. */
export async function call<T = Json>(
  api: string,
  token: string,
  method: string,
  path: string,
  body?: Json,
  headers: Record<string, string> = {},
): Promise<T> {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { "content-type": "application/json" } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new ApiError(`${method} ${path}`, response.status, text);
  return JSON.parse(text) as T;
}

/** Uploads bytes by a signed PUT and returns the upload's id. */
export async function upload(
  api: string,
  token: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const ticket = await call<{ id: string; url: string; headers: Record<string, string> }>(
    api,
    token,
    "POST",
    "/v1/uploads",
    {
      name,
      size: bytes.length,
    },
  );
  // fetch sets content-length itself and refuses it as a header
  const headers = Object.fromEntries(Object.entries(ticket.headers).filter(([key]) => key !== "content-length"));
  const put = await fetch(ticket.url, { method: "PUT", headers, body: bytes });
  if (!put.ok) throw new ApiError(`uploading ${name}`, put.status, await put.text());
  return ticket.id;
}
