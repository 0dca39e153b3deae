// The Lambdas of shared/functions.ts: code, role, log, environment and what starts each.
import { join } from "node:path";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, EventSourceMapping, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type FunctionName, type FunctionSpec, functions } from "../../shared/functions.ts";
import { acknowledgeKeys } from "./acknowledge.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import type { Data } from "./data.ts";
import { granted } from "./grants.ts";

const functionNames = Object.keys(functions) as FunctionName[];

const pascalCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

type FunctionsProps = {
  data: Data;
  clusters: ClusterAccess;
  /** Values of the environment variables that functions are given. */
  environment: Readonly<Record<string, string>>;
  /** Folder of the bundles, one folder each. */
  bundles: string;
  /** Address that mail comes from; undefined: no mail is sent. */
  mailFrom: string | undefined;
};

export class Functions extends Construct {
  readonly api: LambdaFunction;
  readonly #props: FunctionsProps;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.#props = props;
    const made = new Map(functionNames.map((name) => [name, this.#function(name, functions[name])]));
    const api = made.get("api");
    if (api === undefined) throw new Error('shared/functions.ts has no function "api"');
    this.api = api;
  }

  #function(name: FunctionName, spec: FunctionSpec): LambdaFunction {
    const id = pascalCase(name);
    const logGroup = new LogGroup(this, `${id}Log`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const handler = new LambdaFunction(this, id, {
      description: `Headgate: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: Code.fromAsset(join(this.#props.bundles, name), { exclude: ["*.map"] }),
      timeout: Duration.seconds(spec.timeoutSeconds),
      memorySize: spec.memoryMb,
      role: this.#role(name, spec, logGroup),
      logGroup,
      environment: this.#environment(name, spec),
    });
    this.#start(id, handler, spec);
    return handler;
  }

  /** Everything a function may do stands inline in its role: there before the function is, and in one place to read. */
  #role(name: FunctionName, spec: FunctionSpec, logGroup: LogGroup): Role {
    const { data, clusters, mailFrom } = this.#props;
    const grants = spec.grants.map((grant) => granted(grant, data, clusters, mailFrom));
    const statements = [
      new PolicyStatement({
        sid: "WriteOwnLog",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [logGroup.logGroupArn],
      }),
      ...grants.flatMap((grant) => grant.statements),
    ];
    if (spec.trigger.kind === "queue") {
      statements.push(
        new PolicyStatement({
          sid: "TakeFromQueue",
          actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
          resources: [this.#props.data.queues[spec.trigger.queue].queueArn],
        }),
      );
    }
    const role = new Role(this, `${pascalCase(name)}Role`, {
      description: `Headgate: what function ${name} may do`,
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: { [pascalCase(name)]: new PolicyDocument({ statements }) },
    });
    for (const { objects } of grants) {
      if (objects)
        acknowledgeKeys(role, objects.bucket, objects.keys, "A fixed prefix of one bucket; ids make the rest.");
    }
    return role;
  }

  #environment(name: FunctionName, spec: FunctionSpec): Record<string, string> {
    return Object.fromEntries(
      spec.environment.map((variable) => {
        const value = this.#props.environment[variable];
        if (value === undefined) {
          const known = Object.keys(this.#props.environment).join(", ");
          throw new Error(`function ${name} asks for the environment variable "${variable}"; there are ${known}`);
        }
        return [variable, value];
      }),
    );
  }

  #start(id: string, handler: LambdaFunction, spec: FunctionSpec): void {
    const { trigger } = spec;
    switch (trigger.kind) {
      case "http":
        return;
      case "queue":
        // No window: a job waits for nothing. No MaximumConcurrency: its least is 2, and a FIFO group is served by one at a time anyway.
        new EventSourceMapping(this, `${id}Source`, {
          target: handler,
          eventSourceArn: this.#props.data.queues[trigger.queue].queueArn,
          batchSize: trigger.batchSize,
          reportBatchItemFailures: true,
        });
        return;
      case "schedule":
        new Rule(this, `${id}Schedule`, {
          schedule: Schedule.rate(Duration.minutes(trigger.minutes)),
          targets: [new LambdaTarget(handler)],
        });
    }
  }
}
