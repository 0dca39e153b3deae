// Browser uploads by POST: a signed policy says what the form may hold, and how large the file may be.
import type { BlobWriter } from "./blobs.ts";
import { declaredChecksums, putLimit, tooLarge } from "./body.ts";
import type { Bucket } from "./bucket.ts";
import { type Answer, arn, type Call } from "./call.ts";
import { startChecksum } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { type Form, readForm } from "./form.ts";
import { keptHeaders, writtenHeaders } from "./object-headers.ts";
import { checkKey } from "./request.ts";
import {
  type Authority,
  amzTime,
  checkCredential,
  type Signer,
  sameSignature,
  signingKey,
  signText,
} from "./signature.ts";
import { element, xmlDocument } from "./xml.ts";

type Sizes = { least: number; most: number };
const notAllowed = (what: string) => new S3Error("AccessDenied", `Invalid according to Policy: ${what}`);
const exempt = /^(policy|x-amz-signature|file|x-ignore-.*)$/;

function need(fields: Map<string, string>, name: string): string {
  const value = fields.get(name);
  if (value) return value;
  throw new S3Error("InvalidArgument", `Bucket POST must contain a field named '${name}'.`, { ArgumentName: name });
}

/** Who signed the form. Throws AccessDenied without a policy, SignatureDoesNotMatch, and what a credential may throw. */
function formSigner(fields: Map<string, string>, authority: Authority): Signer {
  if (!fields.has("policy")) throw new S3Error("AccessDenied", "Access Denied");
  const policy = need(fields, "policy");
  if (need(fields, "x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
    throw new S3Error("InvalidArgument", 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"');
  }
  const credential = need(fields, "x-amz-credential");
  const cut = credential.indexOf("/");
  const [accessKeyId, scope] = [credential.slice(0, cut), credential.slice(cut + 1)];
  const date = need(fields, "x-amz-date");
  if (Number.isNaN(amzTime(date))) throw new S3Error("AccessDenied", `"${date}" is not a date like 20260102T030405Z`);
  const token = fields.get("x-amz-security-token");
  const secret = checkCredential(authority, { accessKeyId, scope, date, token });
  const key = signingKey(secret.secretAccessKey, scope);
  const signature = need(fields, "x-amz-signature");
  if (!sameSignature(signText(key, policy), signature)) {
    throw new S3Error(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      { AWSAccessKeyId: accessKeyId, StringToSign: policy, SignatureProvided: signature },
    );
  }
  const context = { key, date, scope, signature };
  return { accessKeyId, sessionToken: token, authType: "POST", payload: "UNSIGNED-PAYLOAD", context };
}

function readPolicy(text: string): { expiration: number; conditions: unknown[] } {
  const invalid = (what: string) => new S3Error("InvalidPolicyDocument", `Invalid Policy: ${what}`);
  let policy: unknown;
  try {
    policy = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof policy !== "object" || policy === null || !("expiration" in policy) || !("conditions" in policy)) {
    throw invalid("it needs expiration and conditions.");
  }
  const expiration = Date.parse(String(policy.expiration));
  if (Number.isNaN(expiration) || !Array.isArray(policy.conditions))
    throw invalid("Invalid 'expiration' or 'conditions'.");
  return { expiration, conditions: policy.conditions };
}

/** Holds the form against its policy and gives the allowed sizes of the file. Throws AccessDenied, InvalidPolicyDocument. */
function checkPolicy(fields: Map<string, string>, bucket: string, now = Date.now()): Sizes {
  const { expiration, conditions } = readPolicy(need(fields, "policy"));
  if (expiration < now) throw notAllowed("Policy expired.");
  const values = new Map([...fields, ["bucket", bucket]]);
  const covered = new Set<string>(["bucket"]);
  const sizes: Sizes = { least: 0, most: putLimit };
  for (const condition of conditions) {
    const said = JSON.stringify(condition);
    const triples = Array.isArray(condition)
      ? [condition]
      : Object.entries((condition ?? {}) as object).map(([name, value]) => ["eq", `$${name}`, value]);
    for (const [operator, first, second] of triples) {
      const word = String(operator).toLowerCase();
      if (word === "content-length-range" && Number.isInteger(Number(first)) && Number.isInteger(Number(second))) {
        sizes.least = Math.max(sizes.least, Number(first));
        sizes.most = Math.min(sizes.most, Number(second));
        continue;
      }
      if (
        typeof first !== "string" ||
        !first.startsWith("$") ||
        typeof second !== "string" ||
        !/^(eq|starts-with)$/.test(word)
      ) {
        throw new S3Error("InvalidPolicyDocument", `Invalid Policy: Invalid condition ${said}`);
      }
      const name = first.slice(1).toLowerCase();
      const value = values.get(name);
      covered.add(name);
      const holds = word === "eq" ? value === second : second === "" || value?.startsWith(second);
      if (!holds) throw notAllowed(`Policy Condition failed: ${said}`);
    }
  }
  const extra = [...fields.keys()].filter((name) => !covered.has(name) && !exempt.test(name));
  if (extra.length > 0) throw notAllowed(`Extra input fields: ${extra.join(", ")}`);
  return sizes;
}

async function receiveFile(
  body: AsyncIterable<Buffer>,
  { least, most }: Sizes,
  fields: Map<string, string>,
  blob: BlobWriter,
) {
  const md5 = startChecksum("md5");
  const declared = declaredChecksums((name) => fields.get(name));
  const running = (Object.keys(declared) as (keyof typeof declared)[]).map((name) => ({
    name,
    sum: startChecksum(name),
  }));
  let size = 0;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > most) throw tooLarge(size, most);
    md5.update(bytes);
    for (const { sum } of running) sum.update(bytes);
    await blob.write(bytes);
  }
  if (size < least) {
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: String(size),
      MinSizeAllowed: String(least),
    });
  }
  for (const { name, sum } of running) {
    if (sum.digest().toString("base64") !== declared[name]) {
      throw new S3Error("BadDigest", `The ${name.toUpperCase()} you specified did not match the calculated checksum.`);
    }
  }
  return { size, etag: md5.digest().toString("hex"), checksums: declared };
}

function postAnswer(
  fields: Map<string, string>,
  bucket: Bucket,
  key: string,
  host: string,
  headers: Record<string, string>,
): Answer {
  const location = `http://${host}/${bucket.name}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const etag = headers.etag ?? "";
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
  if (redirect && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key, etag }))
      target.searchParams.append(name, value);
    return { status: 303, headers: { ...headers, location: target.href } };
  }
  const status = fields.get("success_action_status");
  if (status !== "201") return { status: status === "200" ? 200 : 204, headers: { ...headers, location } };
  const inner =
    element("Location", location) + element("Bucket", bucket.name) + element("Key", key) + element("ETag", etag);
  const body = xmlDocument("PostResponse", inner, false);
  return { status: 201, headers: { ...headers, location, "content-type": "application/xml" }, body };
}

/** Stores a form's file. `callFor` makes the call of the form's signer, whom nothing but the form names. */
export async function postObject(
  body: AsyncIterable<Buffer>,
  { boundary, authority, callFor }: { boundary: string; authority: Authority; callFor: (signer: Signer) => Call },
): Promise<Answer> {
  return readForm(body, boundary, async ({ fields, file }: Form) => {
    const call = callFor(formSigner(fields, authority));
    const { bucket, request } = call;
    if (!file)
      throw new S3Error("InvalidArgument", "POST requires exactly one file upload per request.", {
        ArgumentName: "file",
      });
    const sizes = checkPolicy(fields, bucket.name);
    const key = need(fields, "key").replace(/\$\{filename\}/g, () => file.name.replace(/^.*[\\/]/s, ""));
    checkKey(key);
    call.allow("s3:PutObject", arn(bucket.name, key));
    const metadata = [...fields].filter(([name]) => name.startsWith("x-amz-meta-"));
    const headers = keptHeaders({
      field: (name) => fields.get(name === "x-amz-acl" ? "acl" : name),
      metadata: () => Object.fromEntries(metadata.map(([name, value]) => [name.slice(11), value])),
    });
    const blob = await call.blobs.create();
    try {
      const received = await receiveFile(file.body, sizes, fields, blob);
      const segments = [await blob.finish()];
      const condition = { ifAbsent: false, ifMatch: undefined, seen: bucket.removals };
      const object = { key, ...received, segments, headers, checksumType: "FULL_OBJECT" } as const;
      const stored = await bucket.put(object, condition, "ObjectCreated:Post");
      return postAnswer(fields, bucket, key, request.header("host") ?? "", writtenHeaders(stored));
    } catch (cause) {
      await blob.discard();
      throw cause;
    }
  });
}
