// Signature Version 4 as the JSON services check it: Authorization header, session token, clock and payload hash.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { amzTime, sameSignature, signingKey, signText } from "../s3/signature.ts";
import type { Principal } from "./judge.ts";

/** A refusal in AWS's own words; `code` is the service's error name without its namespace. */
export class SignatureError extends Error {
  override name = "SignatureError" as const;
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Expected = { service: string; region: string; principalOf: (accessKeyId: string) => Principal | undefined };

const skewMs = 5 * 60_000;
const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function readAuthorization(authorization: string) {
  const incomplete = (what: string) => new SignatureError("IncompleteSignatureException", what);
  if (!authorization.startsWith("AWS4-HMAC-SHA256 ")) {
    throw incomplete(`the Authorization header must start with "AWS4-HMAC-SHA256": "${authorization.slice(0, 40)}"`);
  }
  const pairs = authorization.slice(17).split(",");
  const fields = new Map(pairs.map((pair) => pair.trim().split("=", 2) as [string, string]));
  const [credential, signedHeaders, signature] = ["Credential", "SignedHeaders", "Signature"].map((n) => fields.get(n));
  if (!credential || !signedHeaders || !signature) {
    throw incomplete("the Authorization header needs Credential, SignedHeaders and Signature");
  }
  const [accessKeyId = "", day = "", region = "", service = "", end = "", ...rest] = credential.split("/");
  if (end !== "aws4_request" || rest.length > 0) {
    throw incomplete(`Credential must be key/date/region/service/aws4_request, got "${credential}"`);
  }
  return { accessKeyId, day, region, service, scope: `${day}/${region}/${service}/${end}`, signedHeaders, signature };
}

function canonicalRequest(request: IncomingMessage, signedHeaders: string, payloadHash: string): string {
  const [path = "/", query = ""] = (request.url ?? "/").split("?", 2);
  // These services encode the path twice: once on the wire, once more here.
  const uri = path.split("/").map(encode).join("/");
  const parameters = [...new URLSearchParams(query)]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  const headers = signedHeaders.split(";").map((name) => {
    const values = request.headersDistinct[name] ?? [""];
    return `${name}:${values.map((value) => value.trim().replace(/ +/g, " ")).join(",")}\n`;
  });
  return [request.method, uri, parameters.join("&"), headers.join(""), signedHeaders, payloadHash].join("\n");
}

/** Who signed this request over this body. Throws SignatureError. */
export function verifySignature(
  request: IncomingMessage,
  body: Buffer,
  { service, region, principalOf }: Expected,
  now = Date.now(),
): Principal {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new SignatureError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const claim = readAuthorization(authorization);
  const invalid = (message: string) => new SignatureError("InvalidSignatureException", message);
  if (claim.service !== service || claim.region !== region) {
    throw invalid(`Credential should be scoped to ${region}/${service}, not ${claim.region}/${claim.service}.`);
  }
  const principal = principalOf(claim.accessKeyId);
  const token = request.headersDistinct["x-amz-security-token"]?.join(",") ?? "";
  if (!principal || !sameSignature(principal.sessionToken, token)) {
    throw new SignatureError("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  const date = request.headersDistinct["x-amz-date"]?.[0] ?? "";
  const at = amzTime(date);
  if (Number.isNaN(at) || claim.day !== date.slice(0, 8)) {
    throw invalid(`x-amz-date must be like 20260102T030405Z and of the credential's day, got "${date}"`);
  }
  if (Math.abs(now - at) > skewMs) {
    const server = new Date(now).toISOString();
    throw invalid(`Signature ${at < now ? "expired" : "not yet current"}: ${date} is over 5 min from ${server}`);
  }
  const signed = new Set(claim.signedHeaders.split(";"));
  const loose = Object.keys(request.headers).filter((name) => name.startsWith("x-amz-") && !signed.has(name));
  if (!signed.has("host") || loose.length > 0) {
    throw invalid(`these headers must be signed: ${["host", ...loose].filter((name) => !signed.has(name)).join(", ")}`);
  }
  const hash = sha256(body);
  const declared = request.headersDistinct["x-amz-content-sha256"]?.[0];
  if (declared !== undefined && declared !== hash) {
    throw invalid("x-amz-content-sha256 is not the hash of the body");
  }
  const canonical = sha256(canonicalRequest(request, claim.signedHeaders, hash));
  const toSign = ["AWS4-HMAC-SHA256", date, claim.scope, canonical].join("\n");
  if (!sameSignature(signText(signingKey(principal.secretAccessKey, claim.scope), toSign), claim.signature)) {
    throw invalid("The request signature we calculated does not match the signature you provided.");
  }
  return principal;
}
