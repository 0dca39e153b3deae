// A cloud assembly small enough to read: one table, queues, buckets, a pool, an API with a page before it, and functions of the test's own.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");
const getAtt = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });
const ref = (id: string) => ({ Ref: id });

/** Put before a handler's source: `sdk("client-sqs")` is the AWS SDK of this repository. */
const prologue = `import { createRequire } from "node:module";
const require = createRequire(${JSON.stringify(path.join(root, "package.json"))});
const sdk = (name) => require("@aws-sdk/" + name);
`;

const functionId = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Function`;

export type SmallFunction = {
  /** An ES module that exports `handler`. */
  source: string;
  statements?: unknown[];
  environment?: Record<string, unknown>;
  timeout?: number;
  queue?: string;
  rate?: string;
};

/** Writes an assembly into `folder`. Queues Fifo and Plain have dead-letter queues. */
export function writeSmallAssembly(folder: string, functions: Record<string, SmallFunction>): string {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, unknown> = {};
  const asset = (name: string, content: Record<string, string>): string => {
    mkdirSync(path.join(folder, `asset.${name}`), { recursive: true });
    for (const [file, text] of Object.entries(content)) writeFileSync(path.join(folder, `asset.${name}`, file), text);
    files[name] = {
      source: { path: `asset.${name}`, packaging: "zip" },
      destinations: { here: { bucketName: "b", objectKey: `${name}.zip` } },
    };
    return `${name}.zip`;
  };
  const queue = (fifo: boolean) => ({ ...(fifo ? { FifoQueue: true } : {}), VisibilityTimeout: 1 });
  const withDead = (id: string, fifo: boolean) => ({
    [`${id}Dead`]: { Type: "AWS::SQS::Queue", Properties: queue(fifo) },
    [id]: {
      Type: "AWS::SQS::Queue",
      Properties: {
        ...queue(fifo),
        RedrivePolicy: { deadLetterTargetArn: getAtt(`${id}Dead`, "Arn"), maxReceiveCount: 2 },
      },
    },
  });
  const Resources: Record<string, { Type: string; Properties?: unknown }> = {
    Table: {
      Type: "AWS::DynamoDB::Table",
      Properties: {
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
        BillingMode: "PAY_PER_REQUEST",
      },
    },
    ...withDead("Fifo", true),
    ...withDead("Plain", false),
    Inbox: {
      Type: "AWS::S3::Bucket",
      Properties: {
        CorsConfiguration: { CorsRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["PUT"], AllowedHeaders: ["*"] }] },
      },
    },
    PlainPolicy: {
      Type: "AWS::SQS::QueuePolicy",
      Properties: {
        Queues: [ref("Plain")],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "s3.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: getAtt("Plain", "Arn"),
              Condition: { ArnLike: { "aws:SourceArn": getAtt("Inbox", "Arn") } },
            },
          ],
        },
      },
    },
    Notifications: {
      Type: "Custom::S3BucketNotifications",
      Properties: {
        BucketName: ref("Inbox"),
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              Events: ["s3:ObjectCreated:*"],
              QueueArn: getAtt("Plain", "Arn"),
              Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "in/" }] } },
            },
          ],
        },
      },
    },
    Strange: { Type: "AWS::Strange::Thing" },
    Pool: {
      Type: "AWS::Cognito::UserPool",
      Properties: {
        UsernameAttributes: ["email"],
        AutoVerifiedAttributes: ["email"],
        Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true } },
        VerificationMessageTemplate: { EmailSubject: "Verify", EmailMessage: "Your code is {####}" },
      },
    },
    Admins: { Type: "AWS::Cognito::UserPoolGroup", Properties: { UserPoolId: ref("Pool"), GroupName: "admins" } },
    PageClient: {
      Type: "AWS::Cognito::UserPoolClient",
      Properties: {
        UserPoolId: ref("Pool"),
        AllowedOAuthFlows: ["code"],
        CallbackURLs: [{ "Fn::Join": ["", ["https://", getAtt("Site", "DomainName"), "/"]] }],
        LogoutURLs: [{ "Fn::Join": ["", ["https://", getAtt("Site", "DomainName"), "/"]] }],
        ExplicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
        AccessTokenValidity: 60,
        TokenValidityUnits: { AccessToken: "minutes" },
      },
    },
    CliClient: {
      Type: "AWS::Cognito::UserPoolClient",
      Properties: {
        UserPoolId: ref("Pool"),
        ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      },
    },
    Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { ProtocolType: "HTTP" } },
    PageBucket: { Type: "AWS::S3::Bucket" },
    PagePolicy: {
      Type: "AWS::S3::BucketPolicy",
      Properties: {
        Bucket: ref("PageBucket"),
        PolicyDocument: {
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "cloudfront.amazonaws.com" },
              Action: "s3:GetObject",
              Resource: { "Fn::Sub": "${PageBucket.Arn}/*" },
            },
          ],
        },
      },
    },
    Page: {
      Type: "Custom::CDKBucketDeployment",
      Properties: {
        DestinationBucketName: ref("PageBucket"),
        SourceObjectKeys: [asset("page", { "index.html": "<h1>page</h1>", "a.js": "1" })],
      },
    },
    View: {
      Type: "AWS::CloudFront::Function",
      Properties: {
        Name: "view",
        FunctionCode:
          "function handler(event) { var r = event.request; if (r.uri.indexOf('.') < 0) r.uri = '/index.html'; return r; }",
      },
    },
    Headers: {
      Type: "AWS::CloudFront::ResponseHeadersPolicy",
      Properties: {
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            ContentSecurityPolicy: {
              ContentSecurityPolicy: "default-src 'self'; connect-src 'self'; upgrade-insecure-requests",
              Override: true,
            },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 1, Override: true },
          },
        },
      },
    },
    Site: {
      Type: "AWS::CloudFront::Distribution",
      Properties: {
        DistributionConfig: {
          DefaultRootObject: "index.html",
          Origins: [
            {
              Id: "page",
              DomainName: getAtt("PageBucket", "RegionalDomainName"),
              OriginAccessControlId: "x",
              S3OriginConfig: {},
            },
            {
              Id: "api",
              DomainName: { "Fn::Sub": "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}" },
              CustomOriginConfig: {},
            },
          ],
          CacheBehaviors: [
            {
              PathPattern: "/v1/*",
              TargetOriginId: "api",
              AllowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
            },
          ],
          DefaultCacheBehavior: {
            TargetOriginId: "page",
            ResponseHeadersPolicyId: ref("Headers"),
            FunctionAssociations: [{ EventType: "viewer-request", FunctionARN: getAtt("View", "FunctionARN") }],
          },
        },
      },
    },
  };
  for (const [name, spec] of Object.entries(functions)) {
    const id = functionId(name);
    const logs = { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" };
    const takes = {
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
      Resource: getAtt(spec.queue ?? "", "Arn"),
    };
    Resources[`${id}Role`] = {
      Type: "AWS::IAM::Role",
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
        },
        Policies: [
          {
            PolicyName: "own",
            PolicyDocument: {
              Version: "2012-10-17",
              Statement: [logs, ...(spec.queue ? [takes] : []), ...(spec.statements ?? [])],
            },
          },
        ],
      },
    };
    Resources[id] = {
      Type: "AWS::Lambda::Function",
      Properties: {
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { S3Key: asset(name, { "index.mjs": `${prologue}${spec.source}` }) },
        Role: getAtt(`${id}Role`, "Arn"),
        MemorySize: 256,
        Timeout: spec.timeout ?? 10,
        Environment: {
          Variables: { TABLE: ref("Table"), PAGE: { "Fn::Sub": "https://${Site.DomainName}" }, ...spec.environment },
        },
      },
    };
    if (spec.queue) {
      Resources[`${id}Source`] = {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: {
          EventSourceArn: getAtt(spec.queue, "Arn"),
          FunctionName: ref(id),
          BatchSize: 10,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
        },
      };
    }
    if (spec.rate) {
      Resources[`${id}Rule`] = {
        Type: "AWS::Events::Rule",
        Properties: { ScheduleExpression: spec.rate, Targets: [{ Id: "0", Arn: getAtt(id, "Arn") }] },
      };
      Resources[`${id}Allow`] = {
        Type: "AWS::Lambda::Permission",
        Properties: {
          Action: "lambda:InvokeFunction",
          FunctionName: ref(id),
          Principal: "events.amazonaws.com",
          SourceArn: getAtt(`${id}Rule`, "Arn"),
        },
      };
    }
  }
  if (functions.api) {
    Resources.Integration = {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: { IntegrationUri: getAtt("ApiFunction", "Arn"), PayloadFormatVersion: "2.0" },
    };
    for (const [n, RouteKey] of ["GET /v1/things/{id}", "POST /v1/things", "$default"].entries()) {
      Resources[`Route${n}`] = {
        Type: "AWS::ApiGatewayV2::Route",
        Properties: { RouteKey, Target: { "Fn::Sub": "integrations/${Integration}" } },
      };
    }
    Resources.MayInvoke = {
      Type: "AWS::Lambda::Permission",
      Properties: {
        FunctionName: ref("ApiFunction"),
        Principal: "apigateway.amazonaws.com",
        SourceArn: { "Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*" },
      },
    };
  }
  const Outputs = {
    Table: { Value: ref("Table") },
    Inbox: { Value: ref("Inbox") },
    Fifo: { Value: ref("Fifo") },
    Plain: { Value: ref("Plain") },
    Pool: { Value: ref("Pool") },
    PageClient: { Value: ref("PageClient") },
    CliClient: { Value: ref("CliClient") },
  };
  const write = (file: string, value: unknown) => writeFileSync(path.join(folder, file), JSON.stringify(value));
  write("Small.template.json", { Resources, Outputs });
  write("Small.assets.json", { version: "1", files });
  const metadata = Object.fromEntries(
    Object.keys(functions).map((name) => [
      `/Small/${name}/Resource`,
      [{ type: "aws:cdk:logicalId", data: functionId(name) }],
    ]),
  );
  write("manifest.json", {
    artifacts: {
      assets: { type: "cdk:asset-manifest", properties: { file: "Small.assets.json" } },
      Small: { type: "aws:cloudformation:stack", properties: { templateFile: "Small.template.json" }, metadata },
    },
  });
  return folder;
}
