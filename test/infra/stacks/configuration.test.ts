// What an operator may set, and how mistakes are told.
import { describe, expect, it } from "vitest";
import { readConfiguration } from "../../../infra/stacks/configuration.ts";
import { rolePolicies } from "./policies.ts";
import { ofType, synthesised } from "./synthesised.ts";

const cluster = { id: "local", name: "This machine", target: "mi-00000000000000001" };
const right = { siteName: "Headgate", clusters: [cluster], scale: 1 };

describe("the configuration", () => {
  it("takes a value given on the command line as JSON", () => {
    expect(readConfiguration(JSON.stringify(right))).toEqual({ ...right, returnOrigins: [] });
  });

  it.each([
    ["a target that is no instance", { ...right, clusters: [{ ...cluster, target: "*" }] }, /clusters\[0\]\.target/],
    ["no cluster", { ...right, clusters: [] }, /clusters/],
    ["a field that does not exist", { ...right, regoin: "x" }, /regoin/],
    ["a scale below 1", { ...right, scale: 0.5 }, /scale/],
    ["a prefix that Cognito refuses", { ...right, signInPrefix: "my-aws-page" }, /without aws/],
    [
      "the same id twice",
      { ...right, clusters: [cluster, { ...cluster, target: "i-00000001" }] },
      /id "local" stands at two/,
    ],
    [
      "the same head node twice",
      { ...right, clusters: [cluster, { ...cluster, id: "two" }] },
      /target "mi-0+1" stands at two/,
    ],
    ["nothing", undefined, /"headgate"/],
  ])("refuses %s and says so", (_, context, message) => {
    expect(() => readConfiguration(context)).toThrow(message);
  });
});

describe("two clusters", () => {
  it("get a role each for their own keys, and dispatch may send to both head nodes", () => {
    const cloud = { id: "big-one", name: "In the cloud", target: "i-0123456789abcdef0" };
    const { template } = synthesised({ headgate: { ...right, clusters: [cluster, cloud], signInPrefix: "lab" } });

    const roles = rolePolicies(template);
    const ofBigOne = roles
      .filter(({ owner }) => owner === "ClustersHeadnodeBigOne")
      .flatMap(({ resources }) => resources);
    expect(ofBigOne).toEqual([
      "<DataStoreBatches.Arn>/batches/big-one/*",
      "<DataStoreResults.Arn>/receipts/big-one/*",
      "<DataStoreResults.Arn>/results/big-one/*",
    ]);
    const targets = roles.find(({ owner, sid }) => owner === "FunctionsDispatchRole" && sid === "SendToHeadNodes");
    expect(targets?.resources).toEqual([
      "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/i-0123456789abcdef0",
      "arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:managed-instance/mi-00000000000000001",
    ]);
    expect(template.Outputs).toHaveProperty("HeadnodeRoleBigOne");
    expect(ofType(template, "AWS::Cognito::UserPoolDomain")).toMatchObject([[expect.any(String), { Domain: "lab" }]]);
  }, 120_000);
});
