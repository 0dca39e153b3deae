// A request as S3 sees it: bucket, key, query and headers, taken from the raw line so that no path is normalised.
import type { IncomingMessage } from "node:http";
import { S3Error } from "./errors.ts";

export type S3Request = {
  method: string;
  bucket: string;
  key: string;
  /** Decoded, in the order sent. */
  query: [string, string][];
  stream: IncomingMessage;
  /** The body, once; an iteration that ends early leaves the connection fit to answer on. */
  body: AsyncIterable<Buffer>;
  /** The first value of a query parameter, by its exact name. */
  param(name: string): string | undefined;
  /** A header by its lower-case name; repeated ones are joined by commas. */
  header(name: string): string | undefined;
  /** A header, or in a presigned request the query parameter that stands for it. */
  field(name: string): string | undefined;
  /** All `x-amz-meta-*` fields, by the rest of their names. */
  metadata(): Record<string, string>;
};

function decode(text: string, whole: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI: it is not percent-encoded UTF-8.", {
      URI: whole,
    });
  }
}

function decodeQuery(raw: string, whole: string): [string, string][] {
  return raw
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const spaced = pair.replaceAll("+", " ");
      const equals = spaced.indexOf("=");
      if (equals < 0) return [decode(spaced, whole), ""];
      return [decode(spaced.slice(0, equals), whole), decode(spaced.slice(equals + 1), whole)];
    });
}

/** Reads the address and headers; `onRead` is called when the body is first asked for. Throws InvalidURI. */
export function readRequest(stream: IncomingMessage, onRead: () => void): S3Request {
  const url = stream.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? [] : decodeQuery(url.slice(mark + 1), url);
  const slash = path.indexOf("/", 1);
  const bucket = decode(path.slice(1, slash < 0 ? undefined : slash), url);
  const key = slash < 0 ? "" : decode(path.slice(slash + 1), url);
  const parameters = new Map([...query].reverse());
  const presigned = parameters.has("X-Amz-Signature");
  const hoisted = new Map(presigned ? [...query].reverse().map(([name, value]) => [name.toLowerCase(), value]) : []);
  const header = (name: string) => stream.headersDistinct[name]?.join(",");
  return {
    method: stream.method ?? "GET",
    bucket,
    key,
    query,
    stream,
    body: {
      [Symbol.asyncIterator]: () => {
        onRead();
        return stream.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
      },
    },
    param: (name) => parameters.get(name),
    header,
    field: (name) => header(name) ?? hoisted.get(name),
    metadata: () => {
      const names = new Set([...hoisted.keys(), ...Object.keys(stream.headersDistinct)]);
      const found = [...names].filter((name) => name.startsWith("x-amz-meta-"));
      return Object.fromEntries(found.map((name) => [name.slice(11), header(name) ?? hoisted.get(name) ?? ""]));
    },
  };
}

/** Throws KeyTooLongError over 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > 1024) {
    throw new S3Error("KeyTooLongError", "Your key is too long", { Size: String(bytes), MaxSizeAllowed: "1024" });
  }
}

/** A header value that Node will send; S3 refuses the others in the same words. */
export function asHeaderValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  throw new S3Error("InvalidArgument", "Header value cannot be represented using ISO-8859-1.", {
    ArgumentName: name,
    ArgumentValue: value,
  });
}
