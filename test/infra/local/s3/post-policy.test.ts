import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyId, type Running, region, runS3, secret, temporary } from "./running.ts";

type Condition = Record<string, string> | [string, string | number, string | number];

/** The fields of a form as a signer hands them out. */
function signedFields(conditions: Condition[], o: { seconds?: number; token?: boolean } = {}): Record<string, string> {
  const date = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  const fields: Record<string, string> = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${o.token ? temporary.accessKeyId : keyId}/${scope}`,
    "X-Amz-Date": date,
    ...(o.token && { "X-Amz-Security-Token": temporary.sessionToken }),
  };
  const expiration = new Date(Date.now() + (o.seconds ?? 60) * 1000).toISOString();
  const own = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: [...own, ...conditions] })).toString("base64");
  const start = `AWS4${o.token ? temporary.secretAccessKey : secret}`;
  const key = scope
    .split("/")
    .reduce<Buffer | string>((k, part) => createHmac("sha256", k).update(part).digest(), start);
  return { ...fields, Policy: policy, "X-Amz-Signature": createHmac("sha256", key).update(policy).digest("hex") };
}

async function post(
  running: Running,
  fields: Record<string, string>,
  file: Uint8Array<ArrayBuffer> | undefined,
  name = "file.bin",
) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  if (file) form.append("file", new Blob([file]), name);
  const response = await fetch(`${running.server.url}/box`, { method: "POST", body: form, redirect: "manual" });
  const text = await response.text();
  return { response, text, result: `${response.status} ${/<Code>(\w+)/.exec(text)?.[1] ?? ""}`.trim() };
}

const bytes = (length: number) => new Uint8Array(randomBytes(length));
const conditions: Condition[] = [
  { bucket: "box" },
  ["starts-with", "$key", "in/"],
  ["content-length-range", 3, 1_000_000],
  ["eq", "$Content-Type", "text/csv"],
  ["starts-with", "$x-amz-meta-name", ""],
];
const form = { key: "in/a", "Content-Type": "text/csv" };

describe("a POST policy", () => {
  it("lets in a file that keeps to it, byte for byte", async () => {
    const running = await runS3();
    const file = bytes(900_000);
    const { result } = await post(running, { ...form, ...signedFields(conditions), "x-amz-meta-name": "data" }, file);
    expect(result).toBe("204");
    const got = await running.server.get("box", "in/a");
    expect(got?.body.equals(file)).toBe(true);
    expect(got?.contentType).toBe("text/csv");
    expect(running.calls).toMatchObject([
      { action: "s3:PutObject", resource: "arn:aws:s3:::box/in/a", context: { "s3:authType": "POST" } },
    ]);
    expect(running.events).toMatchObject([{ eventName: "ObjectCreated:Post", size: 900_000 }]);
  });

  it("refuses what it does not allow, and leaves nothing", async () => {
    const running = await runS3();
    const signed = signedFields(conditions);
    const good = { ...form, ...signed, "x-amz-meta-name": "" };
    expect((await post(running, { ...good, key: "out/a" }, bytes(10))).result).toBe("403 AccessDenied");
    expect((await post(running, { ...good, "Content-Type": "text/html" }, bytes(10))).result).toBe("403 AccessDenied");
    expect((await post(running, { ...good, "x-amz-meta-other": "x" }, bytes(10))).text).toContain(
      "Extra input fields: x-amz-meta-other",
    );
    expect((await post(running, good, bytes(1_000_001))).result).toBe("400 EntityTooLarge");
    expect((await post(running, good, bytes(2))).result).toBe("400 EntityTooSmall");
    expect((await post(running, good, undefined)).result).toBe("400 InvalidArgument");
    expect((await post(running, { ...good, "X-Amz-Signature": "0".repeat(64) }, bytes(10))).result).toBe(
      "403 SignatureDoesNotMatch",
    );
    const widened = Buffer.from((signed.Policy ?? "").replace(/.$/, "x")).toString();
    expect((await post(running, { ...good, Policy: widened }, bytes(10))).result).toBe("403 SignatureDoesNotMatch");
    expect(
      (await post(running, { ...form, ...signedFields(conditions, { seconds: -1 }), "x-amz-meta-name": "" }, bytes(10)))
        .text,
    ).toContain("Policy expired.");
    expect((await post(running, form, bytes(10))).result).toBe("403 AccessDenied");
    const elsewhere = signedFields([{ bucket: "other" }, ...conditions.slice(1)]);
    expect((await post(running, { ...good, ...elsewhere }, bytes(10))).result).toBe("403 AccessDenied");
    expect(running.server.list("box")).toEqual([]);
    expect(running.events).toEqual([]);
  });

  it("answers as the form wishes, names the file, and works with a token and around any bytes", async () => {
    const running = await runS3();
    const open: Condition[] = [
      { bucket: "box" },
      ["starts-with", "$key", ""],
      ["starts-with", "$success_action_status", ""],
      ["starts-with", "$success_action_redirect", ""],
    ];
    const signed = { key: "in/${filename}", success_action_redirect: "", ...signedFields(open, { token: true }) };
    const file = new Uint8Array(Buffer.from("\r\n------\r\n--\r\n\r\n"));
    const created = await post(running, { ...signed, success_action_status: "201" }, file, "ü b.txt");
    expect(created.result).toBe("201");
    expect(created.text).toContain("<Key>in/ü b.txt</Key>");
    expect((await running.server.get("box", "in/ü b.txt"))?.body.equals(Buffer.from(file))).toBe(true);
    const moved = await post(
      running,
      { ...signed, success_action_status: "", success_action_redirect: "http://127.0.0.1:1/done" },
      file,
      "c",
    );
    expect(moved.response.status).toBe(303);
    expect(moved.response.headers.get("location")).toContain("http://127.0.0.1:1/done?bucket=box&key=in%2Fc&etag=");
  });
});
