// DeleteObject and DeleteObjects.
import { receiveText } from "./body.ts";
import { type Answer, arn, type Call, xmlAnswer } from "./call.ts";
import { S3Error } from "./errors.ts";
import { bareEtag } from "./object-headers.ts";
import { childText, element, parseXml, type XmlElement } from "./xml.ts";

/** Removes one key; an absent one is answered alike. */
export async function deleteObject({ request, bucket }: Call): Promise<Answer> {
  await bucket.remove(request.key, bareEtag(request.header("if-match")));
  return { status: 204, headers: {} };
}

async function deleteOne(call: Call, key: string, etag: string | undefined): Promise<S3Error | undefined> {
  try {
    call.allow("s3:DeleteObject", arn(call.bucket.name, key));
    await call.bucket.remove(key, bareEtag(etag));
    return undefined;
  } catch (cause) {
    if (cause instanceof S3Error) return cause;
    throw cause;
  }
}

/** Removes up to 1,000 keys, each judged by itself. Throws MalformedXML. */
export async function deleteObjects(call: Call): Promise<Answer> {
  const { text, verified } = await receiveText(call.request, call.signer);
  if (!verified) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  const root = readXml(text, "Delete");
  const wanted = root.children.filter(({ name }) => name === "Object");
  const keys = wanted.map((object) => ({ key: childText(object, "Key"), etag: childText(object, "ETag") }));
  if (keys.length === 0 || keys.length > 1000) throw malformed();
  const quiet = childText(root, "Quiet")?.trim() === "true";
  const results = await Promise.all(
    keys.map(async ({ key, etag }) => {
      if (key === undefined || key === "") throw malformed();
      const error = await deleteOne(call, key, etag);
      if (!error) return quiet ? "" : `<Deleted>${element("Key", key)}</Deleted>`;
      return `<Error>${element("Key", key)}${element("Code", error.code)}${element("Message", error.message)}</Error>`;
    }),
  );
  return xmlAnswer("DeleteResult", results.join(""));
}

function malformed(cause?: unknown): S3Error {
  const error = new S3Error(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
  error.cause = cause;
  return error;
}

/** Reads a document whose root must have this name. Throws MalformedXML. */
export function readXml(text: string, root: string): XmlElement {
  let found: XmlElement;
  try {
    found = parseXml(text);
  } catch (cause) {
    throw malformed(cause);
  }
  if (found.name !== root) throw malformed();
  return found;
}
