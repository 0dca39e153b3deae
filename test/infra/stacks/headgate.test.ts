// What the template promises: who may do what, what is open to whom, and that AWS's own limits hold.
import type { Stack } from "aws-cdk-lib";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { beforeAll, describe, expect, it } from "vitest";
import { indexNames } from "../../../infra/stacks/job-table.ts";
import { headgateApp, stackName } from "../../../infra/synthesise.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { functions } from "../../../shared/functions.ts";
import { covers, line, resourcePolicies, rolePolicies, type Statement } from "./policies.ts";
import { type Assembly, ofType, plain, synthesised, type Template, withPlaceholders, written } from "./synthesised.ts";

let assembly: Assembly;
let template: Template;
let roles: Statement[];
beforeAll(() => {
  assembly = synthesised();
  template = assembly.template;
  roles = rolePolicies(template);
}, 120_000);

/** Roles of CDK's own deployment functions: they run at deployment only. */
const isCdks = (role: string): boolean => /^(BucketNotificationsHandler|CustomCDKBucketDeployment)/.test(role);
const linesOf = (role: string): string[] => roles.filter(({ owner }) => owner === role).map(line);

describe("the template", () => {
  it("has no finding of the checks, neither error nor warning, that is not acknowledged", () => {
    expect(assembly.report.pluginReports).toEqual([]);
  });

  it("is refused with a finding that nobody acknowledged", () => {
    withPlaceholders((folders) => {
      const app = headgateApp(folders);
      new CfnBucket(app.node.findChild(stackName) as Stack, "Planted");
      expect(() => app.synth()).toThrow("AwsSolutions-S1");
    });
  }, 120_000);

  it("routes what the contract has and $default to one integration, within 300 routes", () => {
    const keys = ofType(template, "AWS::ApiGatewayV2::Route").map(([, route]) => route.RouteKey);
    const contract = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
    expect(keys.toSorted()).toEqual([...contract, "$default"].toSorted());
    expect(keys.length).toBeLessThanOrEqual(300);
    expect(ofType(template, "AWS::ApiGatewayV2::Integration")).toHaveLength(1);
  });

  it("lets API Gateway call the function by one permission that covers $default too", () => {
    const permissions = ofType(template, "AWS::Lambda::Permission").filter(
      ([, permission]) => permission.Principal === "apigateway.amazonaws.com",
    );
    expect(permissions.map(([, permission]) => written(permission.SourceArn))).toEqual([
      "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<ApiHttp>/*",
    ]);
  });

  it("stays within CloudFormation's 500 resources", () => {
    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
  });

  it("names no account, region or path of a machine", () => {
    expect(assembly.text).not.toMatch(/\b\d{12}\b/);
    expect(assembly.text).not.toMatch(/\b(?:us|eu|ap|sa|ca|me|af|il)-[a-z]+-\d\b/);
    expect(assembly.text).not.toContain(process.cwd());
    expect(assembly.text).not.toContain("/tmp/headgate");
  });

  it("gives the outputs that operators and the local host read", () => {
    expect(Object.keys(template.Outputs).toSorted()).toEqual(
      [
        ..."ApiUrl PageUrl TableName InputsBucket ResultsBucket BatchesBucket PageBucket".split(" "),
        ..."DispatchQueueUrl ReceiptsQueueUrl UserPoolId PageClientId CliClientId DocumentName".split(" "),
        ..."HeadnodeRoleLocal HeadnodeProfileLocal".split(" "),
      ].toSorted(),
    );
  });

  it("keeps what people made when the stack goes", () => {
    const kept = ["AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Cognito::UserPool"];
    const resources = Object.values(template.Resources).filter(({ Type }) => kept.includes(Type));
    expect(resources).toHaveLength(7);
    for (const { DeletionPolicy } of resources) expect(DeletionPolicy).toBe("Retain");
  });
});

describe("roles", () => {
  it.each(Object.keys(functions))("gives %s a role of its own, with no managed policy", (name) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    const [, properties] =
      ofType(template, "AWS::Lambda::Function").find(([key]) => plain(key) === `Functions${id}`) ?? [];
    expect(written(properties?.Role)).toBe(`<Functions${id}Role.Arn>`);
    const [, role] = ofType(template, "AWS::IAM::Role").find(([key]) => plain(key) === `Functions${id}Role`) ?? [];
    expect(role).toBeDefined();
    expect(role?.ManagedPolicyArns).toBeUndefined();
  });

  it("allows no action by a wildcard and nothing by exception", () => {
    for (const statement of roles.filter(({ owner }) => !isCdks(owner))) {
      expect(statement.negated).toEqual([]);
      expect(statement.actions.filter((action) => action.includes("*"))).toEqual([]);
      expect(statement.resources.filter((resource) => resource.startsWith("*"))).toEqual([]);
    }
  });

  it("lets only dispatch and reconcile send commands: our document, to the configured head nodes", () => {
    const senders = roles.filter(({ actions }) => actions.some((action) => covers(action, "ssm:SendCommand")));
    expect(new Set(senders.map(({ owner }) => owner))).toEqual(
      new Set(["FunctionsDispatchRole", "FunctionsReconcileRole"]),
    );
    expect(new Set(senders.flatMap(({ resources }) => resources))).toEqual(
      new Set([
        "arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:document/<ClustersRunBatch>",
        "arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:managed-instance/mi-00000000000000001",
      ]),
    );
    expect(senders).toHaveLength(4);
  });

  it("lets a head node read its batches and write its results, and no more", () => {
    expect(linesOf("ClustersHeadnodeLocal")).toMatchInlineSnapshot(`
      [
        "ReadOwnBatches: s3:GetObject on <DataStoreBatches.Arn>/batches/local/*",
        "WriteOwnResults: s3:AbortMultipartUpload, s3:PutObject on <DataStoreResults.Arn>/receipts/local/*, <DataStoreResults.Arn>/results/local/*",
      ]
    `);
    const [, role] = ofType(template, "AWS::IAM::Role").find(([id]) => plain(id) === "ClustersHeadnodeLocal") ?? [];
    expect(JSON.stringify(role?.ManagedPolicyArns)).toMatch(
      /^\[[^,]*,\["arn:"[^[]*AmazonSSMManagedInstanceCore"\]\]\}\]$/,
    );
  });

  it("lets api do this", () => {
    expect(linesOf("FunctionsApiRole")).toMatchInlineSnapshot(`
      [
        "WriteOwnLog: logs:CreateLogStream, logs:PutLogEvents on <FunctionsApiLog.Arn>",
        "ReadTable: dynamodb:BatchGetItem, dynamodb:GetItem, dynamodb:Query on <DataTable.Arn>",
        "WriteTable: dynamodb:DeleteItem, dynamodb:PutItem, dynamodb:UpdateItem on <DataTable.Arn>",
        "QueryIndexes: dynamodb:Query on <DataTable.Arn>/index/gsi1, <DataTable.Arn>/index/gsi2, <DataTable.Arn>/index/gsi3, <DataTable.Arn>/index/gsi4",
        "PutUploads: s3:PutObject on <DataStoreInputs.Arn>/uploads/*",
        "GetUploads: s3:GetObject on <DataStoreInputs.Arn>/uploads/*",
        "GetResults: s3:GetObject on <DataStoreResults.Arn>/results/*",
        "AskForDispatch: sqs:SendMessage on <DataQueuesDispatch.Arn>",
      ]
    `);
  });

  it("lets dispatch do this", () => {
    expect(linesOf("FunctionsDispatchRole")).toMatchInlineSnapshot(`
      [
        "WriteOwnLog: logs:CreateLogStream, logs:PutLogEvents on <FunctionsDispatchLog.Arn>",
        "ReadTable: dynamodb:BatchGetItem, dynamodb:GetItem, dynamodb:Query on <DataTable.Arn>",
        "WriteTable: dynamodb:DeleteItem, dynamodb:PutItem, dynamodb:UpdateItem on <DataTable.Arn>",
        "QueryIndexes: dynamodb:Query on <DataTable.Arn>/index/gsi1, <DataTable.Arn>/index/gsi2, <DataTable.Arn>/index/gsi3, <DataTable.Arn>/index/gsi4",
        "GetUploads: s3:GetObject on <DataStoreInputs.Arn>/uploads/*",
        "PutBatches: s3:PutObject on <DataStoreBatches.Arn>/batches/*",
        "SendOurDocument: ssm:SendCommand on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:document/<ClustersRunBatch>",
        "SendToHeadNodes: ssm:SendCommand on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:managed-instance/mi-00000000000000001",
        "TakeFromQueue: sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on <DataQueuesDispatch.Arn>",
      ]
    `);
  });

  it("lets observe do this", () => {
    expect(linesOf("FunctionsObserveRole")).toMatchInlineSnapshot(`
      [
        "WriteOwnLog: logs:CreateLogStream, logs:PutLogEvents on <FunctionsObserveLog.Arn>",
        "ReadTable: dynamodb:BatchGetItem, dynamodb:GetItem, dynamodb:Query on <DataTable.Arn>",
        "WriteTable: dynamodb:DeleteItem, dynamodb:PutItem, dynamodb:UpdateItem on <DataTable.Arn>",
        "GetResults: s3:GetObject on <DataStoreResults.Arn>/results/*",
        "GetReceipts: s3:GetObject on <DataStoreResults.Arn>/receipts/*",
        "TakeFromQueue: sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage on <DataQueuesReceipts.Arn>",
      ]
    `);
  });

  it("lets reconcile do this", () => {
    expect(linesOf("FunctionsReconcileRole")).toMatchInlineSnapshot(`
      [
        "WriteOwnLog: logs:CreateLogStream, logs:PutLogEvents on <FunctionsReconcileLog.Arn>",
        "ReadTable: dynamodb:BatchGetItem, dynamodb:GetItem, dynamodb:Query on <DataTable.Arn>",
        "WriteTable: dynamodb:DeleteItem, dynamodb:PutItem, dynamodb:UpdateItem on <DataTable.Arn>",
        "QueryIndexes: dynamodb:Query on <DataTable.Arn>/index/gsi1, <DataTable.Arn>/index/gsi2, <DataTable.Arn>/index/gsi3, <DataTable.Arn>/index/gsi4",
        "GetUploads: s3:GetObject on <DataStoreInputs.Arn>/uploads/*",
        "GetResults: s3:GetObject on <DataStoreResults.Arn>/results/*",
        "GetReceipts: s3:GetObject on <DataStoreResults.Arn>/receipts/*",
        "ListReceipts: s3:ListBucket on <DataStoreResults.Arn> if {"StringLike":{"s3:prefix":"receipts/*"}}",
        "PutBatches: s3:PutObject on <DataStoreBatches.Arn>/batches/*",
        "AskForDispatch: sqs:SendMessage on <DataQueuesDispatch.Arn>",
        "SendOurDocument: ssm:SendCommand on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:document/<ClustersRunBatch>",
        "SendToHeadNodes: ssm:SendCommand on arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:managed-instance/mi-00000000000000001",
      ]
    `);
  });

  it("has no role besides these and those of CDK's own functions", () => {
    const names = ofType(template, "AWS::IAM::Role").map(([id]) => id);
    expect(names.filter((id) => !isCdks(id)).map(plain)).toHaveLength(Object.keys(functions).length + 1);
  });
});

describe("buckets", () => {
  it("block all public access", () => {
    const buckets = ofType(template, "AWS::S3::Bucket");
    expect(buckets).toHaveLength(5);
    for (const [, bucket] of buckets) {
      expect(bucket.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(bucket.AccessControl).toBeUndefined();
    }
  });

  it("allow nobody in particular anything, and refuse what does not come by TLS", () => {
    const policies = resourcePolicies(template, "AWS::S3::BucketPolicy");
    expect(policies.filter(({ effect, principals }) => effect === "Allow" && principals.includes("*"))).toEqual([]);
    for (const [id] of ofType(template, "AWS::S3::Bucket")) {
      const denied = policies.filter(({ owner, effect }) => owner === plain(id) && effect === "Deny");
      expect(denied).toMatchObject([
        {
          actions: ["s3:*"],
          principals: ["*"],
          resources: [`<${plain(id)}.Arn>`, `<${plain(id)}.Arn>/*`],
          condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]);
    }
  });

  it("ask receipts into the queue, and not the heartbeat", () => {
    const [[, notification] = []] = ofType(template, "Custom::S3BucketNotifications");
    expect(notification?.NotificationConfiguration).toMatchObject({
      QueueConfigurations: [
        {
          Filter: {
            Key: {
              FilterRules: [
                { Name: "suffix", Value: ".json" },
                { Name: "prefix", Value: "receipts/" },
              ],
            },
          },
        },
      ],
    });
  });
});

describe("queues", () => {
  it("have a dead-letter queue of their own kind each", () => {
    const queues = ofType(template, "AWS::SQS::Queue");
    const byId = new Map(queues.map(([id, queue]) => [plain(id), queue]));
    const deadLetters = new Set<string>();
    for (const [id, queue] of byId) {
      if (id.endsWith("DeadLetters")) continue;
      const target = written((queue.RedrivePolicy as Record<string, unknown>).deadLetterTargetArn).slice(
        1,
        -".Arn>".length,
      );
      expect(byId.get(target)?.FifoQueue).toBe(queue.FifoQueue);
      deadLetters.add(target);
    }
    expect(deadLetters.size * 2).toBe(byId.size);
  });

  it("hide a message for at least six times its function's time-out", () => {
    const sources = ofType(template, "AWS::Lambda::EventSourceMapping");
    expect(sources).toHaveLength(2);
    for (const [, source] of sources) {
      const find = (type: string, name: string): Record<string, unknown> | undefined =>
        ofType(template, type).find(([id]) => name === plain(id))?.[1];
      const handler = find("AWS::Lambda::Function", written(source.FunctionName).slice(1, -1));
      const queue = find("AWS::SQS::Queue", written(source.EventSourceArn).slice(1, -".Arn>".length));
      expect(Number(queue?.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * Number(handler?.Timeout));
      expect(source).toMatchObject({ FunctionResponseTypes: ["ReportBatchItemFailures"], BatchSize: 10 });
      expect(source.ScalingConfig).toBeUndefined();
      expect(source.MaximumBatchingWindowInSeconds).toBeUndefined();
    }
  });

  it("refuse what does not come by TLS, and take messages from nobody but the results bucket", () => {
    const policies = resourcePolicies(template, "AWS::SQS::QueuePolicy");
    expect(policies.filter(({ effect }) => effect === "Deny")).toHaveLength(ofType(template, "AWS::SQS::Queue").length);
    expect(policies.filter(({ effect }) => effect === "Allow").map(line)).toMatchInlineSnapshot(`
      [
        ": sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:SendMessage on <DataQueuesReceipts.Arn> if {"ArnLike":{"aws:SourceArn":{"Fn::GetAtt":["DataStoreResults25F20298","Arn"]}}}",
      ]
    `);
  });
});

describe("the SSM document", () => {
  it("takes one id, by the environment, and holds one constant line", () => {
    const documents = ofType(template, "AWS::SSM::Document").map(([, document]) => document);
    expect(documents).toMatchInlineSnapshot(`
      [
        {
          "Content": {
            "description": "Headgate: run one batch, which lies in S3 under this id",
            "mainSteps": [
              {
                "action": "aws:runShellScript",
                "inputs": {
                  "runCommand": [
                    "exec "\${HEADGATE_HOME:-/opt/headgate}/bin/headnode" run",
                  ],
                  "timeoutSeconds": "3600",
                },
                "name": "runBatch",
              },
            ],
            "parameters": {
              "batch": {
                "allowedPattern": "^[0-9A-HJKMNP-TV-Z]{26}$",
                "description": "A batch's ULID",
                "interpolationType": "ENV_VAR",
                "type": "String",
              },
            },
            "schemaVersion": "2.2",
          },
          "DocumentFormat": "JSON",
          "DocumentType": "Command",
        },
      ]
    `);
  });
});

describe("the table", () => {
  it("has its keys and all four indexes from the start", () => {
    const [[, table] = []] = ofType(template, "AWS::DynamoDB::Table");
    const indexes = table?.GlobalSecondaryIndexes as Record<string, unknown>[];
    expect(indexes.map(({ IndexName }) => IndexName)).toEqual([...indexNames]);
    for (const index of indexes) expect(index.Projection).toEqual({ ProjectionType: "ALL" });
    expect(table).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe("sign-in", () => {
  it("has two clients: code for the page, a password for the command line", () => {
    const clients = new Map(
      ofType(template, "AWS::Cognito::UserPoolClient").map(([id, client]) => [plain(id), client]),
    );
    expect([...clients.keys()].toSorted()).toEqual(["SignInCliClient", "SignInPageClient"]);
    expect(clients.get("SignInPageClient")).toMatchObject({
      AllowedOAuthFlows: ["code"],
      ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      GenerateSecret: false,
      PreventUserExistenceErrors: "ENABLED",
    });
    expect(clients.get("SignInCliClient")).toMatchObject({
      AllowedOAuthFlowsUserPoolClient: false,
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      GenerateSecret: false,
    });
    const [[, pool] = []] = ofType(template, "AWS::Cognito::UserPool");
    expect(pool).toMatchObject({ UsernameAttributes: ["email"], UsernameConfiguration: { CaseSensitive: false } });
  });
});
