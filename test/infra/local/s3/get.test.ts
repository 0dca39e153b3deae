import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { refusal, runS3 } from "./running.ts";

const etag = '"781e5e245d69b566979b86e28d23f2c7"';

async function digits() {
  const running = await runS3();
  await running.server.put("box", "k", Buffer.from("0123456789"), "text/plain");
  const get = (o: Partial<GetObjectCommand["input"]>) =>
    running.client.send(new GetObjectCommand({ Bucket: "box", Key: "k", ...o }));
  return { ...running, get };
}

describe("GetObject", () => {
  it.each([
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=2-4", "234", "bytes 2-4/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=-30", "0123456789", "bytes 0-9/10"],
    ["bytes=5-500", "56789", "bytes 5-9/10"],
  ])("answers the range %s", async (Range, text, ContentRange) => {
    const { get } = await digits();
    const got = await get({ Range });
    expect(await got.Body?.transformToString()).toBe(text);
    expect(got).toMatchObject({ ContentRange, ContentLength: text.length, $metadata: { httpStatusCode: 206 } });
  });

  it("refuses a range beyond the end and ignores one it cannot read", async () => {
    const { get } = await digits();
    expect(await refusal(get({ Range: "bytes=10-" }))).toMatchObject({ name: "InvalidRange", status: 416 });
    expect(await refusal(get({ Range: "bytes=-0" }))).toMatchObject({ name: "InvalidRange", status: 416 });
    expect((await get({ Range: "bytes=4-2" })).$metadata.httpStatusCode).toBe(200);
    expect((await get({ Range: "bytes=0-1,3-4" })).$metadata.httpStatusCode).toBe(200);
  });

  it("obeys its conditions", async () => {
    const { get } = await digits();
    const past = new Date(Date.now() - 60_000);
    const future = new Date(Date.now() + 60_000);
    const status = async (o: Partial<GetObjectCommand["input"]>) =>
      get(o).then(
        (got) => got.$metadata.httpStatusCode,
        (cause) => cause.$metadata.httpStatusCode,
      );
    expect(await status({ IfMatch: etag })).toBe(200);
    expect(await status({ IfMatch: '"other"' })).toBe(412);
    expect(await status({ IfNoneMatch: etag })).toBe(304);
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200);
    expect(await status({ IfModifiedSince: past })).toBe(200);
    expect(await status({ IfModifiedSince: future })).toBe(304);
    expect(await status({ IfUnmodifiedSince: past })).toBe(412);
    expect(await status({ IfMatch: etag, IfUnmodifiedSince: past })).toBe(200);
    expect(await status({ IfNoneMatch: '"other"', IfModifiedSince: future })).toBe(200);
  });

  it("answers a missing key by whether the caller might list", async () => {
    const may = await runS3();
    const get = new GetObjectCommand({ Bucket: "box", Key: "absent" });
    expect(await refusal(may.client.send(get))).toMatchObject({ name: "NoSuchKey", status: 404 });
    expect(may.calls.map(({ action, context }) => [action, context["headgate:probe"]])).toEqual([
      ["s3:GetObject", undefined],
      ["s3:ListBucket", "true"],
    ]);
    const head = new HeadObjectCommand({ Bucket: "box", Key: "absent" });
    expect(await refusal(may.client.send(head))).toMatchObject({ name: "NotFound", status: 404 });
    const mayNot = await runS3({
      judge: ({ action }) => (action === "s3:ListBucket" ? { allowed: false, message: "no" } : { allowed: true }),
    });
    expect(await refusal(mayNot.client.send(get))).toMatchObject({ name: "AccessDenied", status: 403 });
    expect(await refusal(mayNot.client.send(head))).toMatchObject({ status: 403 });
  });

  it("streams an object of many megabytes whole while it is being replaced", async () => {
    const { client, server } = await runS3();
    await server.put("box", "big", Buffer.alloc(20_000_000, 1));
    const got = await client.send(new GetObjectCommand({ Bucket: "box", Key: "big" }));
    await server.put("box", "big", Buffer.alloc(20_000_000, 2));
    const body = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
    expect(body.equals(Buffer.alloc(20_000_000, 1))).toBe(true);
  });
});

describe("the judge", () => {
  it("refuses in its own words, before anything is done", async () => {
    const { client, server, clientWith, calls } = await runS3({
      judge: () => ({ allowed: false, message: "function x lacks s3:GetObject" }),
    });
    await server.put("box", "k", Buffer.from("x"));
    const get = client.send(new GetObjectCommand({ Bucket: "box", Key: "k" }));
    expect(await refusal(get)).toEqual({ name: "AccessDenied", status: 403, message: "function x lacks s3:GetObject" });
    const remove = clientWith({}).send(new DeleteObjectCommand({ Bucket: "box", Key: "k" }));
    expect(await refusal(remove)).toMatchObject({ name: "AccessDenied" });
    expect(server.list("box")).toEqual(["k"]);
    expect(calls).toMatchObject([
      {
        accessKeyId: "AKIDLOCAL",
        action: "s3:GetObject",
        resource: "arn:aws:s3:::box/k",
        context: { "aws:SecureTransport": "true" },
      },
      { action: "s3:DeleteObject", resource: "arn:aws:s3:::box/k" },
    ]);
  });

  it("is asked for every key of DeleteObjects and for both ends of a copy", async () => {
    const { client, server, calls, events } = await runS3({
      judge: ({ resource }) => (resource.endsWith("/kept") ? { allowed: false, message: "no" } : { allowed: true }),
    });
    for (const key of ["a", "kept", "c & <d>\n"]) await server.put("box", key, Buffer.from(key));
    const Objects = ["a", "kept", "c & <d>\n", "absent"].map((Key) => ({ Key }));
    const result = await client.send(new DeleteObjectsCommand({ Bucket: "box", Delete: { Objects } }));
    expect(result.Deleted?.map(({ Key }) => Key)).toEqual(["a", "c & <d>\n", "absent"]);
    expect(result.Errors).toEqual([{ Key: "kept", Code: "AccessDenied", Message: "no" }]);
    expect(server.list("box")).toEqual(["kept"]);
    expect(events.filter(({ eventName }) => eventName === "ObjectRemoved:Delete").map(({ key }) => key)).toEqual([
      "a",
      "c & <d>\n",
    ]);

    await server.put("box", "a", Buffer.from("from"), "text/x");
    calls.length = 0;
    const copied = await client.send(new CopyObjectCommand({ Bucket: "box", Key: "b/ü", CopySource: "box/a" }));
    expect(copied.CopyObjectResult?.ETag).toBe('"d98a07f84921b24ee30f86fd8cd85c3c"');
    expect(calls.map(({ action, resource }) => `${action} ${resource}`)).toEqual([
      "s3:PutObject arn:aws:s3:::box/b/ü",
      "s3:GetObject arn:aws:s3:::box/a",
    ]);
    await client.send(new DeleteObjectCommand({ Bucket: "box", Key: "a" }));
    expect(await server.get("box", "b/ü")).toMatchObject({ body: Buffer.from("from"), contentType: "text/x" });
    expect(events.at(-2)).toMatchObject({ eventName: "ObjectCreated:Copy", key: "b/ü" });
  });

  it("answers what a bucket is, and says what it does not do", async () => {
    const { client, calls } = await runS3();
    expect((await client.send(new HeadBucketCommand({ Bucket: "box" }))).BucketRegion).toBe("eu-west-1");
    expect((await client.send(new GetBucketLocationCommand({ Bucket: "box" }))).LocationConstraint).toBe("eu-west-1");
    expect(calls.map(({ action }) => action)).toEqual(["s3:ListBucket", "s3:GetBucketLocation"]);
    const tag = client.send(new PutObjectTaggingCommand({ Bucket: "box", Key: "k", Tagging: { TagSet: [] } }));
    expect(await refusal(tag)).toMatchObject({ name: "NotImplemented", status: 501 });
  });
});
