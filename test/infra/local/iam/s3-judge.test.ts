// The small S3 before the judge.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createJudge, type PolicyDocument, type UsageEntry } from "../../../../infra/local/iam/judge.ts";
import { judgeS3 } from "../../../../infra/local/iam/s3-judge.ts";
import { type S3Server, startS3 } from "../../../../infra/local/s3/server.ts";

const credentials = { accessKeyId: "LOCALHEADNODE", secretAccessKey: "s", sessionToken: "t" };
const entries: UsageEntry[] = [];
let dir: string;
let server: S3Server;
let client: S3Client;

const bucketPolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: "s3:*",
      Resource: ["arn:aws:s3:::results", "arn:aws:s3:::results/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::results/results/local/frozen" },
  ],
};

beforeEach(async () => {
  entries.length = 0;
  dir = mkdtempSync(join(tmpdir(), "headgate-s3-judge-"));
  const judge = createJudge({
    principals: [
      {
        ...credentials,
        name: "headnode:local",
        role: "HeadnodeRole",
        judged: true,
        policies: [
          {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Action: ["s3:PutObject", "s3:GetObject"],
                Resource: "arn:aws:s3:::results/results/local/*",
              },
            ],
          },
        ],
      },
    ],
    record: (entry) => entries.push(entry),
  });
  const asked = judgeS3({ judge, bucketPolicies: (bucket) => (bucket === "results" ? [bucketPolicy] : []) });
  const region = "eu-west-1";
  server = await startS3({
    dir,
    port: 0,
    region,
    credentials: judge.principalOf,
    judge: asked,
    onEvent: () => undefined,
  });
  await server.createBucket("results");
  client = new S3Client({ endpoint: server.url, region, credentials, forcePathStyle: true, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

const put = (Key: string) => client.send(new PutObjectCommand({ Bucket: "results", Key, Body: "x" }));

it("lets a head node write its own results only, and tells it what statement is missing", async () => {
  await put("results/local/a");

  await expect(put("results/other/a")).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining('"Resource":"arn:aws:s3:::results/results/other/a"'),
  });
  expect(entries.map(({ allowed, action }) => [allowed, action])).toEqual([
    [true, "s3:PutObject"],
    [false, "s3:PutObject"],
  ]);
});

it("lets the bucket's own policy deny what the role allows", async () => {
  await expect(put("results/local/frozen")).rejects.toThrow("denied by");
});

it("answers a missing key with 403 where listing is not allowed, and records no call for that question", async () => {
  await expect(
    client.send(new GetObjectCommand({ Bucket: "results", Key: "results/local/none" })),
  ).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  expect(entries.map(({ allowed, action }) => [allowed, action])).toEqual([[true, "s3:GetObject"]]);
});
