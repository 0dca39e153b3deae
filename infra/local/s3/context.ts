// The context of a call: what a policy's conditions may ask about.
import type { S3Request } from "./request.ts";
import type { Signer } from "./signature.ts";

/** What the judge may build conditions on. */
export function contextOf(request: S3Request, signer: Signer): Record<string, string> {
  const context: Record<string, string> = {
    "aws:SecureTransport": "true",
    "aws:SourceIp": request.stream.socket.remoteAddress ?? "127.0.0.1",
    "s3:authType": signer.authType,
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    "s3:x-amz-content-sha256": signer.payload,
  };
  if (request.key === "" && request.method === "GET") {
    context["s3:prefix"] = request.param("prefix") ?? "";
    for (const name of ["delimiter", "max-keys"]) {
      const value = request.param(name);
      if (value !== undefined) context[`s3:${name}`] = value;
    }
  }
  for (const name of [
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
    "if-none-match",
    "if-match",
  ]) {
    const value = request.field(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}
