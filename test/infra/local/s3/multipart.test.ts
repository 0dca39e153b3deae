import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  type ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { describe, expect, it } from "vitest";
import { refusal, runS3 } from "./running.ts";

const mebibyte = 1024 * 1024;
const md5 = (data: Buffer) => createHash("md5").update(data).digest();

/** An upload by plain commands, without checksums. */
async function begun(Key = "big") {
  const running = await runS3();
  const client = running.clientWith({ requestChecksumCalculation: "WHEN_REQUIRED" });
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: "box", Key, ContentType: "text/big" }),
  );
  const at = { Bucket: "box", Key, UploadId };
  const part = (PartNumber: number, Body: Buffer) => client.send(new UploadPartCommand({ ...at, PartNumber, Body }));
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[], more: object = {}) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts }, ...more }));
  return { running, client, at, part, complete };
}

describe("lib-storage's Upload", () => {
  it("stores a stream of 13 MiB in three parts with the ETag of AWS", async () => {
    const running = await runS3();
    const body = randomBytes(13 * mebibyte);
    const pieces = Readable.from(
      (function* () {
        for (let at = 0; at < body.length; at += 100_000) yield body.subarray(at, at + 100_000);
      })(),
    );
    const upload = new Upload({
      client: running.client,
      params: { Bucket: "box", Key: "big", Body: pieces, IfNoneMatch: "*" },
      partSize: 5 * mebibyte,
    });
    const done = await upload.done();
    const parts = [0, 5, 10].map((n) => md5(body.subarray(n * mebibyte, (n + 5) * mebibyte)));
    expect(done.ETag).toBe(`"${md5(Buffer.concat(parts)).toString("hex")}-3"`);
    expect(done.ChecksumCRC32).toMatch(/-3$/);
    expect(running.events).toMatchObject([
      { eventName: "ObjectCreated:CompleteMultipartUpload", key: "big", size: body.length },
    ]);
    await running.restart();
    expect((await running.server.get("box", "big"))?.body.equals(body)).toBe(true);
    const across = await running.client.send(
      new GetObjectCommand({ Bucket: "box", Key: "big", Range: `bytes=${5 * mebibyte - 10}-${10 * mebibyte + 9}` }),
    );
    const got = Buffer.from((await across.Body?.transformToByteArray()) ?? []);
    expect(got.equals(body.subarray(5 * mebibyte - 10, 10 * mebibyte + 10))).toBe(true);
    const again = new Upload({
      client: running.client,
      params: { Bucket: "box", Key: "big", Body: body, IfNoneMatch: "*" },
      partSize: 5 * mebibyte,
    });
    expect(await refusal(again.done())).toMatchObject({ name: "PreconditionFailed", status: 412 });
  });

  it.each<[ChecksumAlgorithm, "FULL_OBJECT" | "COMPOSITE"]>([
    ["CRC32C", "COMPOSITE"],
    ["SHA256", "COMPOSITE"],
    ["CRC32", "FULL_OBJECT"],
    ["CRC64NVME", "FULL_OBJECT"],
  ])("keeps the checksum %s as %s", async (ChecksumAlgorithm, ChecksumType) => {
    const { client } = await runS3();
    const body = randomBytes(6 * mebibyte);
    const params = { Bucket: "box", Key: "k", Body: body, ChecksumAlgorithm, ChecksumType };
    await new Upload({ client, params, partSize: 5 * mebibyte }).done();
    const head = await client.send(new HeadObjectCommand({ Bucket: "box", Key: "k", ChecksumMode: "ENABLED" }));
    expect(head.ChecksumType).toBe(ChecksumType);
    const value = head[`Checksum${ChecksumAlgorithm}`];
    expect(value?.endsWith("-2")).toBe(ChecksumType === "COMPOSITE");
    const got = await client.send(new GetObjectCommand({ Bucket: "box", Key: "k" }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });
});

describe("a multipart upload", () => {
  it("refuses small, wrong, unordered and missing parts, and is there until it is ended", async () => {
    const { running, client, at, part, complete } = await begun();
    const [small, other] = [await part(1, Buffer.from("small")), await part(3, Buffer.from("last"))];
    const [one, three] = [
      { PartNumber: 1, ETag: small.ETag },
      { PartNumber: 3, ETag: other.ETag },
    ];
    expect(await refusal(complete([one, three]))).toMatchObject({ name: "EntityTooSmall", status: 400 });
    expect(await refusal(complete([three, one]))).toMatchObject({ name: "InvalidPartOrder", status: 400 });
    expect(await refusal(complete([one, { PartNumber: 2, ETag: small.ETag }]))).toMatchObject({
      name: "InvalidPart",
      status: 400,
    });
    expect(await refusal(complete([{ ...one, ETag: other.ETag }]))).toMatchObject({ name: "InvalidPart" });
    expect(await refusal(complete([]))).toMatchObject({ name: "MalformedXML", status: 400 });
    expect(await refusal(client.send(new UploadPartCommand({ ...at, PartNumber: 10_001, Body: "x" })))).toMatchObject({
      name: "InvalidArgument",
    });
    expect(running.server.list("box")).toEqual([]);

    await running.restart();
    const again = running.clientWith({});
    const parts = await again.send(new ListPartsCommand(at));
    expect(parts.Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual([
      [1, 5, small.ETag],
      [3, 4, other.ETag],
    ]);
    const first = await again.send(new ListPartsCommand({ ...at, MaxParts: 1 }));
    expect([first.IsTruncated, first.NextPartNumberMarker]).toEqual([true, "1"]);
    const rest = await again.send(new ListPartsCommand({ ...at, PartNumberMarker: "1" }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
    const uploads = await again.send(new ListMultipartUploadsCommand({ Bucket: "box" }));
    expect(uploads.Uploads).toMatchObject([{ Key: "big", UploadId: at.UploadId }]);
    await again.send(new AbortMultipartUploadCommand(at));
    expect(await refusal(again.send(new ListPartsCommand(at)))).toMatchObject({ name: "NoSuchUpload", status: 404 });
    expect(running.calls.map(({ action }) => action).slice(-5)).toEqual([
      "s3:ListMultipartUploadParts",
      "s3:ListMultipartUploadParts",
      "s3:ListBucketMultipartUploads",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
    ]);
  });

  it("takes the last version of a part, and answers a repeated end as the first", async () => {
    const { running, part, complete } = await begun();
    await part(1, randomBytes(5 * mebibyte));
    const body = randomBytes(5 * mebibyte);
    const [one, two] = [await part(1, body), await part(2, Buffer.from("end"))];
    const parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ];
    const results = await Promise.all([complete(parts), complete(parts)]);
    results.push(await complete(parts));
    expect(new Set(results.map(({ ETag }) => ETag)).size).toBe(1);
    const got = await running.server.get("box", "big");
    expect(got?.body.equals(Buffer.concat([body, Buffer.from("end")]))).toBe(true);
    expect(got?.contentType).toBe("text/big");
    expect(running.events).toHaveLength(1);
    await running.restart();
    expect((await running.server.get("box", "big"))?.body.length).toBe(body.length + 3);
  });

  it("takes parts from other objects", async () => {
    const { running, client, at, complete } = await begun();
    const body = randomBytes(6 * mebibyte);
    await running.server.put("box", "from ü", body);
    const copy = async (PartNumber: number, CopySourceRange?: string) => {
      const CopySource = `box/${encodeURIComponent("from ü")}`;
      const copied = await client.send(new UploadPartCopyCommand({ ...at, PartNumber, CopySource, CopySourceRange }));
      return { PartNumber, ETag: copied.CopyPartResult?.ETag };
    };
    const parts = [await copy(1), await copy(2, "bytes=10-19")];
    expect(await refusal(copy(3, `bytes=10-${6 * mebibyte}`))).toMatchObject({ name: "InvalidArgument", status: 400 });
    await complete(parts);
    const expected = Buffer.concat([body, body.subarray(10, 20)]);
    expect((await running.server.get("box", "big"))?.body.equals(expected)).toBe(true);
    expect(running.calls).toContainEqual(
      expect.objectContaining({ action: "s3:GetObject", resource: "arn:aws:s3:::box/from ü" }),
    );
  });

  it("ended with If-None-Match: * has one winner among several", async () => {
    const { running, client, complete, part } = await begun();
    const mine = await part(1, Buffer.from("mine"));
    const second = await client.send(new CreateMultipartUploadCommand({ Bucket: "box", Key: "big" }));
    const at = { Bucket: "box", Key: "big", UploadId: second.UploadId };
    const theirs = await client.send(new UploadPartCommand({ ...at, PartNumber: 1, Body: "theirs" }));
    const results = await Promise.allSettled([
      complete([{ PartNumber: 1, ETag: mine.ETag }], { IfNoneMatch: "*" }),
      client.send(
        new CompleteMultipartUploadCommand({
          ...at,
          IfNoneMatch: "*",
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: theirs.ETag }] },
        }),
      ),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const refused = results.find((result) => result.status === "rejected");
    expect([409, 412]).toContain(refused?.reason.$metadata.httpStatusCode);
    expect(running.events).toHaveLength(1);
  });
});
