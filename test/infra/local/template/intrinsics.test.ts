// CloudFormation's intrinsic functions as this machine works them out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noValue, resolve, type Scope } from "../../../../infra/local/template/intrinsics.ts";

const scope: Scope = {
  ref: (id) => {
    const known: Record<string, unknown> = {
      "AWS::Region": "eu-west-1",
      "AWS::NoValue": noValue,
      Table: "my-table",
      List: ["a", "b"],
    };
    if (!Object.hasOwn(known, id)) throw new Error(`no resource "${id}"`);
    return known[id];
  },
  attribute: (id, name) => `${id}!${name}`,
  mappings: { Sizes: { big: { memory: 1024 } } },
  conditions: {
    Here: { "Fn::Equals": [{ Ref: "AWS::Region" }, "eu-west-1"] },
    There: { "Fn::Not": [{ Condition: "Here" }] },
    Both: { "Fn::And": [{ Condition: "Here" }, { Condition: "There" }] },
    Either: { "Fn::Or": [{ Condition: "Here" }, { Condition: "There" }] },
  },
};

describe("intrinsic functions", () => {
  it.each([
    [{ Ref: "Table" }, "my-table"],
    [{ "Fn::GetAtt": ["Table", "Arn"] }, "Table!Arn"],
    [{ "Fn::GetAtt": "Table.Stream.Arn" }, "Table!Stream.Arn"],
    [{ "Fn::Join": ["-", ["a", { Ref: "Table" }, 3]] }, "a-my-table-3"],
    [{ "Fn::Join": [",", { Ref: "List" }] }, "a,b"],
    [{ "Fn::Sub": "${Table}/${Table.Arn}/${AWS::Region}/${!Table}" }, "my-table/Table!Arn/eu-west-1/${Table}"],
    [{ "Fn::Sub": ["${x}:${Table}", { x: { Ref: "AWS::Region" } }] }, "eu-west-1:my-table"],
    [{ "Fn::Select": ["1", { "Fn::Split": ["/", "a/b/c"] }] }, "b"],
    [{ "Fn::If": ["Here", "yes", "no"] }, "yes"],
    [{ "Fn::If": ["Both", "yes", "no"] }, "no"],
    [{ "Fn::If": ["Either", "yes", "no"] }, "yes"],
    [{ "Fn::FindInMap": ["Sizes", "big", "memory"] }, 1024],
    [{ "Fn::Base64": { Ref: "Table" } }, Buffer.from("my-table").toString("base64")],
    [{ a: 1, b: { "Fn::If": ["There", 2, { Ref: "AWS::NoValue" }] } }, { a: 1 }],
    [
      ["a", { Ref: "AWS::NoValue" }, "b"],
      ["a", "b"],
    ],
    [
      { Condition: { Bool: { "aws:SecureTransport": "false" } } },
      { Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
  ])("resolves %j", (value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it.each([
    [{ Ref: "Nowhere" }, /no resource "Nowhere"/],
    [{ "Fn::ImportValue": "x" }, /Fn::ImportValue is not supported/],
    [{ "Fn::Select": [3, ["a"]] }, /index from 0 to 0, got 3/],
    [{ "Fn::Join": ["", [{ a: 1 }]] }, /Fn::Join needs text/],
    [{ "Fn::FindInMap": ["Sizes", "small", "memory"] }, /finds nothing/],
  ])("says what is wrong with %j", (value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });

  it("splits what it joined, and leaves plain JSON alone", () => {
    const word = fc.string().filter((text) => !text.includes("|"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(resolve({ "Fn::Split": ["|", { "Fn::Join": ["|", words] }] }, scope)).toEqual(words);
      }),
    );
    const plain = fc.object({
      key: fc.stringMatching(/^[a-z]{1,8}$/),
      values: [fc.string(), fc.integer(), fc.boolean()],
    });
    fc.assert(
      fc.property(plain, (value) => {
        expect(resolve(value, scope)).toEqual(value);
      }),
    );
  });
});
