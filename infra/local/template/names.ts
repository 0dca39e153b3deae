// What Ref and Fn::GetAtt come to for each type of resource: physical names that stay the same from start to start.
import { createHash } from "node:crypto";

export type Place = { region: string; account: string; partition: string; urlSuffix: string; stackName: string };
export type Names = { ref: string; attributes: Record<string, string> };
type Namer = (o: { id: string; given: (property: string) => string | undefined; place: Place }) => Names;

/** Letters and digits from a hash of what is named: the same at every start. */
export function stableId(of: string, length: number, alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"): string {
  const bytes = createHash("sha512").update(of).digest();
  return Array.from({ length }, (_, n) => alphabet[(bytes[n] ?? 0) % alphabet.length]).join("");
}

const arn = (
  service: string,
  place: Place,
  resource: string,
  o: { region?: boolean; account?: boolean } = {},
): string =>
  [
    "arn",
    place.partition,
    service,
    o.region === false ? "" : place.region,
    o.account === false ? "" : place.account,
    resource,
  ].join(":");

const named = (
  property: string,
  service: string,
  prefix: string,
  more: Partial<Record<"region" | "account", boolean>> = {},
): Namer => {
  return ({ id, given, place }) => {
    const name = given(property) ?? `${place.stackName}-${id}`;
    return { ref: name, attributes: { Arn: arn(service, place, `${prefix}${name}`, more) } };
  };
};
const identified = (
  length: number,
  attributes: (id: string, place: Place) => Record<string, string> = () => ({}),
): Namer => {
  return ({ id, place }) => {
    const own = stableId(`${place.stackName}/${id}`, length);
    return { ref: own, attributes: { Id: own, ...attributes(own, place) } };
  };
};
const plain: Namer = ({ id, place }) => ({ ref: `${place.stackName}-${id}`, attributes: {} });

const types: Record<string, Namer> = {
  "AWS::DynamoDB::Table": named("TableName", "dynamodb", "table/"),
  "AWS::S3::Bucket": ({ id, given, place }) => {
    const long = `${place.stackName}-${id}`.toLowerCase();
    const name = given("BucketName") ?? (long.length > 63 ? `${long.slice(0, 50)}-${stableId(long, 12)}` : long);
    return {
      ref: name,
      attributes: {
        Arn: `arn:${place.partition}:s3:::${name}`,
        DomainName: `${name}.s3.${place.urlSuffix}`,
        RegionalDomainName: `${name}.s3.${place.region}.${place.urlSuffix}`,
        WebsiteURL: `http://${name}.s3-website-${place.region}.${place.urlSuffix}`,
      },
    };
  },
  "AWS::SQS::Queue": ({ id, given, place }) => {
    const name = given("QueueName") ?? `${place.stackName}-${id}${given("FifoQueue") === "true" ? ".fifo" : ""}`;
    const url = `https://sqs.${place.region}.${place.urlSuffix}/${place.account}/${name}`;
    return { ref: url, attributes: { Arn: arn("sqs", place, name), QueueName: name, QueueUrl: url } };
  },
  "AWS::Cognito::UserPool": ({ id, place }) => {
    const pool = `${place.region}_${stableId(`${place.stackName}/${id}`, 9)}`;
    const provider = `cognito-idp.${place.region}.${place.urlSuffix}/${pool}`;
    return {
      ref: pool,
      attributes: {
        Arn: arn("cognito-idp", place, `userpool/${pool}`),
        ProviderName: provider,
        ProviderURL: `https://${provider}`,
        UserPoolId: pool,
      },
    };
  },
  "AWS::Cognito::UserPoolClient": identified(26, (id) => ({ ClientId: id })),
  "AWS::Cognito::UserPoolGroup": ({ id, given }) => ({ ref: given("GroupName") ?? id, attributes: {} }),
  "AWS::Cognito::UserPoolDomain": ({ id, given }) => ({ ref: given("Domain") ?? id, attributes: {} }),
  "AWS::SSM::Document": named("Name", "ssm", "document/"),
  "AWS::Lambda::Function": named("FunctionName", "lambda", "function:"),
  "AWS::Lambda::LayerVersion": named("LayerName", "lambda", "layer:"),
  "AWS::Lambda::Permission": plain,
  "AWS::Lambda::EventSourceMapping": identified(32),
  "AWS::Events::Rule": named("Name", "events", "rule/"),
  "AWS::Scheduler::Schedule": named("Name", "scheduler", "schedule/default/"),
  "AWS::ApiGatewayV2::Api": identified(10, (id, place) => ({
    ApiId: id,
    ApiEndpoint: `https://${id}.execute-api.${place.region}.${place.urlSuffix}`,
  })),
  "AWS::ApiGatewayV2::Integration": identified(7),
  "AWS::ApiGatewayV2::Route": identified(7),
  "AWS::ApiGatewayV2::Stage": ({ id, given }) => ({ ref: given("StageName") ?? id, attributes: {} }),
  "AWS::CloudFront::Distribution": ({ id, place }) => {
    const own = stableId(`${place.stackName}/${id}`, 13).toUpperCase();
    return { ref: own, attributes: { Id: own, DomainName: `d${own.toLowerCase()}.cloudfront.net` } };
  },
  "AWS::CloudFront::Function": ({ id, given, place }) => {
    const own = `arn:${place.partition}:cloudfront::${place.account}:function/${given("Name") ?? id}`;
    return { ref: own, attributes: { FunctionARN: own } };
  },
  "AWS::CloudFront::ResponseHeadersPolicy": identified(14),
  "AWS::CloudFront::OriginAccessControl": identified(14),
  "AWS::CloudFront::CachePolicy": identified(14),
  "AWS::CloudFront::OriginRequestPolicy": identified(14),
  "AWS::IAM::Role": ({ id, given, place }) => {
    const name = given("RoleName") ?? `${place.stackName}-${id}`;
    return {
      ref: name,
      attributes: { Arn: `arn:${place.partition}:iam::${place.account}:role/${name}`, RoleId: `AROA${name}` },
    };
  },
  "AWS::IAM::InstanceProfile": named("InstanceProfileName", "iam", "instance-profile/", { region: false }),
  "AWS::IAM::Policy": plain,
  "AWS::IAM::ManagedPolicy": named("ManagedPolicyName", "iam", "policy/", { region: false }),
  "AWS::Logs::LogGroup": ({ id, given, place }) => {
    const name = given("LogGroupName") ?? `${place.stackName}-${id}`;
    return { ref: name, attributes: { Arn: arn("logs", place, `log-group:${name}:*`) } };
  },
  "AWS::S3::BucketPolicy": plain,
  "AWS::SQS::QueuePolicy": plain,
  "Custom::S3BucketNotifications": plain,
  "Custom::CDKBucketDeployment": plain,
  "AWS::CDK::Metadata": plain,
};

/** Whether this host knows what a type's names are. */
export const isKnownType = (type: string): boolean => Object.hasOwn(types, type);

/** The names of one resource; those of an unknown type are made up from its logical id. */
export function namesOf(type: string, o: Parameters<Namer>[0]): Names {
  const namer = isKnownType(type) ? types[type] : undefined;
  if (namer) return namer(o);
  const name = `${o.place.stackName}-${o.id}`;
  return { ref: name, attributes: { Arn: arn("local", o.place, name), Id: name } };
}
