// Signature Version 4 as S3 checks it: in the Authorization header or in the query of a presigned URL.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";

type Secret = { secretAccessKey: string; sessionToken?: string };
export type Authority = { region: string; credentials: (accessKeyId: string) => Secret | undefined };
export type SigningContext = { key: Buffer; date: string; scope: string; signature: string };
export type Signer = {
  accessKeyId: string;
  sessionToken: string | undefined;
  authType: "REST-HEADER" | "REST-QUERY-STRING" | "POST";
  /** The value of x-amz-content-sha256: a hash, UNSIGNED-PAYLOAD, or one of the STREAMING- words. */
  payload: string;
  /** What the signatures of chunks go on from. */
  context: SigningContext;
};
type Claim = {
  accessKeyId: string;
  /** yyyymmdd/region/s3/aws4_request */
  scope: string;
  date: string;
  signedHeaders: string[];
  signature: string;
  payload: string;
  presigned: boolean;
};

const skewMs = 15 * 60_000;
const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();

/** SHA-256 in hex. Text is taken as Latin-1: header values come from Node byte by byte. */
export function sha256Hex(data: Buffer | string): string {
  return createHash("sha256")
    .update(typeof data === "string" ? Buffer.from(data, "latin1") : data)
    .digest("hex");
}

/** HMAC-SHA-256 in hex of ASCII text under a signing key. */
export function signText(key: Buffer, text: string): string {
  return hmac(key, text).toString("hex");
}

/** Compares two hex signatures in constant time. */
export function sameSignature(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}

/** The key derived for a scope `yyyymmdd/region/service/aws4_request`. */
export function signingKey(secretAccessKey: string, scope: string): Buffer {
  return scope.split("/").reduce<Buffer | string>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`) as Buffer;
}

/** Milliseconds of `20260102T030405Z`; NaN where malformed. */
export function amzTime(date: string): number {
  const m = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  return m ? Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`) : Number.NaN;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function headerClaim(request: S3Request, authorization: string): Claim {
  const malformed = (what: string) =>
    new S3Error("AuthorizationHeaderMalformed", `The authorization header is malformed; ${what}.`);
  if (!authorization.startsWith("AWS4-HMAC-SHA256 ")) {
    throw new S3Error(
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  }
  const fields = new Map(
    authorization
      .slice(17)
      .split(",")
      .map((field) => field.trim().split("=", 2) as [string, string]),
  );
  const [credential, signedHeaders, signature] = ["Credential", "SignedHeaders", "Signature"].map((n) => fields.get(n));
  if (!credential || !signedHeaders || !signature) {
    throw malformed("it needs Credential, SignedHeaders and Signature");
  }
  const cut = credential.indexOf("/");
  const payload = request.header("x-amz-content-sha256");
  if (payload === undefined) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  const date = request.header("x-amz-date") ?? httpDate(request.header("date"));
  if (date === undefined) {
    throw new S3Error("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  }
  return {
    accessKeyId: credential.slice(0, cut),
    scope: credential.slice(cut + 1),
    date,
    signedHeaders: signedHeaders.split(";"),
    signature,
    payload,
    presigned: false,
  };
}

function httpDate(date: string | undefined): string | undefined {
  const ms = Date.parse(date ?? "");
  return Number.isNaN(ms) ? undefined : `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

function queryClaim(request: S3Request): Claim {
  const need = (name: string) => {
    const value = request.param(name);
    if (value) return value;
    throw new S3Error(
      "AuthorizationQueryParametersError",
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  };
  if (need("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") {
    throw new S3Error("AuthorizationQueryParametersError", 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const credential = need("X-Amz-Credential");
  const cut = credential.indexOf("/");
  const expires = Number(need("X-Amz-Expires"));
  if (!Number.isInteger(expires) || expires < 1 || expires > 604_800) {
    throw new S3Error(
      "AuthorizationQueryParametersError",
      "X-Amz-Expires must be a number of seconds from 1 to 604800",
    );
  }
  return {
    accessKeyId: credential.slice(0, cut),
    scope: credential.slice(cut + 1),
    date: need("X-Amz-Date"),
    signedHeaders: need("X-Amz-SignedHeaders").toLowerCase().split(";"),
    signature: need("X-Amz-Signature"),
    payload: request.param("X-Amz-Content-Sha256") ?? request.header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD",
    presigned: true,
  };
}

function canonicalRequest(request: S3Request, claim: Claim): string {
  const path = `/${request.stream.url?.slice(1).replace(/\?.*$/s, "")}`;
  const uri = path
    .split("/")
    .map((part) => encode(decodeURIComponent(part)))
    .join("/");
  const query = request.query
    .filter(([name]) => !(claim.presigned && name === "X-Amz-Signature"))
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = claim.signedHeaders.map((name) => {
    const values = request.stream.headersDistinct[name] ?? [""];
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, " ")).join(",")}\n`;
  });
  return [request.method, uri, query, headers.join(""), claim.signedHeaders.join(";"), claim.payload].join("\n");
}

/** The secret behind an access key and scope, with its token checked. Throws as S3 does. */
export function checkCredential(
  authority: Authority,
  { accessKeyId, scope, date, token }: { accessKeyId: string; scope: string; date: string; token: string | undefined },
): Secret {
  const [day, region, service, end, ...rest] = scope.split("/");
  if (service !== "s3" || end !== "aws4_request" || rest.length > 0 || day !== date.slice(0, 8)) {
    throw new S3Error(
      "AuthorizationHeaderMalformed",
      `The credential scope "${scope}" is wrong; expected "${date.slice(0, 8)}/${authority.region}/s3/aws4_request".`,
    );
  }
  if (region !== authority.region) {
    const message = `The authorization header is malformed; the region '${region}' is wrong; expecting '${authority.region}'`;
    throw new S3Error("AuthorizationHeaderMalformed", message, { Region: authority.region });
  }
  const secret = authority.credentials(accessKeyId);
  if (!secret || (secret.sessionToken !== undefined && token === undefined)) {
    throw new S3Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
      AWSAccessKeyId: accessKeyId,
    });
  }
  if (!sameSignature(secret.sessionToken ?? "", token ?? "")) {
    throw new S3Error("InvalidToken", "The provided token is malformed or otherwise invalid.");
  }
  return secret;
}

function checkTime(request: S3Request, claim: Claim, now: number): void {
  const at = amzTime(claim.date);
  if (Number.isNaN(at)) throw new S3Error("AccessDenied", `"${claim.date}" is not a date like 20260102T030405Z`);
  const seen = { RequestTime: claim.date, ServerTime: new Date(now).toISOString() };
  const skewed = () =>
    new S3Error("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", {
      ...seen,
      MaxAllowedSkewMilliseconds: String(skewMs),
    });
  if (!claim.presigned) {
    if (Math.abs(now - at) > skewMs) throw skewed();
    return;
  }
  if (at - now > skewMs) throw skewed();
  const seconds = Number(request.param("X-Amz-Expires"));
  const end = at + seconds * 1000;
  if (now > end) {
    throw new S3Error("AccessDenied", "Request has expired", {
      "X-Amz-Expires": String(seconds),
      Expires: new Date(end).toISOString(),
      ServerTime: seen.ServerTime,
    });
  }
}

/** Who signed this request. Throws the S3Error that S3 would answer where the signature does not hold. */
export function authenticate(request: S3Request, authority: Authority, now = Date.now()): Signer {
  const authorization = request.header("authorization");
  const inQuery = request.query.some(([name]) => /^X-Amz-(Algorithm|Signature|Credential)$/.test(name));
  if (request.param("AWSAccessKeyId") !== undefined) {
    throw new S3Error(
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  }
  if (authorization === undefined && !inQuery) throw new S3Error("AccessDenied", "Access Denied");
  if (authorization !== undefined && inQuery) {
    throw new S3Error(
      "InvalidArgument",
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
    );
  }
  const claim = authorization === undefined ? queryClaim(request) : headerClaim(request, authorization);
  const token = claim.presigned ? request.param("X-Amz-Security-Token") : request.header("x-amz-security-token");
  const secret = checkCredential(authority, { ...claim, token });
  checkTime(request, claim, now);

  const signed = new Set(claim.signedHeaders);
  const loose = Object.keys(request.stream.headersDistinct).filter(
    (name) => name.startsWith("x-amz-") && !signed.has(name),
  );
  if (loose.length > 0 || !signed.has("host")) {
    throw new S3Error("AccessDenied", "There were headers present in the request which were not signed", {
      HeadersNotSigned: [...loose, ...(signed.has("host") ? [] : ["host"])].join(", "),
    });
  }
  const canonical = canonicalRequest(request, claim);
  const toSign = ["AWS4-HMAC-SHA256", claim.date, claim.scope, sha256Hex(canonical)].join("\n");
  const key = signingKey(secret.secretAccessKey, claim.scope);
  if (!sameSignature(signText(key, toSign), claim.signature)) {
    throw new S3Error(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      {
        AWSAccessKeyId: claim.accessKeyId,
        StringToSign: toSign,
        SignatureProvided: claim.signature,
        CanonicalRequest: canonical,
      },
    );
  }
  return {
    accessKeyId: claim.accessKeyId,
    sessionToken: token,
    authType: claim.presigned ? "REST-QUERY-STRING" : "REST-HEADER",
    payload: claim.payload,
    context: { key, date: claim.date, scope: claim.scope, signature: claim.signature },
  };
}
