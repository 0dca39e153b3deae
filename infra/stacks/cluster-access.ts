// What lets the cloud speak to head nodes, and head nodes to the cloud: our own SSM document, and one small role per cluster.
import { Aws, CfnOutput, Stack } from "aws-cdk-lib";
import {
  CompositePrincipal,
  InstanceProfile,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { CfnDocument } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { acknowledge, acknowledgeKeys, managedPolicyFinding } from "./acknowledge.ts";
import type { ClusterConfiguration } from "./configuration.ts";

/** The document: one parameter, a batch's id, which never meets a shell's parser (ENV_VAR), and one constant line. */
const runBatch = {
  schemaVersion: "2.2",
  description: "Headgate: run one batch, which lies in S3 under this id",
  parameters: {
    batch: {
      type: "String",
      description: "A batch's ULID",
      allowedPattern: "^[0-9A-HJKMNP-TV-Z]{26}$",
      interpolationType: "ENV_VAR",
    },
  },
  mainSteps: [
    {
      action: "aws:runShellScript",
      name: "runBatch",
      inputs: { timeoutSeconds: "3600", runCommand: [`exec "\${HEADGATE_HOME:-/opt/headgate}/bin/headnode" run`] },
    },
  ],
};

const pascalCase = (id: string): string =>
  id.replace(/(?:^|-)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());

export class ClusterAccess extends Construct {
  readonly documentName: string;
  readonly documentArn: string;
  /** The head nodes, as SendCommand's resources name them. */
  readonly targetArns: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    props: { clusters: readonly ClusterConfiguration[]; batches: IBucket; results: IBucket },
  ) {
    super(scope, id);
    const stack = Stack.of(this);

    const document = new CfnDocument(this, "RunBatch", {
      documentType: "Command",
      documentFormat: "JSON",
      content: runBatch,
    });
    this.documentName = document.ref;
    this.documentArn = stack.formatArn({ service: "ssm", resource: "document", resourceName: document.ref });
    this.targetArns = props.clusters.map(({ target }) =>
      target.startsWith("mi-")
        ? stack.formatArn({ service: "ssm", resource: "managed-instance", resourceName: target })
        : stack.formatArn({ service: "ec2", resource: "instance", resourceName: target }),
    );

    for (const cluster of props.clusters) {
      const name = pascalCase(cluster.id);
      const role = this.#headnodeRole(`Headnode${name}`, cluster.id, props.batches, props.results);
      const profile = new InstanceProfile(this, `Headnode${name}Profile`, { role });
      new CfnOutput(stack, `HeadnodeRole${name}`, { value: role.roleName });
      new CfnOutput(stack, `HeadnodeProfile${name}`, { value: profile.instanceProfileName });
    }
  }

  /** A head node reads its own batches and writes its own results and receipts; it lists, deletes and reads nothing else. */
  #headnodeRole(id: string, cluster: string, batches: IBucket, results: IBucket): Role {
    const role = new Role(this, id, {
      description: `Head node of cluster ${cluster}`,
      assumedBy: new CompositePrincipal(
        new ServicePrincipal("ec2.amazonaws.com"),
        new ServicePrincipal("ssm.amazonaws.com", {
          conditions: {
            StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
            ArnLike: { "aws:SourceArn": `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` },
          },
        }),
      ),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("AmazonSSMManagedInstanceCore")],
      inlinePolicies: {
        Headnode: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: "ReadOwnBatches",
              actions: ["s3:GetObject"],
              resources: [batches.arnForObjects(`batches/${cluster}/*`)],
            }),
            new PolicyStatement({
              sid: "WriteOwnResults",
              actions: ["s3:PutObject", "s3:AbortMultipartUpload"],
              resources: [
                results.arnForObjects(`results/${cluster}/*`),
                results.arnForObjects(`receipts/${cluster}/*`),
              ],
            }),
          ],
        }),
      },
    });
    acknowledge(role, {
      [managedPolicyFinding("AmazonSSMManagedInstanceCore")]:
        "What the agent itself needs; AWS keeps it in step with the agent's releases.",
    });
    acknowledgeKeys(role, batches, `batches/${cluster}/*`, "The cluster's own batches, named by ids made later.");
    acknowledgeKeys(role, results, `results/${cluster}/*`, "The cluster's own results, named by ids made later.");
    acknowledgeKeys(role, results, `receipts/${cluster}/*`, "The cluster's own receipts, named by ids made later.");
    return role;
  }
}
