// What the template promises: who may do what, what is open to whom, and that AWS's own limits hold.
import { readFileSync } from "node:fs";
import type { Stack } from "aws-cdk-lib";
import { CfnBucket } from "aws-cdk-lib/aws-s3";
import { beforeAll, describe, expect, it } from "vitest";
import { indexNames } from "../../../infra/stacks/job-table.ts";
import { headgateApp, stackName } from "../../../infra/synthesise.ts";
import { routes } from "../../../shared/contract/routes.ts";
import { functions } from "../../../shared/functions.ts";
import { expectedStatements } from "./expected-statements.ts";
import { covers, line, resourcePolicies, rolePolicies, type Statement } from "./policies.ts";
import { type Assembly, ofType, plain, synthesised, type Template, withPlaceholders, written } from "./synthesised.ts";

const cdkJson = JSON.parse(readFileSync(new URL("../../../cdk.json", import.meta.url), "utf8"));
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

  it("lets only notify send mail, and nobody where the site has no address to send from", () => {
    const senders = (all: Statement[]) =>
      all.filter(({ actions }) => actions.some((one) => covers(one, "ses:SendEmail")));
    expect(senders(roles).map(({ owner }) => owner)).toEqual(["FunctionsNotifyRole"]);
    const { clusters, siteName } = cdkJson.context.headgate;
    const silent = synthesised({ headgate: { clusters, siteName } });
    expect(senders(rolePolicies(silent.template))).toEqual([]);
    expect(rolePolicies(silent.template).some(({ owner }) => owner === "FunctionsNotifyRole")).toBe(true);
  }, 120_000);

  it.each(Object.keys(expectedStatements))("lets %s do what is written down, and no more", (role) => {
    expect(roles.filter(({ owner }) => owner === role).map(line)).toEqual(expectedStatements[role]);
  });

  it("gives a head node what the SSM agent needs as the one managed policy", () => {
    const [, role] = ofType(template, "AWS::IAM::Role").find(([id]) => plain(id) === "ClustersHeadnodeLocal") ?? [];
    const managed = role?.ManagedPolicyArns as unknown[];
    expect(managed.map(written)).toEqual(["arn:<AWS::Partition>:iam::aws:policy/AmazonSSMManagedInstanceCore"]);
  });

  it("has no role besides these and those of CDK's own functions", () => {
    const ours = ofType(template, "AWS::IAM::Role").filter(([id]) => !isCdks(id));
    expect(ours.map(([id]) => plain(id)).toSorted()).toEqual(Object.keys(expectedStatements));
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

describe("the page's front", () => {
  it("answers views with the one document, and leaves files and the API alone", () => {
    const [[, code] = []] = ofType(template, "AWS::CloudFront::Function");
    const handler = new Function(`${code?.FunctionCode}; return handler;`)();
    const becomes = (uri: string): string => handler({ request: { uri } }).uri;

    for (const view of ["/", "/jobs", "/jobs/01J", "/a.b/jobs", "/v12"]) expect(becomes(view)).toBe("/index.html");
    for (const file of ["/index.html", "/assets/page-1a.js", "/v1", "/v1/", "/v1/jobs"])
      expect(becomes(file)).toBe(file);
  });

  it("sends strict headers, stricter still with what jobs made", () => {
    const policies = ofType(template, "AWS::CloudFront::ResponseHeadersPolicy").map(
      ([id, { ResponseHeadersPolicyConfig }]) => [
        plain(id),
        (ResponseHeadersPolicyConfig as Record<string, unknown>).SecurityHeadersConfig,
      ],
    );
    expect(Object.fromEntries(policies)).toMatchInlineSnapshot(`
      {
        "WebApiHeaders": {
          "ContentSecurityPolicy": {
            "ContentSecurityPolicy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
            "Override": true,
          },
          "ContentTypeOptions": {
            "Override": true,
          },
          "FrameOptions": {
            "FrameOption": "DENY",
            "Override": true,
          },
          "ReferrerPolicy": {
            "Override": true,
            "ReferrerPolicy": "no-referrer",
          },
          "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 31536000,
            "IncludeSubdomains": true,
            "Override": true,
          },
        },
        "WebPageHeaders": {
          "ContentSecurityPolicy": {
            "ContentSecurityPolicy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' https://*.amazonaws.com https://*.amazoncognito.com; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
            "Override": true,
          },
          "ContentTypeOptions": {
            "Override": true,
          },
          "FrameOptions": {
            "FrameOption": "DENY",
            "Override": true,
          },
          "ReferrerPolicy": {
            "Override": true,
            "ReferrerPolicy": "no-referrer",
          },
          "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 31536000,
            "IncludeSubdomains": true,
            "Override": true,
          },
        },
      }
    `);
  });

  it("passes every method and header of /v1/* to the API and keeps no answer", () => {
    const [[, distribution] = []] = ofType(template, "AWS::CloudFront::Distribution");
    expect(distribution?.DistributionConfig).toMatchObject({
      CacheBehaviors: [
        {
          PathPattern: "/v1/*",
          AllowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
          // Amazon's own CachingDisabled and AllViewerExceptHostHeader.
          CachePolicyId: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          OriginRequestPolicyId: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
          ViewerProtocolPolicy: "https-only",
        },
      ],
    });
  });
});
