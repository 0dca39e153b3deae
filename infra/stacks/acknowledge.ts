// Findings of the security checks that we accept, each with its reason, at the construct that they concern.
import { Stack, Validations } from "aws-cdk-lib";
import type { CfnBucket, IBucket } from "aws-cdk-lib/aws-s3";
import type { IConstruct } from "constructs";

/** Accepts findings on a construct and all below it: rule id, with [finding] where the rule has several, to the reason. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const rules = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  Validations.of(construct).acknowledge(...rules);
}

/** Accepts, in a role, the pattern `keys` ("uploads/*") below one bucket. */
export function acknowledgeKeys(role: IConstruct, bucket: IBucket, keys: string, reason: string): void {
  const id = Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnBucket);
  acknowledge(role, { [`AwsSolutions-IAM5[Resource::<${id}.Arn>/${keys}]`]: reason });
}

/** The rule id of an AWS managed policy in a role. */
export const managedPolicyFinding = (policy: string): string =>
  `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`;
