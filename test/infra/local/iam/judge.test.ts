// IAM's evaluation: default deny, allow, deny above all, conditions, and what is recorded of it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM writes its variables so
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConditionBlock, Context } from "../../../../infra/local/iam/conditions.ts";
import {
  type Call,
  createJudge,
  type PolicyDocument,
  type Statement,
  type UsageEntry,
} from "../../../../infra/local/iam/judge.ts";

const key = "LOCALAPIAPIAPIAPIAPIA";
const bucket = "arn:aws:s3:::batches";

function policy(...Statement: Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement };
}

function courtOf(policies: PolicyDocument[], more: { judged?: boolean } = {}) {
  const entries: UsageEntry[] = [];
  const principal = {
    name: "api",
    accessKeyId: key,
    secretAccessKey: "secret",
    sessionToken: "token",
    role: "ApiRole",
    policies,
    judged: true,
    ...more,
  };
  const court = createJudge({ principals: [principal], record: (entry) => entries.push(entry) });
  const ask = (call: Partial<Call>) =>
    court.judge({
      accessKeyId: key,
      action: "s3:GetObject",
      resources: [`${bucket}/local/a.json`],
      context: {},
      ...call,
    });
  return { court, ask, entries };
}

const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: `${bucket}/local/*`,
  ...more,
});

describe("a call", () => {
  it("is refused by default, with the missing statement to paste", () => {
    const { ask, entries } = courtOf([policy(allow())]);

    const verdict = ask({ action: "s3:PutObject" });

    expect(verdict).toEqual({
      allowed: false,
      principal: "api",
      message:
        "api may not s3:PutObject on arn:aws:s3:::batches/local/a.json: no statement of role ApiRole allows it; " +
        'missing: {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::batches/local/a.json"}',
    });
    expect(entries).toMatchObject([{ principal: "api", role: "ApiRole", allowed: false, action: "s3:PutObject" }]);
  });

  it("is allowed by a statement, which is recorded", () => {
    const { ask, entries } = courtOf([
      policy(),
      policy({ ...allow(), Effect: "Deny", Action: "s3:Put*" }, allow({ Sid: "Read" })),
    ]);

    expect(ask({})).toEqual({ allowed: true, principal: "api" });
    expect(entries).toMatchObject([
      { allowed: true, statement: { policy: 1, index: 1, sid: "Read", json: { Sid: "Read" } } },
    ]);
  });

  it("compares actions without case and resources with it", () => {
    const { ask } = courtOf([policy(allow({ Action: ["S3:getobj*"] }))]);

    expect(ask({}).allowed).toBe(true);
    expect(ask({ resources: [`${bucket}/Local/a.json`] }).allowed).toBe(false);
  });

  it("is allowed by NotAction and NotResource only outside of what they name", () => {
    const { NotAction, ...rest } = { ...allow(), NotAction: "s3:Put*" };
    const { Action: _, ...bare } = rest;
    const { ask } = courtOf([policy({ ...bare, NotAction })]);
    const { Resource: __, ...anywhere } = allow();
    const other = courtOf([policy({ ...anywhere, NotResource: `${bucket}/local/*` })]);

    expect([ask({}).allowed, ask({ action: "S3:putObject" }).allowed]).toEqual([true, false]);
    expect([other.ask({}).allowed, other.ask({ resources: [`${bucket}/other`] }).allowed]).toEqual([false, true]);
  });

  it("needs every one of its resources", () => {
    const { ask, entries } = courtOf([policy(allow())]);

    expect(ask({ resources: [`${bucket}/local/a`, `${bucket}/other/a`] })).toMatchObject({ allowed: false });
    expect(entries.map(({ resource, allowed }) => [resource, allowed])).toEqual([[`${bucket}/other/a`, false]]);
    expect(ask({ resources: [`${bucket}/local/a`, `${bucket}/local/b`] }).allowed).toBe(true);
    expect(() => ask({ resources: [] })).toThrow("no resource");
  });

  it("of an unknown key is refused, and of an unjudged principal allowed and not recorded", () => {
    const { ask, entries } = courtOf([], { judged: false });

    expect(ask({ accessKeyId: "AKIAOTHER" })).toMatchObject({ allowed: false, principal: undefined });
    expect(ask({ action: "iam:CreateUser" }).allowed).toBe(true);
    expect(entries).toEqual([]);
  });

  it("that is only a probe is not recorded", () => {
    const { ask, entries } = courtOf([policy(allow())]);

    expect(ask({ recorded: false, action: "s3:ListBucket", resources: [bucket] }).allowed).toBe(false);
    expect(entries).toEqual([]);
  });
});

describe("a resource's own policy", () => {
  const role = "arn:aws:iam::000000000000:role/ApiRole";
  const on = (more: Partial<Statement>) => policy({ ...allow(), Principal: "*", ...more });

  it("allows the role it names, and by its account alone nobody", () => {
    const { ask, entries } = courtOf([]);
    const account = on({ Principal: { AWS: "arn:aws:iam::000000000000:root" } });

    expect(ask({ resourcePolicies: [on({ Principal: { AWS: [role] } })] }).allowed).toBe(true);
    expect(entries[0]?.statement).toMatchObject({ policy: "resource" });
    expect(ask({ resourcePolicies: [account] }).allowed).toBe(false);
    expect(ask({ resourcePolicies: [on({ Principal: { AWS: `${role}x` } })] }).allowed).toBe(false);
    expect(ask({ resourcePolicies: [on({ Principal: { Service: "s3.amazonaws.com" } })] }).allowed).toBe(false);
  });

  it("denies whatever the role's policies allow", () => {
    const plain = on({
      Effect: "Deny",
      Action: "s3:*",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
    const { ask } = courtOf([policy(allow())]);

    expect(ask({ resourcePolicies: [plain] }).allowed).toBe(true);
    expect(ask({ resourcePolicies: [plain], context: { "aws:SecureTransport": "false" } })).toMatchObject({
      allowed: false,
    });
    const account = on({ Effect: "Deny", Principal: { AWS: "000000000000" } });
    expect(ask({ resourcePolicies: [account] }).allowed).toBe(false);
    const { Principal: _, ...rest } = on({ Effect: "Deny" }).Statement[0] as Statement;
    expect(ask({ resourcePolicies: [policy({ ...rest, NotPrincipal: { AWS: role } })] }).allowed).toBe(true);
  });
});

describe("a trust policy", () => {
  it("lets in the service it names, and is recorded as used", () => {
    const { court, entries } = courtOf([]);
    const trust = policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } });
    const asking = { principal: "api", role: "ApiRole", trust };

    expect(court.assume({ ...asking, service: "lambda.amazonaws.com" }).allowed).toBe(true);
    expect(court.assume({ ...asking, service: "ssm.amazonaws.com" }).allowed).toBe(false);
    expect(entries.map(({ statement, allowed }) => [statement?.policy, allowed])).toEqual([
      ["trust", true],
      [undefined, false],
    ]);
  });
});

describe("a condition", () => {
  const holds = (Condition: ConditionBlock, context: Context) =>
    courtOf([policy(allow({ Condition }))]).ask({ context }).allowed;
  const cases: [string, ConditionBlock, Context, boolean][] = [
    ["equals", { StringEquals: { k: ["a", "b"] } }, { k: "b" }, true],
    ["equals takes no wildcard", { StringEquals: { k: "a*" } }, { k: "ab" }, false],
    ["equals a literal star", { StringEquals: { k: "a*" } }, { k: "a*" }, true],
    ["equals minds case", { StringEquals: { k: "A" } }, { k: "a" }, false],
    ["equals of an absent key", { StringEquals: { k: "a" } }, {}, false],
    ["key names are without case", { StringEquals: { K: "a" } }, { k: "a" }, true],
    ["if it exists, and it does not", { StringEqualsIfExists: { k: "a" } }, {}, true],
    ["if it exists, and it differs", { StringEqualsIfExists: { k: "a" } }, { k: "b" }, false],
    ["not equals", { StringNotEquals: { k: ["a", "b"] } }, { k: "c" }, true],
    ["not equals one of them", { StringNotEquals: { k: ["a", "b"] } }, { k: "b" }, false],
    ["not equals of an absent key", { StringNotEquals: { k: "a" } }, {}, true],
    ["ignoring case", { StringEqualsIgnoreCase: { k: "ABC" } }, { k: "abC" }, true],
    ["not, ignoring case", { StringNotEqualsIgnoreCase: { k: "ABC" } }, { k: "abC" }, false],
    ["like", { StringLike: { "s3:prefix": "receipts/*" } }, { "s3:prefix": "receipts/local/1" }, true],
    ["not like", { StringNotLike: { k: "a?" } }, { k: "ab" }, false],
    ["a variable", { StringEquals: { k: "${aws:PrincipalAccount}" } }, { k: "000000000000" }, true],
    ["a variable without a value", { StringNotEquals: { k: "${aws:nothing}" } }, { k: "a" }, false],
    ["arn like", { ArnLike: { k: "arn:aws:sqs:*:*:a*" } }, { k: "arn:aws:sqs:r:1:ab" }, true],
    ["arn equals takes wildcards", { ArnEquals: { k: "arn:aws:sqs:*:*:a*" } }, { k: "arn:aws:sqs:r:1:ab" }, true],
    ["arn does not cross parts", { ArnLike: { k: "arn:aws:sqs:*:ab" } }, { k: "arn:aws:sqs:r:1:ab" }, false],
    ["arn not like", { ArnNotLike: { k: "arn:aws:sqs:*:*:a*" } }, { k: "arn:aws:sqs:r:1:b" }, true],
    ["bool", { Bool: { k: "true" } }, { k: "True" }, true],
    ["bool as JSON", { Bool: { k: false } }, { k: "false" }, true],
    ["bool of an absent key", { Bool: { k: "false" } }, {}, false],
    ["null: absent", { Null: { k: "true" } }, {}, true],
    ["null: present", { Null: { k: "true" } }, { k: "x" }, false],
    ["not null", { Null: { k: "false" } }, { k: "x" }, true],
    ["number", { NumericLessThanEquals: { k: "10" } }, { k: "9" }, true],
    ["number is no text", { NumericLessThan: { k: "10" } }, { k: "9" }, true],
    ["no number", { NumericEquals: { k: "0" } }, { k: "" }, false],
    ["number not equals", { NumericNotEquals: { k: 5 } }, { k: "5.0" }, false],
    ["date", { DateGreaterThan: { k: "2026-01-01T00:00:00Z" } }, { k: "2026-01-02T00:00:00Z" }, true],
    ["date in seconds", { DateLessThan: { k: "2026-01-01T00:00:00Z" } }, { k: "1" }, true],
    ["today", { DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }, {}, true],
    ["address", { IpAddress: { k: ["10.0.0.0/8", "2001:db8::/32"] } }, { k: "10.1.2.3" }, true],
    ["address of version 6", { IpAddress: { k: "2001:db8::/32" } }, { k: "2001:db8::1" }, true],
    ["other address", { IpAddress: { k: "10.0.0.0/8" } }, { k: "11.0.0.1" }, false],
    ["not address", { NotIpAddress: { k: "10.0.0.0/8" } }, { k: "10.0.0.1" }, false],
    ["all values", { "ForAllValues:StringLike": { k: ["a*", "b"] } }, { k: ["a1", "b"] }, true],
    ["not all values", { "ForAllValues:StringLike": { k: ["a*"] } }, { k: ["a1", "b"] }, false],
    ["all of none", { "ForAllValues:StringEquals": { k: "a" } }, {}, true],
    ["any value", { "ForAnyValue:StringEquals": { k: "a" } }, { k: ["b", "a"] }, true],
    ["any of none", { "ForAnyValue:StringEquals": { k: "a" } }, {}, false],
    ["any value that is not", { "ForAnyValue:StringNotEquals": { k: "a" } }, { k: ["a", "b"] }, true],
    ["all values are not", { "ForAllValues:StringNotEquals": { k: "a" } }, { k: ["a", "b"] }, false],
    [
      "leading keys",
      { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["P#*"] } },
      { "dynamodb:LeadingKeys": ["P#1"] },
      true,
    ],
    ["all keys of a block", { StringEquals: { k: "a", l: "b" } }, { k: "a", l: "c" }, false],
    ["all operators", { StringEquals: { k: "a" }, Null: { l: "true" } }, { k: "a", l: "c" }, false],
  ];
  it.each(cases)("%s", (_, block, context, expected) => {
    expect(holds(block, context)).toBe(expected);
  });
});

describe("a malformed policy", () => {
  const broken: [string, unknown, string][] = [
    ["without action", { Effect: "Allow", Resource: "*" }, "Action or NotAction"],
    ["without resource", { Effect: "Allow", Action: "s3:*" }, "Resource or NotResource"],
    [
      "with an intrinsic left",
      { Effect: "Allow", Action: "s3:*", Resource: { "Fn::GetAtt": ["A", "Arn"] } },
      "no text",
    ],
    [
      "with an intrinsic in a condition",
      allow({ Condition: { StringEquals: { k: { Ref: "A" } as never } } }),
      "not resolved",
    ],
    ["with an unknown operator", allow({ Condition: { StringMatches: { k: "a" } } }), "StringMatches"],
    ["with a prototype's name as operator", allow({ Condition: { constructor: { k: "a" } } as never }), "constructor"],
    ["with a principal", allow({ Principal: "*" }), "Principal"],
    ["with an unknown element", { ...allow(), Conditions: {} }, "Conditions"],
    ["with another effect", { ...allow(), Effect: "allow" }, "Effect"],
  ];
  it.each(broken)("%s is never judged by", (_, statement, message) => {
    expect(() => courtOf([policy(statement as Statement)])).toThrow(message);
  });
});

describe("whatever the policies", () => {
  const actions = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"];
  const resources = ["arn:aws:s3:::a/x", "arn:aws:s3:::a/y", "arn:aws:s3:::b/x"];
  const someOf = (values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
  const patterns = ["*", "s3:*", "S3:Get*", "s3:PutObject", "sqs:?endMessage"];
  const places = ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::*/x", "arn:aws:s3:::b/x"];
  const condition = fc.option(fc.record({ StringEquals: fc.record({ k: fc.constantFrom("1", "2") }) }), {
    nil: undefined,
  });
  const statement = fc
    .record({
      Effect: fc.constantFrom("Allow" as const, "Deny" as const),
      action: fc.tuple(fc.boolean(), someOf(patterns)),
      resource: fc.tuple(fc.boolean(), someOf(places)),
      Condition: condition,
    })
    .map(({ Effect, action: [not, names], resource: [without, where], Condition }): Statement => {
      const base = { Effect, [not ? "NotAction" : "Action"]: names, [without ? "NotResource" : "Resource"]: where };
      return (Condition ? { ...base, Condition } : base) as Statement;
    });
  const policies = fc.array(
    fc.array(statement, { maxLength: 4 }).map((list) => policy(...list)),
    { maxLength: 3 },
  );
  const call = fc.record({
    action: fc.constantFrom(...actions),
    resources: someOf(resources),
    context: fc.constantFrom<Context>({}, { k: "1" }, { k: "2" }),
  });

  it("a deny that applies wins over every allow", () => {
    fc.assert(
      fc.property(policies, call, fc.nat(), (some, asked, place) => {
        const deny = policy({ Effect: "Deny", Action: asked.action, Resource: asked.resources[0] ?? "*" });
        const everything = policy({ Effect: "Allow", Action: "*", Resource: "*" });
        const all = [...some, everything];
        all.splice(place % (all.length + 1), 0, deny);
        expect(courtOf(all).ask(asked).allowed).toBe(false);
      }),
    );
  });

  it("adding a deny never allows more, and adding an allow never less", () => {
    fc.assert(
      fc.property(policies, statement, call, (some, added, asked) => {
        const before = courtOf(some).ask(asked).allowed;
        const after = courtOf([...some, policy(added)]).ask(asked).allowed;
        if (added.Effect === "Deny") expect(after && !before).toBe(false);
        else expect(before && !after).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("the order of policies decides nothing", () => {
    fc.assert(
      fc.property(policies, call, (some, asked) => {
        expect(courtOf([...some].reverse()).ask(asked).allowed).toBe(courtOf(some).ask(asked).allowed);
      }),
    );
  });
});
