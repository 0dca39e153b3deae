import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBytes, KeyOrder } from "../../../../infra/local/s3/key-order.ts";
import { refusal, runS3 } from "./running.ts";

const fixed = [
  "/",
  "//",
  "a/",
  "/a",
  "../x",
  "a/../../b",
  "..",
  ".",
  "a b",
  "a+b",
  "a%20b",
  "q'\"&<>",
  "$(id)",
  "line\nbreak",
  "\r\t",
  "ü/é",
  "e\u0301",
  "日本",
  "🎉",
  "\uffee",
  "?x=1",
  "#f",
  "a;b",
  "nul\u0000",
  "\u0001",
  "*",
  "~",
  "x".repeat(1024),
];
const anyKey = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom("/", ".", "a", "%", "+", " ", "\n", '"', "é", "🎉"), minLength: 1, maxLength: 30 }),
);

describe("a key", () => {
  it("of any characters is stored, read, listed, deleted and found again after a restart", async () => {
    const running = await runS3();
    const check = async (Key: string) => {
      await running.client.send(new PutObjectCommand({ Bucket: "box", Key, Body: `body of ${Key}` }));
      const got = await running.client.send(new GetObjectCommand({ Bucket: "box", Key }));
      expect(await got.Body?.transformToString()).toBe(`body of ${Key}`);
      expect(running.calls.at(-1)?.resource).toBe(`arn:aws:s3:::box/${Key}`);
      expect(running.server.list("box", Key)).toContain(Key);
    };
    for (const key of fixed) await check(key);
    const listed = await running.client.send(new ListObjectsV2Command({ Bucket: "box", EncodingType: "url" }));
    const decode = (key: string) => decodeURIComponent(key.replaceAll("+", " "));
    expect(new Set(listed.Contents?.map(({ Key }) => decode(Key ?? "")))).toEqual(new Set(fixed));
    await running.restart();
    for (const key of fixed) expect((await running.server.get("box", key))?.body.toString()).toBe(`body of ${key}`);

    await fc.assert(
      fc.asyncProperty(anyKey, async (key) => {
        await check(key);
        await running.client.send(new DeleteObjectCommand({ Bucket: "box", Key: key }));
        expect(await refusal(running.client.send(new HeadObjectCommand({ Bucket: "box", Key: key })))).toMatchObject({
          status: 404,
        });
      }),
      { numRuns: 60 },
    );
  });

  it("is listed in the order of its bytes", async () => {
    const { client, server } = await runS3();
    const keys = ["z", "é", "\uffee", "🎉", "A", "a/", "a"];
    for (const key of keys) await server.put("box", key, Buffer.from("x"));
    const listed = await client.send(new ListObjectsV2Command({ Bucket: "box" }));
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(sorted);
    expect(server.list("box")).toEqual(sorted);
  });
});

describe("a listing", () => {
  it("folds by delimiter, goes on by token, starts after a key, and passes its prefix to the judge", async () => {
    const { client, server, calls } = await runS3();
    for (const key of ["a", "r/1/x", "r/1/y", "r/2/x", "r/3", "r/4/z", "s"])
      await server.put("box", key, Buffer.from("x"));
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: "box", Prefix: "r/", Delimiter: "/", MaxKeys: 1, ContinuationToken }),
      );
      expect(page.KeyCount).toBe(1);
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key ?? ""),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ""),
      );
      ContinuationToken = page.NextContinuationToken;
      if (!page.IsTruncated) break;
    }
    expect(seen).toEqual(["r/1/", "r/2/", "r/3", "r/4/"]);
    expect(calls[0]).toMatchObject({
      action: "s3:ListBucket",
      resource: "arn:aws:s3:::box",
      context: { "s3:prefix": "r/", "s3:delimiter": "/" },
    });
    const after = await client.send(new ListObjectsV2Command({ Bucket: "box", StartAfter: "r/3" }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(["r/4/z", "s"]);
    const top = await client.send(new ListObjectsV2Command({ Bucket: "box", Delimiter: "/" }));
    expect([top.Contents?.length, top.CommonPrefixes]).toEqual([2, [{ Prefix: "r/" }]]);
    const old = await client.send(new ListObjectsCommand({ Bucket: "box", Marker: "r/4/z" }));
    expect(old.Contents?.map(({ Key, Size, ETag }) => [Key, Size, ETag])).toEqual([
      ["s", 1, '"9dd4e461268c8034f5c8564e155c67a6"'],
    ]);
    const none = await client.send(new ListObjectsV2Command({ Bucket: "box", MaxKeys: 0 }));
    expect([none.KeyCount, none.IsTruncated]).toEqual([0, false]);
  });

  it("in pages of any size tells every key and common prefix once", () => {
    const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "é"), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.uniqueArray(key),
        fc.constantFrom("", "/", "a/", "aa"),
        fc.constantFrom("", "a", "/", "a/"),
        fc.integer({ min: 1, max: 4 }),
        (keys, delimiter, prefix, limit) => {
          const order = new KeyOrder();
          for (const one of keys) order.add(one);
          const expected = new Set<string>();
          for (const one of keys.filter((k) => k.startsWith(prefix))) {
            const at = delimiter === "" ? -1 : one.indexOf(delimiter, prefix.length);
            expected.add(at < 0 ? one : one.slice(0, at + delimiter.length));
          }
          const told: string[] = [];
          let after = "";
          for (let pages = 0; pages <= keys.length; pages++) {
            const page = order.page({ prefix, delimiter, after, limit });
            told.push(...page.keys, ...page.prefixes);
            if (page.next === undefined) break;
            after = page.next;
            expect(fromBytes(after)).toBeDefined();
          }
          expect(told).toHaveLength(expected.size);
          expect(new Set(told)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});
