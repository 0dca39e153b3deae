import { execFile } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { describe, expect, it } from "vitest";
import { keyId, type Running, region, runS3, secret, temporary, temporaryFolder } from "./running.ts";

const run = promisify(execFile);
const hex = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();
const stamp = (time = Date.now()) => `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;

async function code(response: Response): Promise<string> {
  return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1] ?? ""}`.trim();
}

/** A signature written out by hand, so that the server is not measured against the SDK alone. */
function sign(
  running: Running,
  o: { method?: string; path?: string; payload: string; headers?: Record<string, string>; time?: number },
) {
  const date = stamp(o.time);
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  const headers: Record<string, string> = {
    host: running.server.url.slice(7),
    "x-amz-content-sha256": o.payload,
    "x-amz-date": date,
    ...o.headers,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    o.method ?? "PUT",
    o.path ?? "/box/k",
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    o.payload,
  ].join("\n");
  const key = scope.split("/").reduce<Buffer | string>((k, part) => hmac(k, part), `AWS4${secret}`) as Buffer;
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hex(canonical)}`).toString("hex");
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { headers, key, date, scope, signature };
}

async function send(
  running: Running,
  headers: Record<string, string>,
  body: string | Buffer,
  method = "PUT",
  path = "/box/k",
): Promise<Response> {
  const { host: _, ...rest } = headers;
  return fetch(running.server.url + path, { method, headers: rest, body: Buffer.from(body) });
}

/** A body in signed chunks, as SDKs frame it. */
function signedChunks(seed: ReturnType<typeof sign>, chunks: Buffer[], trailer?: [string, string]): Buffer {
  let previous = seed.signature;
  const next = (word: string, ...hashes: string[]) => {
    previous = hmac(
      seed.key,
      [`AWS4-HMAC-SHA256-${word}`, seed.date, seed.scope, previous, ...hashes].join("\n"),
    ).toString("hex");
    return previous;
  };
  const frames = [...chunks, Buffer.alloc(0)].map((chunk) => {
    const head = `${chunk.length.toString(16)};chunk-signature=${next("PAYLOAD", hex(""), hex(chunk))}\r\n`;
    return Buffer.concat([Buffer.from(head), chunk, Buffer.from(chunk.length > 0 ? "\r\n" : "")]);
  });
  if (!trailer) return Buffer.concat([...frames, Buffer.from("\r\n")]);
  const [name, value] = trailer;
  const end = `${name}:${value}\r\nx-amz-trailer-signature:${next("TRAILER", hex(`${name}:${value}\n`))}\r\n\r\n`;
  return Buffer.concat([...frames, Buffer.from(end)]);
}

describe("a presigned upload", () => {
  const bound = { ContentType: "text/csv", ContentLength: 5, IfNoneMatch: "*" };
  async function uploadUrl(running: Running): Promise<string> {
    const client = running.clientWith({ requestChecksumCalculation: "WHEN_REQUIRED" });
    const put = new PutObjectCommand({ Bucket: "box", Key: "in/put a.csv", ...bound });
    return getSignedUrl(client, put, { expiresIn: 60, signableHeaders: new Set(["content-type", "content-length"]) });
  }
  const put = (url: string, body: string, type = "text/csv", none = "*") =>
    fetch(url, { method: "PUT", body, headers: { "content-type": type, ...(none && { "if-none-match": none }) } });

  it("takes the file it was made for, once", async () => {
    const running = await runS3();
    const url = await uploadUrl(running);
    expect((await put(url, "a,b,c")).status).toBe(200);
    expect(await code(await put(url, "a,b,c"))).toBe("412 PreconditionFailed");
    const got = await running.server.get("box", "in/put a.csv");
    expect(got).toMatchObject({ contentType: "text/csv", etag: createHash("md5").update("a,b,c").digest("hex") });
    expect(running.calls.at(-1)).toMatchObject({
      accessKeyId: keyId,
      action: "s3:PutObject",
      resource: "arn:aws:s3:::box/in/put a.csv",
    });
  });

  it("refuses another type, another length, a missing condition, another key and another method", async () => {
    const running = await runS3();
    const url = await uploadUrl(running);
    expect(await code(await put(url, "a,b,c", "text/plain"))).toBe("403 SignatureDoesNotMatch");
    expect(await code(await put(url, "a,b,c,d"))).toBe("403 SignatureDoesNotMatch");
    expect(await code(await put(url, "a,b,c", "text/csv", ""))).toBe("403 SignatureDoesNotMatch");
    expect(await code(await put(url.replace("put%20a", "put%20b"), "a,b,c"))).toBe("403 SignatureDoesNotMatch");
    expect(await code(await put(url.replace("Expires=60", "Expires=61"), "a,b,c"))).toBe("403 SignatureDoesNotMatch");
    expect(await code(await fetch(url, { headers: { "content-type": "text/csv" } }))).toBe("403 SignatureDoesNotMatch");
    const loose = await fetch(url, {
      method: "PUT",
      body: "a,b,c",
      headers: { "content-type": "text/csv", "if-none-match": "*", "x-amz-meta-a": "b" },
    });
    expect(await code(loose)).toBe("403 AccessDenied");
    expect(running.server.list("box")).toEqual([]);
    expect(running.calls).toEqual([]);
  });

  it("keeps metadata and checksums that the signer put into the address", async () => {
    const running = await runS3();
    const put = new PutObjectCommand({
      Bucket: "box",
      Key: "k",
      Metadata: { person: "alice" },
      ChecksumSHA256: createHash("sha256").update("hello").digest("base64"),
    });
    const url = await getSignedUrl(running.client, put, { expiresIn: 60, unhoistableHeaders: new Set() });
    expect(await code(await fetch(url, { method: "PUT", body: "other" }))).toBe("400 BadDigest");
    expect((await fetch(url, { method: "PUT", body: "hello" })).status).toBe(200);
    const got = await running.client.send(new GetObjectCommand({ Bucket: "box", Key: "k" }));
    expect(got.Metadata).toEqual({ person: "alice" });
  });
});

describe("a presigned download", () => {
  it("serves with the headers it asks for, and in ranges", async () => {
    const running = await runS3();
    await running.server.put("box", "out.txt", Buffer.from("hello"), "text/plain");
    const get = new GetObjectCommand({
      Bucket: "box",
      Key: "out.txt",
      ResponseContentDisposition: 'attachment; filename="ä b.txt"',
      ResponseContentType: "application/x-own",
    });
    const url = await getSignedUrl(running.clientWith({ credentials: temporary }), get, { expiresIn: 60 });
    const whole = await fetch(url);
    expect(await whole.text()).toBe("hello");
    expect(whole.headers.get("content-type")).toBe("application/x-own");
    expect(whole.headers.get("content-disposition")).toBe('attachment; filename="ä b.txt"');
    const part = await fetch(url, { headers: { range: "bytes=1-3" } });
    expect([part.status, await part.text()]).toEqual([206, "ell"]);
  });

  it("that was signed for one range serves no other", async () => {
    const running = await runS3();
    await running.server.put("box", "pack", Buffer.from("0123456789"));
    const url = await getSignedUrl(
      running.client,
      new GetObjectCommand({ Bucket: "box", Key: "pack", Range: "bytes=2-4" }),
      {
        expiresIn: 60,
        unhoistableHeaders: new Set(["range"]),
      },
    );
    expect(await (await fetch(url, { headers: { range: "bytes=2-4" } })).text()).toBe("234");
    expect(await code(await fetch(url, { headers: { range: "bytes=2-5" } }))).toBe("403 SignatureDoesNotMatch");
    expect(await code(await fetch(url))).toBe("403 SignatureDoesNotMatch");
  });

  it("ends, begins and needs its token as on AWS", async () => {
    const running = await runS3();
    await running.server.put("box", "k", Buffer.from("x"));
    const get = new GetObjectCommand({ Bucket: "box", Key: "k" });
    const at = (ms: number) =>
      getSignedUrl(running.client, get, { expiresIn: 60, signingDate: new Date(Date.now() + ms) });
    const expired = await fetch(await at(-61_000));
    expect(expired.status).toBe(403);
    expect(await expired.text()).toContain("<Code>AccessDenied</Code><Message>Request has expired</Message>");
    expect(await code(await fetch(await at(16 * 60_000)))).toBe("403 RequestTimeTooSkewed");
    expect((await fetch(await at(60_000))).status).toBe(200);
    const url = new URL(await getSignedUrl(running.clientWith({ credentials: temporary }), get, { expiresIn: 60 }));
    expect((await fetch(url)).status).toBe(200);
    url.searchParams.set("X-Amz-Security-Token", "another");
    expect(await code(await fetch(url))).toBe("400 InvalidToken");
    url.searchParams.delete("X-Amz-Security-Token");
    expect(await code(await fetch(url))).toBe("403 InvalidAccessKeyId");
  });
});

describe("a signature in the header", () => {
  it("holds for 15 minutes and for the body that was hashed", async () => {
    const running = await runS3();
    const payload = hex("hello");
    expect((await send(running, sign(running, { payload }).headers, "hello")).status).toBe(200);
    expect(await code(await send(running, sign(running, { payload }).headers, "hellO"))).toBe(
      "400 XAmzContentSHA256Mismatch",
    );
    const late = sign(running, { payload, time: Date.now() - 16 * 60_000 });
    expect(await code(await send(running, late.headers, "hello"))).toBe("403 RequestTimeTooSkewed");
    const unsigned = sign(running, { payload: "UNSIGNED-PAYLOAD" });
    expect((await send(running, unsigned.headers, "anything")).status).toBe(200);
    const loose = { ...sign(running, { payload }).headers, "x-amz-meta-a": "added" };
    expect(await code(await send(running, loose, "hello"))).toBe("403 AccessDenied");
    expect((await running.server.get("box", "k"))?.body.toString()).toBe("anything");
  });

  it("is needed: nobody unsigned reads, writes or lists", async () => {
    const running = await runS3();
    await running.server.put("box", "k", Buffer.from("x"));
    for (const [method, path] of [
      ["GET", "/box/k"],
      ["PUT", "/box/k"],
      ["GET", "/box"],
      ["DELETE", "/box/k"],
      ["GET", "/"],
      ["HEAD", "/box/k"],
    ] as const) {
      const response = await fetch(running.server.url + path, { method });
      expect([path, response.status]).toEqual([path, 403]);
    }
    expect(running.calls).toEqual([]);
  });

  it("goes on over signed chunks, each of which is verified", async () => {
    const running = await runS3();
    const chunks = [randomBytes(65_536), randomBytes(65_536), randomBytes(100)];
    const body = Buffer.concat(chunks);
    const seed = () =>
      sign(running, {
        payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        headers: { "x-amz-decoded-content-length": String(body.length), "content-encoding": "aws-chunked" },
      });
    const good = seed();
    expect((await send(running, good.headers, signedChunks(good, chunks))).status).toBe(200);
    expect((await running.server.get("box", "k"))?.body.equals(body)).toBe(true);

    const swapped = seed();
    const framed = signedChunks(swapped, chunks);
    framed[70_000] = (framed[70_000] ?? 0) ^ 1;
    expect(await code(await send(running, swapped.headers, framed))).toBe("403 SignatureDoesNotMatch");
    const cut = seed();
    const short = signedChunks(cut, chunks.slice(0, 2));
    expect(await code(await send(running, cut.headers, short))).toBe("400 IncompleteBody");
    const small = seed();
    const many = signedChunks(small, [body.subarray(0, 100), body.subarray(100)]);
    expect(await code(await send(running, small.headers, many))).toBe("403 InvalidChunkSizeError");
    expect((await running.server.get("box", "k"))?.body.equals(body)).toBe(true);
  });

  it("covers the trailing checksum of signed chunks", async () => {
    const running = await runS3();
    const body = randomBytes(10_000);
    const sum = createHash("sha256").update(body).digest("base64");
    const seed = () =>
      sign(running, {
        payload: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        headers: { "x-amz-decoded-content-length": "10000", "x-amz-trailer": "x-amz-checksum-sha256" },
      });
    const good = seed();
    expect((await send(running, good.headers, signedChunks(good, [body], ["x-amz-checksum-sha256", sum]))).status).toBe(
      200,
    );
    const wrong = seed();
    const other = createHash("sha256").update("other").digest("base64");
    expect(
      await code(await send(running, wrong.headers, signedChunks(wrong, [body], ["x-amz-checksum-sha256", other]))),
    ).toBe("400 BadDigest");
    const none = seed();
    expect(await code(await send(running, none.headers, signedChunks(none, [body])))).toBe("403 SignatureDoesNotMatch");
    const forged = seed();
    const framed = signedChunks(forged, [body], ["x-amz-checksum-sha256", sum]).toString("latin1");
    const broken = Buffer.from(framed.replace(/trailer-signature:./, "trailer-signature:x"), "latin1");
    expect(await code(await send(running, forged.headers, broken))).toBe("403 SignatureDoesNotMatch");
  });
});

describe("curl --aws-sigv4", () => {
  it("puts, gets, lists and deletes", async () => {
    const running = await runS3();
    const file = join(await temporaryFolder(), "file");
    const body = randomBytes(2_000_000);
    await writeFile(file, body);
    const curl = async (...args: string[]) => {
      const given = [
        "-sS",
        "--aws-sigv4",
        `aws:amz:${region}:s3`,
        "--user",
        `${keyId}:${secret}`,
        "-w",
        "\n%{http_code}",
        ...args,
      ];
      return (await run("curl", given, { encoding: "utf8", maxBuffer: 1e7 })).stdout;
    };
    const unsigned = ["-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD"];
    const at = `${running.server.url}/box/dir/file.bin`;
    expect(await curl(...unsigned, "-T", file, at)).toBe("\n200");
    expect((await running.server.get("box", "dir/file.bin"))?.body.equals(body)).toBe(true);
    expect(await curl(...unsigned, "-o", `${file}.back`, at)).toBe("\n200");
    expect(await curl(...unsigned, `${running.server.url}/box?list-type=2&prefix=dir%2F`)).toContain(
      "<Key>dir/file.bin</Key>",
    );
    expect(await curl(...unsigned, "-X", "DELETE", at)).toBe("\n204");
    expect(running.server.list("box")).toEqual([]);
  });
});

describe("a broken upload", () => {
  it("whose sender goes away leaves nothing", async () => {
    const running = await runS3();
    const { headers } = sign(running, { payload: "UNSIGNED-PAYLOAD" });
    const gone = new Promise((resolve) => {
      const upload = request(`${running.server.url}/box/k`, {
        method: "PUT",
        headers: { ...headers, "content-length": "1000000" },
      });
      upload.on("error", resolve);
      upload.write(randomBytes(500_000), () => setTimeout(() => upload.destroy(new Error("gone")), 50));
    });
    await gone;
    await running.restart();
    expect(running.server.list("box")).toEqual([]);
    expect(running.events).toEqual([]);
  });

  it("conflicts with a deletion that came between, where it was to be the first", async () => {
    const running = await runS3();
    const { headers } = sign(running, { payload: "UNSIGNED-PAYLOAD", headers: { "if-none-match": "*" } });
    const answer = new Promise<string>((resolve, reject) => {
      const upload = request(`${running.server.url}/box/k`, {
        method: "PUT",
        headers: { ...headers, "content-length": "10" },
      });
      upload.on("response", (response) => response.setEncoding("utf8").once("data", resolve));
      upload.on("error", reject);
      upload.write("half ", async () => {
        // The judge was asked: the upload has begun.
        for (let n = 0; n < 500 && running.calls.length === 0; n++) await new Promise((wait) => setTimeout(wait, 10));
        await running.server.put("box", "k", Buffer.from("other"));
        await running.client.send(new DeleteObjectCommand({ Bucket: "box", Key: "k" }));
        upload.end("whole");
      });
    });
    expect(await answer).toContain("<Code>ConditionalRequestConflict</Code>");
    expect(running.server.list("box")).toEqual([]);
  });

  it("of more than 5 GiB is refused", async () => {
    const running = await runS3();
    const { headers } = sign(running, { payload: "UNSIGNED-PAYLOAD" });
    const refused = await new Promise<string>((resolve, reject) => {
      const length = String(5 * 1024 ** 3 + 1);
      const upload = request(`${running.server.url}/box/k`, {
        method: "PUT",
        headers: { ...headers, "content-length": length, expect: "100-continue" },
      });
      upload.on("response", (response) => response.setEncoding("utf8").once("data", resolve));
      upload.on("error", reject);
      upload.flushHeaders();
    });
    expect(refused).toContain("<Code>EntityTooLarge</Code>");
  });

  it("that is refused before its body was sent is told so at once", async () => {
    const running = await runS3({ judge: () => ({ allowed: false, message: "role x may not s3:PutObject" }) });
    const { headers } = sign(running, { payload: "UNSIGNED-PAYLOAD" });
    const answer = await new Promise<string>((resolve, reject) => {
      const upload = request(`${running.server.url}/box/k`, {
        method: "PUT",
        headers: { ...headers, "content-length": "1000000", expect: "100-continue" },
      });
      upload.on("continue", () => reject(new Error("the server asked for the body")));
      upload.on("response", (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece) => {
          text += piece;
        });
        response.on("end", () => resolve(text));
      });
      upload.on("error", reject);
      upload.flushHeaders();
    });
    expect(answer).toContain("<Code>AccessDenied</Code><Message>role x may not s3:PutObject</Message>");
  });
});
