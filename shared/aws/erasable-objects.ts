// Objects that are to be erased: listed, overwritten in part where others share them, removed.
import type { S3Client } from "@aws-sdk/client-s3";
import { errorStatus, serviceFault } from "./fault.ts";

export type ErasableObjects = ReturnType<typeof erasableObjects>;

/** S3 lists, and removes, so many at once. */
const atOnce = 1_000;

/** The objects of one bucket. Methods throw GatewayError `unavailable` or `internal` where S3 fails. */
export function erasableObjects(bucket: string, given?: S3Client) {
  let client = given;
  const open = async () => {
    const sdk = await import("./s3-erase.ts");
    client ??= new sdk.S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" });
    return { ...sdk, client };
  };

  return {
    /** Keys below a prefix, at most `limit`. */
    keys: async (prefix: string, limit: number): Promise<string[]> => {
      const found: string[] = [];
      let token: string | undefined;
      try {
        const { client, ListObjectsV2Command } = await open();
        do {
          const answer = await client.send(
            new ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              ...(token ? { ContinuationToken: token } : {}),
            }),
          );
          found.push(...(answer.Contents ?? []).flatMap(({ Key }) => Key ?? []));
          token = answer.NextContinuationToken;
        } while (token && found.length < limit);
        return found.slice(0, limit);
      } catch (error) {
        throw serviceFault("S3", error);
      }
    },

    /** A whole object with its ETag; undefined where there is none. */
    read: async (key: string): Promise<{ bytes: Uint8Array; etag: string } | undefined> => {
      try {
        const { client, GetObjectCommand } = await open();
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return { bytes: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(), etag: answer.ETag ?? "" };
      } catch (error) {
        if (errorStatus(error) === 404 || errorStatus(error) === 403) return undefined;
        throw serviceFault("S3", error);
      }
    },

    /** Writes an object anew if it is still the one of that ETag; false where it is another or gone. */
    replace: async (key: string, bytes: Uint8Array, etag: string): Promise<boolean> => {
      try {
        const { client, PutObjectCommand } = await open();
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, IfMatch: etag }));
        return true;
      } catch (error) {
        if ([404, 409, 412].includes(errorStatus(error))) return false;
        throw serviceFault("S3", error);
      }
    },

    /** Removes objects; those that are not there count as removed. */
    remove: async (keys: readonly string[]): Promise<void> => {
      for (let from = 0; from < keys.length; from += atOnce) {
        const objects = keys.slice(from, from + atOnce).map((Key) => ({ Key }));
        let refused: string | undefined;
        try {
          const { client, DeleteObjectsCommand } = await open();
          const answer = await client.send(
            new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }),
          );
          refused = answer.Errors?.[0]?.Code;
        } catch (error) {
          throw serviceFault("S3", error);
        }
        if (refused !== undefined) throw serviceFault("S3", Object.assign(new Error(refused), { name: refused }));
      }
    },
  };
}
