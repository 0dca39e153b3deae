// The head node's three uses of S3: read a batch, write results, write receipts. The client is loaded only when it is needed.
import type { Readable } from "node:stream";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export type Objects = ReturnType<typeof openObjects>;

/** A connection on which nothing moves for so long is given up, and the call tried again (seconds). */
const stallSeconds = 30;

/** Opens S3; credentials and endpoint are found by the SDK's own chain. */
export function openObjects({ region, patience }: { region: string; patience: { stallSeconds?: number | undefined } }) {
  const stallMs = (patience.stallSeconds ?? stallSeconds) * 1000;
  // without these the SDK waits for ever: a watch would never collect again after one connection that died without a word
  const requestHandler = { connectionTimeout: stallMs, socketTimeout: stallMs };
  const client = new S3Client({ region, maxAttempts: 4, followRegionRedirects: false, requestHandler });
  let skewMs = 0;
  // hours of receipts count by S3's clock, not by ours
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const headers = (result.response as { headers?: Record<string, string> } | undefined)?.headers;
      const date = Date.parse(headers?.date ?? "");
      if (!Number.isNaN(date)) skewMs = Math.abs(date - Date.now()) < 2_000 ? 0 : date - Date.now();
      return result;
    },
    { step: "deserialize", name: "headgateDate", priority: "low" },
  );
  return {
    /** Now, by S3's clock. */
    now: () => new Date(Date.now() + skewMs),
    /** The text of an object; undefined where it is absent, which a role without ListBucket sees as 403. */
    async read(bucket: string, key: string, mostBytes: number): Promise<string | undefined> {
      try {
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        if ((answer.ContentLength ?? 0) > mostBytes)
          throw new Error(`${key} has ${answer.ContentLength} bytes: at most ${mostBytes} are accepted`);
        return await answer.Body?.transformToString("utf8");
      } catch (error) {
        if (error instanceof NoSuchKey || statusOf(error) === 403 || statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    /** Writes an object. With `once` the first writer wins: false where the key is taken. */
    async put(
      bucket: string,
      key: string,
      body: Uint8Array | string,
      o: { type: string; once: boolean },
    ): Promise<boolean> {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: body,
            ContentType: o.type,
            ...(o.once ? { IfNoneMatch: "*" } : {}),
          }),
        );
        return true;
      } catch (error) {
        if (o.once && statusOf(error) === 412) return false;
        throw error;
      }
    },
    /** Writes a large object from a stream, in parts. A stream that fails leaves no object. */
    async upload(bucket: string, key: string, body: Readable, size: number): Promise<void> {
      const partSize = Math.max(8 * 1024 * 1024, Math.ceil(size / 9_000));
      const upload = new Upload({
        client,
        params: { Bucket: bucket, Key: key, Body: body, ContentType: "application/octet-stream" },
        partSize,
        queueSize: 2,
      });
      const fail = () => void upload.abort().catch(() => {});
      body.once("error", fail);
      try {
        await upload.done();
      } finally {
        body.off("error", fail);
      }
    },
    close: () => client.destroy(),
  };
}

/** The HTTP status of a refusal by S3. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
