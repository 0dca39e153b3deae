// Objects in S3: signed addresses, heads, ranges, lists and puts.
import type { S3Client } from "@aws-sdk/client-s3";
import { GatewayError } from "../contract/problem.ts";
import { errorName, errorStatus, serviceFault } from "./fault.ts";

export type Head = { size: number; etag: string; modifiedAt: Date };
export type Signed = { url: string; headers: Record<string, string> };
export type Listed = { key: string; modifiedAt: Date; size: number };
export type Objects = ReturnType<typeof objects>;

/** A list is read by pages of a thousand; this many at most. */
const maxListPages = 50;

/** The objects of one bucket. Methods throw GatewayError `unavailable` or `internal` where S3 fails. */
export function objects(bucket: string, given?: S3Client) {
  let client = given;
  const open = async () => {
    const sdk = await import("./s3.ts");
    // By default the SDK signs the checksum of an empty body into an address for a PUT.
    client ??= new sdk.S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" });
    return { ...sdk, client };
  };
  const read = async <T>(run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      // Without s3:ListBucket a missing key answers 403; both are "not there".
      if (errorStatus(error) === 404 || errorStatus(error) === 403) return undefined;
      throw serviceFault("S3", error);
    }
  };

  return {
    /** An address for one PUT of exactly that size and type; a second use answers 412. */
    signedPut: async (key: string, o: { size: number; type: string; seconds: number }): Promise<Signed> => {
      const { client, getSignedUrl, PutObjectCommand } = await open();
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        ContentLength: o.size,
        ContentType: o.type,
        IfNoneMatch: "*",
      });
      const url = await getSignedUrl(client, command, {
        expiresIn: o.seconds,
        signableHeaders: new Set(["host", "content-type", "content-length", "if-none-match"]),
      });
      // The size is signed too; whoever sends the bytes sets content-length by itself.
      return { url, headers: { "content-type": o.type, "if-none-match": "*" } };
    },

    /** An address for a GET that answers 412 once the object is another than the one of that ETag. */
    signedGetIfMatch: async (key: string, etag: string, seconds: number): Promise<Signed> => {
      const { client, getSignedUrl, GetObjectCommand } = await open();
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag });
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        signableHeaders: new Set(["host", "if-match"]),
      });
      return { url, headers: { "if-match": etag } };
    },

    /** An address for a download under that name and type. */
    signedDownload: async (key: string, o: { disposition: string; type: string; seconds: number }): Promise<string> => {
      const { client, getSignedUrl, GetObjectCommand } = await open();
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ResponseContentDisposition: o.disposition,
        ResponseContentType: o.type,
      });
      return getSignedUrl(client, command, { expiresIn: o.seconds });
    },

    /** Size, ETag and age; undefined where there is no such object. */
    head: (key: string): Promise<Head | undefined> =>
      read(async () => {
        const { client, HeadObjectCommand } = await open();
        const answer = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return {
          size: answer.ContentLength ?? 0,
          etag: answer.ETag ?? "",
          modifiedAt: answer.LastModified ?? new Date(0),
        };
      }),

    /** The bytes from `offset`, `length` of them; undefined where there is no such object. */
    readRange: (key: string, offset: number, length: number): Promise<Uint8Array | undefined> =>
      read(async () => {
        if (length === 0) return new Uint8Array();
        const { client, GetObjectCommand } = await open();
        const range = `bytes=${offset}-${offset + length - 1}`;
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
        const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        if (bytes.length !== length)
          throw new GatewayError("internal", `${key} has ${bytes.length} of ${length} bytes at ${offset}`);
        return bytes;
      }),

    /** A whole object of at most `maxBytes`; undefined where there is none, "too large" where it is larger. */
    readSmall: (
      key: string,
      maxBytes: number,
    ): Promise<{ bytes: Uint8Array; modifiedAt: Date } | "too large" | undefined> =>
      read(async () => {
        const { client, GetObjectCommand } = await open();
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if ((answer.ContentLength ?? Number.POSITIVE_INFINITY) > maxBytes) {
          (answer.Body as { destroy?: () => void } | undefined)?.destroy?.();
          return "too large" as const;
        }
        const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, modifiedAt: answer.LastModified ?? new Date(0) };
      }),

    put: async (key: string, body: string, type: string): Promise<void> => {
      try {
        const { client, PutObjectCommand } = await open();
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: type }));
      } catch (error) {
        throw serviceFault("S3", error);
      }
    },

    /** Every object below a prefix. */
    list: async (prefix: string): Promise<Listed[]> => {
      const found: Listed[] = [];
      let token: string | undefined;
      try {
        const { client, ListObjectsV2Command } = await open();
        for (let page = 0; page < maxListPages; page += 1) {
          const answer = await client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(token ? { ContinuationToken: token } : {}),
            }),
          );
          for (const object of answer.Contents ?? []) {
            if (object.Key && object.LastModified) {
              found.push({ key: object.Key, modifiedAt: object.LastModified, size: object.Size ?? 0 });
            }
          }
          token = answer.NextContinuationToken;
          if (!token) return found;
        }
        return found;
      } catch (error) {
        throw serviceFault(`S3 (${errorName(error)} while listing)`, error);
      }
    },
  };
}
