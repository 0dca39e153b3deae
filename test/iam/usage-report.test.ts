// The report on what roles allow and what a run used of it.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJudge, type PolicyDocument } from "../../infra/local/iam/judge.ts";
import type { Template } from "../../infra/local/iam/template-roles.ts";
import { normalise, openUsage } from "../../infra/local/iam/usage.ts";

const arn = { "Fn::GetAtt": ["Bucket", "Arn"] };
const trust = (Service: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } }],
});

function templateOf(statements: object[]): Template {
  const role = (more: object) => ({
    Type: "AWS::IAM::Role",
    Properties: { AssumeRolePolicyDocument: trust("lambda.amazonaws.com"), ...more },
  });
  const runsAs = (id: string) => ({
    Type: "AWS::Lambda::Function",
    Properties: { Role: { "Fn::GetAtt": [id, "Arn"] } },
  });
  return {
    Resources: {
      ApiPolicy: {
        Type: "AWS::IAM::Policy",
        Properties: { PolicyDocument: { Version: "2012-10-17", Statement: statements }, Roles: [{ Ref: "ApiRole" }] },
      },
      ApiRole: role({}),
      Api: runsAs("ApiRole"),
      CustomRole: role({ ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"] }),
      Custom: runsAs("CustomRole"),
      Made: { Type: "Custom::Thing", Properties: { ServiceToken: { "Fn::GetAtt": ["Custom", "Arn"] } } },
    },
  };
}

const read = { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: arn };
const send = { Effect: "Allow", Action: "sqs:SendMessage", Resource: arn };
const guard = { Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-iam-"));
  mkdirSync(join(folder, "cdk.out"));
  mkdirSync(join(folder, "iam"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function report(...files: string[]) {
  const env = { ...process.env, HEADGATE_IAM: join(folder, "iam"), HEADGATE_ASSEMBLY: join(folder, "cdk.out") };
  const ran = spawnSync(process.execPath, ["test/iam/report.ts", ...files], { encoding: "utf8", env });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

/** Makes calls as a function would, judged by the template's statements with their resources resolved. */
function runWith(statements: object[], calls: [action: string, resource: string][], name = "api", file = "one") {
  writeFileSync(join(folder, "cdk.out", "Headgate.template.json"), JSON.stringify(templateOf(statements)));
  const resolved = JSON.parse(JSON.stringify(statements).replaceAll(JSON.stringify(arn), '"arn:aws:s3:::b/*"'));
  const usage = openUsage({ file: join(folder, "iam", `${file}.ndjson`) });
  const judge = createJudge({
    principals: [
      {
        name,
        accessKeyId: "LOCAL",
        secretAccessKey: "s",
        sessionToken: "t",
        role: "ApiRole",
        policies: [{ Version: "2012-10-17", Statement: resolved }],
        judged: true,
      },
    ],
    record: usage.record,
  });
  const document = trust("lambda.amazonaws.com") as PolicyDocument;
  judge.assume({ principal: name, role: "ApiRole", service: "lambda.amazonaws.com", trust: document });
  for (const [action, resource] of calls) {
    judge.judge({ accessKeyId: "LOCAL", action, resources: [resource], context: {} });
  }
  usage.close();
}

describe("npm run iam", () => {
  it("is content where every statement was used, whatever did not run into a deny", () => {
    runWith(
      [read, guard],
      [
        ["s3:GetObject", "arn:aws:s3:::b/1"],
        ["s3:PutObject", "arn:aws:s3:::b/1"],
      ],
    );

    const { code, out } = report();

    expect(out).toContain(
      "    Read: Allow s3:GetObject, s3:PutObject on Bucket\n        s3:GetObject arn:aws:s3:::b/<n> x 1\n",
    );
    expect(out).toContain("trust Allow sts:AssumeRole by lambda.amazonaws.com\n        sts:AssumeRole ApiRole x 1");
    expect(out).toContain("CustomRole (listed, not judged");
    expect(out).toContain("0 unused statements\n0 refused calls\n");
    expect(code).toBe(0);
  });

  it("fails on a statement that nothing used, and names actions that nobody asked for", () => {
    runWith([read, send], [["s3:GetObject", "arn:aws:s3:::b/1"]]);

    const { code, out } = report();

    expect(out).toContain("(not asked for: s3:PutObject)");
    expect(out).toContain("1 unused statement\n    ApiRole: Allow sqs:SendMessage on Bucket\n");
    expect(code).toBe(1);
  });

  it("fails on a refused call, but not on one that a test made on purpose", () => {
    const reading: [string, string] = ["s3:GetObject", "arn:aws:s3:::b/1"];
    runWith([read], [reading]);
    runWith([read], [["s3:DeleteObject", "arn:aws:s3:::b/1"]], "test:thief", "two");
    expect(report().code).toBe(0);

    runWith([read], [["s3:DeleteObject", "arn:aws:s3:::b/1"]], "api", "three");
    const { code, out } = report();
    expect(out).toMatch(/1 refused call\n {4}api: s3:DeleteObject .*missing: \{"Effect":"Allow".* x 1/);
    expect(code).toBe(1);
  });

  it("adds up several files, or those that are named", () => {
    runWith([read, send], [["s3:GetObject", "arn:aws:s3:::b/1"]]);
    runWith([read, send], [["sqs:SendMessage", "arn:aws:s3:::b/1"]], "api", "two");

    expect(report().code).toBe(0);
    expect(report(join(folder, "iam", "one.ndjson")).code).toBe(1);
  });

  it("refuses usage of another template, a damaged file, and no usage at all", () => {
    expect(report().err).toContain("npm run synth");
    runWith([read], []);
    rmSync(join(folder, "iam", "one.ndjson"));
    expect(report()).toMatchObject({ code: 1, err: expect.stringContaining("npm test") });

    runWith([read], [["s3:GetObject", "arn:aws:s3:::b/1"]]);
    appendFileSync(join(folder, "iam", "one.ndjson"), '{"principal":"ap');
    expect(report().code).toBe(0);
    runWith([send], [], "api", "two");
    expect(report()).toMatchObject({ code: 1, err: expect.stringContaining("is not in this template") });
    writeFileSync(join(folder, "iam", "one.ndjson"), "garbage\n");
    expect(report()).toMatchObject({ code: 1, err: expect.stringContaining("line 1 of") });
  });
});

describe("a usage file", () => {
  const entry = {
    principal: "api",
    role: "ApiRole",
    statement: undefined,
    action: "s3:GetObject",
    allowed: true,
    at: "2026-01-01T00:00:00.000Z",
  };
  const lines = () =>
    readFileSync(join(folder, "u.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("has a first use at once and a thousand more as one line", () => {
    const usage = openUsage({ file: join(folder, "u.ndjson") });
    for (let n = 0; n < 1001; n++) usage.record({ ...entry, resource: `arn:aws:s3:::b/${n}` });
    expect(lines()).toMatchObject([{ resource: "arn:aws:s3:::b/<n>", count: 1 }]);

    usage.close();
    expect(lines().map(({ count }) => count)).toEqual([1, 1000]);
  });

  it("is mended where its writer died in the middle of a line", () => {
    const first = openUsage({ file: join(folder, "u.ndjson") });
    first.record({ ...entry, resource: "*" });
    appendFileSync(join(folder, "u.ndjson"), '{"principal":"é');

    openUsage({ file: join(folder, "u.ndjson") }).record({ ...entry, resource: "*" });
    expect(lines()).toHaveLength(2);
  });

  it("takes ids out of resources, and leaves accounts and names", () => {
    const ulid = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
    expect(normalise(`arn:aws:s3:::inputs-0123/uploads/${ulid}/${ulid}`)).toBe(
      "arn:aws:s3:::inputs-0123/uploads/<ulid>/<ulid>",
    );
    expect(normalise("arn:aws:s3:::r/receipts/local/2026-01-02T03/x.json")).toBe(
      "arn:aws:s3:::r/receipts/local/<time>/x.json",
    );
    expect(normalise("arn:aws:sqs:eu-west-1:000000000000:Q.fifo")).toBe("arn:aws:sqs:eu-west-1:000000000000:Q.fifo");
    expect(normalise("*")).toBe("*");
  });
});
