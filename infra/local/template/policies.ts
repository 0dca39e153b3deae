// The policies that stand at buckets and queues, and whether one lets a service of AWS in.
import type { Context } from "../iam/conditions.ts";
import type { PolicyDocument } from "../iam/judge.ts";
import { applies } from "../iam/statement.ts";
import { textsOf } from "./properties.ts";
import type { Stack } from "./stack.ts";

export type ResourcePolicies = {
  /** By ARN of a bucket or queue. */
  of: (arn: string) => PolicyDocument[];
  ofBucket: (name: string) => PolicyDocument[];
  /** Whether a resource's own policy allows a service this call. */
  admits: (service: string, call: { action: string; resource: string; at: string; context: Context }) => boolean;
};

/** Reads AWS::S3::BucketPolicy and AWS::SQS::QueuePolicy. */
export function resourcePolicies(stack: Stack): ResourcePolicies {
  const all = new Map<string, PolicyDocument[]>();
  const add = (arn: string | undefined, document: unknown) => {
    if (arn !== undefined) all.set(arn, [...(all.get(arn) ?? []), document as PolicyDocument]);
  };
  for (const { properties: p } of stack.ofType("AWS::S3::BucketPolicy")) {
    add(stack.named("AWS::S3::Bucket", p.Bucket)?.names.attributes.Arn, p.PolicyDocument);
  }
  for (const { properties: p } of stack.ofType("AWS::SQS::QueuePolicy")) {
    for (const url of textsOf(p.Queues))
      add(stack.named("AWS::SQS::Queue", url)?.names.attributes.Arn, p.PolicyDocument);
  }
  const of = (arn: string) => all.get(arn) ?? [];
  return {
    of,
    ofBucket: (name) => of(`arn:${stack.place.partition}:s3:::${name}`),
    admits: (service, { action, resource, at, context }) => {
      const request = { action, resource, context: { "aws:SecureTransport": "true", ...context } };
      const fitting = of(at).flatMap(({ Version, Statement }) =>
        Statement.filter((statement) => applies(statement, Version, request, { service })),
      );
      return fitting.some(({ Effect }) => Effect === "Allow") && fitting.every(({ Effect }) => Effect === "Allow");
    },
  };
}

/** Whether an AWS::Lambda::Permission lets a service invoke a function from a source. */
export function mayInvoke(stack: Stack, o: { functionArn: string; service: string; sourceArn: string }): boolean {
  return stack.ofType("AWS::Lambda::Permission").some(({ properties: p }) => {
    const run = stack.named("AWS::Lambda::Function", p.FunctionName);
    if (run?.names.attributes.Arn !== o.functionArn || p.Principal !== o.service) return false;
    if (p.SourceArn === undefined) return true;
    const statement = {
      Effect: "Allow",
      Action: "lambda:InvokeFunction",
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": String(p.SourceArn) } },
    } as const;
    const context = { "aws:SourceArn": o.sourceArn };
    return applies(statement, "2012-10-17", { action: "lambda:InvokeFunction", resource: o.functionArn, context });
  });
}
