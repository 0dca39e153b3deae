// The door before an emulator: signature verified, call judged, and only then the untouched body passed on.
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Cut, type Disturber, instanceOf } from "../events/call-faults.ts";
import { cognitoCalls, isOpen } from "./cognito-call.ts";
import type { Context } from "./conditions.ts";
import { type Body, type DerivedCall, type Place, UnknownOperation } from "./derived-call.ts";
import { dynamodbCalls } from "./dynamodb-call.ts";
import type { Judge, PolicyDocument, Principal } from "./judge.ts";
import { sesCalls, sesOperation } from "./ses-call.ts";
import { SignatureError, verifySignature } from "./signature.ts";
import { sqsCalls } from "./sqs-call.ts";
import { ssmCalls } from "./ssm-call.ts";
import { createUpstream } from "./upstream.ts";

export type Service = "dynamodb" | "sqs" | "ssm" | "cognito-idp" | "ses";
/** What a function in the place of an emulator gets: a request that was signed and allowed. */
export type FrontRequest = {
  /** "AmazonSSM.SendCommand" */
  target: string;
  body: Buffer;
  /** Undefined only for Cognito's open operations. */
  principal: Principal | undefined;
};
export type FrontAnswer = { status: number; headers?: Record<string, string>; body: string };
/** What the host knows of a resource by its ARN: context keys (tags), its own policies, a table's or index's partition key. */
export type ResourceContext = (arn: string) => {
  context?: Context;
  policies?: PolicyDocument[];
  partitionKey?: string;
};
export type FrontDoorOptions = {
  service: Service;
  /** 0: any free port. */
  port: number;
  /** Base URL of an emulator, or a function in its place. */
  upstream: string | ((request: FrontRequest) => Promise<FrontAnswer>);
  judge: Judge;
  region: string;
  account: string;
  resourceContext?: ResourceContext;
  /** What is done to calls: for tests. */
  disturber?: Disturber;
};
export type FrontDoor = { url: string; close(): Promise<void> };

const bodyLimit = 20 * 1024 * 1024;
const contentTypes: Record<Service, string> = {
  dynamodb: "application/x-amz-json-1.0",
  sqs: "application/x-amz-json-1.0",
  ssm: "application/x-amz-json-1.1",
  "cognito-idp": "application/x-amz-json-1.1",
  ses: "application/json",
};
const prefixes: Record<Service, string> = {
  dynamodb: "DynamoDB_20120810.",
  sqs: "AmazonSQS.",
  ssm: "AmazonSSM.",
  "cognito-idp": "AWSCognitoIdentityProviderService.",
  ses: "SESv2.",
};

class Refusal extends Error {
  override name = "Refusal" as const;
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function callsOf(service: Service, operation: string, body: Body, place: Place, known: ResourceContext): DerivedCall[] {
  if (service === "dynamodb") return dynamodbCalls(operation, body, place, (arn) => known(arn).partitionKey);
  if (service === "sqs") return sqsCalls(operation, body, place);
  if (service === "ses") return sesCalls(operation, body, place);
  return service === "ssm" ? ssmCalls(operation, body, place) : cognitoCalls(operation, body, place);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Refusal(413, "RequestEntityTooLarge", `a body has at most ${bodyLimit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): Body {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Body;
  } catch {}
  throw new Refusal(400, "SerializationException", "the body is not a JSON object");
}

/** "AmazonSSM.SendCommand"; SES's is made from method and path. */
function targetOf(request: IncomingMessage, service: Service): string {
  if (service !== "ses") return request.headersDistinct["x-amz-target"]?.[0] ?? "";
  const operation = sesOperation(request.method ?? "", request.url ?? "");
  return operation === "" ? "" : `${prefixes.ses}${operation}`;
}

function refusalOf(error: unknown, service: Service): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof SignatureError) return new Refusal(service === "sqs" ? 403 : 400, error.code, error.message);
  if (error instanceof UnknownOperation) return new Refusal(400, "ValidationException", error.message);
  return new Refusal(503, "ServiceUnavailable", `the ${service} emulator did not answer: ${String(error)}`);
}

function refuse(response: ServerResponse, service: Service, { status, code, message }: Refusal): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const headers: OutgoingHttpHeaders = { "content-type": contentTypes[service] };
  if (service === "ses") headers["x-amzn-errortype"] = code;
  if (service === "sqs")
    headers["x-amzn-query-error"] = `${code.replace(/Exception$/, "")};${status < 500 ? "Sender" : "Receiver"}`;
  const type = service === "dynamodb" || service === "sqs" ? `com.amazon.coral.service#${code}` : code;
  response.writeHead(status, headers).end(JSON.stringify({ __type: type, message, Message: message }));
}

/** Listens on 127.0.0.1. What is refused never reaches the upstream. */
export async function startFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const { service, upstream, judge, region, account } = options;
  const known: ResourceContext = options.resourceContext ?? (() => ({}));
  const passOn = typeof upstream === "string" ? createUpstream(upstream) : undefined;

  /** Throws a Refusal unless every action on every resource is allowed. */
  function admit(operation: string, body: Body, principal: Principal): void {
    for (const call of callsOf(service, operation, body, { region, account }, known)) {
      for (const resource of call.resources) {
        const { context = {}, policies = [] } = known(resource);
        const verdict = judge.judge({
          accessKeyId: principal.accessKeyId,
          action: call.action,
          resources: [resource],
          context: { "aws:RequestedRegion": region, "aws:SourceIp": "127.0.0.1", ...call.context, ...context },
          resourcePolicies: policies,
        });
        if (!verdict.allowed)
          throw new Refusal(service === "sqs" ? 403 : 400, "AccessDeniedException", verdict.message);
      }
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const target = targetOf(request, service);
    const prefix = prefixes[service];
    const operation = target.startsWith(prefix) ? target.slice(prefix.length) : "";
    // Cognito's sign-in pages and keys are plain HTTP beside its API.
    const page = service === "cognito-idp" && target === "";
    if (!page && (request.method !== "POST" || operation === "")) {
      throw new Refusal(
        400,
        "UnknownOperationException",
        `POST with x-amz-target ${prefix}… is accepted, got "${target}"`,
      );
    }
    let principal: Principal | undefined;
    if (!page && !(service === "cognito-idp" && isOpen(operation))) {
      principal = verifySignature(request, body, { service, region, principalOf: judge.principalOf });
      admit(operation, parse(body), principal);
    }
    const fault = options.disturber?.hook({
      service,
      operation,
      principal: principal?.name,
      instance: instanceOf(request.headers["user-agent"]),
    });
    if (fault !== undefined) {
      if (fault.when === "after") {
        if (passOn) await passOn.perform(request, body, response);
        else if (typeof upstream === "function") await upstream({ target, body, principal });
      }
      await options.disturber?.suffer(fault, instanceOf(request.headers["user-agent"]));
      if (fault.kind !== "error") throw new Cut(fault);
      throw new Refusal(fault.status, fault.code, "a fault of this service");
    }
    if (passOn) {
      await passOn.send(request, body, response, service === "sqs" ? url : undefined);
    } else if (typeof upstream === "function") {
      const { status, headers, body: text } = await upstream({ target, body, principal });
      const type = { "content-type": contentTypes[service] };
      response.writeHead(status, { ...type, ...headers }).end(text);
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof Cut) error.silent || response.destroy();
      else refuse(response, service, refusalOf(error, service));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        passOn?.close();
      }),
  };
}
