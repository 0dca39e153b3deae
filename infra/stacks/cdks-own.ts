// The functions that CDK itself brings, for what CloudFormation cannot do; they run at deployment only.
import { DefaultStackSynthesizer, type Stack } from "aws-cdk-lib";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { acknowledge, acknowledgeKeys, managedPolicyFinding } from "./acknowledge.ts";

const assets = `cdk-${DefaultStackSynthesizer.DEFAULT_QUALIFIER}-assets-<AWS::AccountId>-<AWS::Region>`;
const copies = "CDK's own function, which copies the page's files at deployment.";

/** Accepts what the checks find in CDK's own functions: the page's copier and the setter of bucket notifications. */
export function acknowledgeCdksOwn(stack: Stack, page: IBucket): void {
  for (const own of stack.node.children) {
    const isCopier = own.node.id.startsWith("Custom::CDKBucketDeployment");
    if (!isCopier && !own.node.id.startsWith("BucketNotificationsHandler")) continue;
    acknowledge(own, {
      [managedPolicyFinding("service-role/AWSLambdaBasicExecutionRole")]: "CDK's own function writes its log by it.",
      "AwsSolutions-L1": "CDK's own function: its runtime comes with aws-cdk-lib.",
    });
    if (!isCopier) continue;
    acknowledgeKeys(own, page, "*", copies);
    acknowledge(own, {
      "AwsSolutions-IAM5[Action::s3:Abort*]": copies,
      "AwsSolutions-IAM5[Action::s3:DeleteObject*]": copies,
      "AwsSolutions-IAM5[Action::s3:GetBucket*]": copies,
      "AwsSolutions-IAM5[Action::s3:GetObject*]": copies,
      "AwsSolutions-IAM5[Action::s3:List*]": copies,
      [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${assets}/*]`]: copies,
    });
  }
}
