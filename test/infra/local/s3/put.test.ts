import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { type ChecksumAlgorithm, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { refusal, runS3, temporary } from "./running.ts";

const algorithms: ChecksumAlgorithm[] = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

describe("PutObject", () => {
  it("keeps the body, its headers and metadata, and tells the host once", async () => {
    const { client, events, server } = await runS3();
    const put = await client.send(
      new PutObjectCommand({
        Bucket: "box",
        Key: "a/b.txt",
        Body: "hello",
        ContentType: "text/plain; charset=utf-8",
        ContentDisposition: 'attachment; filename="b.txt"',
        CacheControl: "no-store",
        ContentEncoding: "gzip",
        Metadata: { person: "alice" },
        ServerSideEncryption: "AES256",
      }),
    );
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(put.ServerSideEncryption).toBe("AES256");
    expect(put.ChecksumCRC32).toBe("NhCmhg==");
    const got = await client.send(new GetObjectCommand({ Bucket: "box", Key: "a/b.txt" }));
    expect(await got.Body?.transformToString()).toBe("hello");
    expect(got).toMatchObject({
      ContentType: "text/plain; charset=utf-8",
      ContentDisposition: 'attachment; filename="b.txt"',
      CacheControl: "no-store",
      ContentEncoding: "gzip",
      Metadata: { person: "alice" },
      ServerSideEncryption: "AES256",
      ContentLength: 5,
      ETag: put.ETag,
    });
    expect(got.LastModified?.getMilliseconds()).toBe(0);
    expect(events).toMatchObject([
      {
        bucket: "box",
        key: "a/b.txt",
        eventName: "ObjectCreated:Put",
        size: 5,
        etag: "5d41402abc4b2a76b9719d911017c592",
      },
    ]);
    expect(server.list("box")).toEqual(["a/b.txt"]);
  });

  it.each(algorithms)("verifies and gives back the checksum %s, sent in a header", async (ChecksumAlgorithm) => {
    const { client } = await runS3();
    const name = `Checksum${ChecksumAlgorithm}` as const;
    const body = randomBytes(100_000);
    const put = await client.send(new PutObjectCommand({ Bucket: "box", Key: "k", Body: body, ChecksumAlgorithm }));
    const head = await client.send(new HeadObjectCommand({ Bucket: "box", Key: "k", ChecksumMode: "ENABLED" }));
    expect(put[name]).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(head[name]).toBe(put[name]);
    expect(head.ChecksumType).toBe("FULL_OBJECT");
    const wrong = {
      [name]: Buffer.from(put[name] ?? "", "base64")
        .reverse()
        .toString("base64"),
    };
    const refused = client.send(new PutObjectCommand({ Bucket: "box", Key: "k2", Body: body, ...wrong }));
    expect(await refusal(refused)).toMatchObject({ name: "BadDigest", status: 400 });
  });

  it.each(algorithms)("verifies the checksum %s after a stream in chunks", async (ChecksumAlgorithm) => {
    const { client, server } = await runS3();
    const body = randomBytes(300_000);
    const pieces = Readable.from([body.subarray(0, 100_000), body.subarray(100_000, 200_000), body.subarray(200_000)]);
    const put = await client.send(
      new PutObjectCommand({ Bucket: "box", Key: "k", Body: pieces, ContentLength: body.length, ChecksumAlgorithm }),
    );
    expect(put[`Checksum${ChecksumAlgorithm}`]).toBeDefined();
    expect((await server.get("box", "k"))?.body.equals(body)).toBe(true);
  });

  it("refuses a body that does not match its Content-MD5, and leaves nothing", async () => {
    const { client, server, events } = await runS3();
    const md5 = createHash("md5").update("other").digest("base64");
    const put = client.send(new PutObjectCommand({ Bucket: "box", Key: "k", Body: "hello", ContentMD5: md5 }));
    expect(await refusal(put)).toMatchObject({ name: "BadDigest", status: 400 });
    const bad = client.send(new PutObjectCommand({ Bucket: "box", Key: "k", Body: "hello", ContentMD5: "abc" }));
    expect(await refusal(bad)).toMatchObject({ name: "InvalidDigest", status: 400 });
    expect(server.list("box")).toEqual([]);
    expect(events).toEqual([]);
  });

  it("writes If-None-Match: * once, and lets one of many writers win", async () => {
    const { client, server } = await runS3();
    const put = (body: string) =>
      client.send(new PutObjectCommand({ Bucket: "box", Key: "claim", Body: body, IfNoneMatch: "*" }));
    const bodies = Array.from({ length: 20 }, (_, n) => `writer ${n}`);
    const results = await Promise.allSettled(bodies.map(put));
    const won = results.flatMap((result, n) => (result.status === "fulfilled" ? [bodies[n]] : []));
    expect(won).toHaveLength(1);
    expect((await server.get("box", "claim"))?.body.toString()).toBe(won[0]);
    for (const result of results) {
      if (result.status === "rejected")
        expect(["PreconditionFailed", "ConditionalRequestConflict"]).toContain(result.reason.name);
    }
    expect(await refusal(put("late"))).toMatchObject({ name: "PreconditionFailed", status: 412 });
  });

  it("replaces only the version named by If-Match", async () => {
    const { client } = await runS3();
    const put = (Body: string, IfMatch?: string) =>
      client.send(new PutObjectCommand({ Bucket: "box", Key: "k", Body, ...(IfMatch && { IfMatch }) }));
    expect(await refusal(put("1", '"5d41402abc4b2a76b9719d911017c592"'))).toMatchObject({
      name: "NoSuchKey",
      status: 404,
    });
    const first = await put("1");
    await put("2", first.ETag);
    expect(await refusal(put("3", first.ETag))).toMatchObject({ name: "PreconditionFailed", status: 412 });
  });

  it("accepts temporary credentials with their token and refuses them without", async () => {
    const { clientWith } = await runS3();
    const put = new PutObjectCommand({ Bucket: "box", Key: "k", Body: "x" });
    await clientWith({ credentials: temporary }).send(put);
    const without = { accessKeyId: temporary.accessKeyId, secretAccessKey: temporary.secretAccessKey };
    expect(await refusal(clientWith({ credentials: without }).send(put))).toMatchObject({
      name: "InvalidAccessKeyId",
      status: 403,
    });
    const wrong = { ...temporary, sessionToken: "another" };
    expect(await refusal(clientWith({ credentials: wrong }).send(put))).toMatchObject({
      name: "InvalidToken",
      status: 400,
    });
  });

  it("refuses a wrong secret, an unknown key, another region, an unknown bucket and a long key", async () => {
    const { client, clientWith } = await runS3();
    const put = new PutObjectCommand({ Bucket: "box", Key: "k", Body: "x" });
    const as = (accessKeyId: string, secretAccessKey: string) =>
      clientWith({ credentials: { accessKeyId, secretAccessKey } }).send(put);
    expect(await refusal(as("AKIDLOCAL", "wrong"))).toMatchObject({ name: "SignatureDoesNotMatch", status: 403 });
    expect(await refusal(as("AKIDOTHER", "wrong"))).toMatchObject({ name: "InvalidAccessKeyId", status: 403 });
    expect(await refusal(clientWith({ region: "us-east-1" }).send(put))).toMatchObject({
      name: "AuthorizationHeaderMalformed",
      status: 400,
    });
    const absent = client.send(new PutObjectCommand({ Bucket: "absent", Key: "k", Body: "x" }));
    expect(await refusal(absent)).toMatchObject({ name: "NoSuchBucket", status: 404 });
    const long = client.send(new PutObjectCommand({ Bucket: "box", Key: "ü".repeat(513), Body: "x" }));
    expect(await refusal(long)).toMatchObject({ name: "KeyTooLongError", status: 400 });
  });
});
