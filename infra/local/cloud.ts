// The cloud on a laptop: everything that CloudFormation would make of the synthesised template, made and run in this process.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assumeHeadnodeRoles, openDoors, openJudge } from "./cloud-identity.ts";
import { createDistribution } from "./cloudfront/create-distribution.ts";
import { type SeedUser, startCognito } from "./cognito/local-cognito.ts";
import { writePool } from "./cognito/pool-files.ts";
import { createTables } from "./dynamo/create-tables.ts";
import { type DynamoKind, startDynamo } from "./dynamo/local-dynamo.ts";
import { type Disturber, instanceOf } from "./events/call-faults.ts";
import { objectTeller, startQueueSources, startSchedules } from "./events/create-events.ts";
import { type Faults, noFaults } from "./events/faults.ts";
import { createApi } from "./gateway/create-api.ts";
import { openPort } from "./gateway/port.ts";
import { judgeS3 } from "./iam/s3-judge.ts";
import { createFunctions } from "./lambda/create-functions.ts";
import type { Outcome } from "./lambda/local-function.ts";
import { type ObjectEvent, type S3Server, startS3 } from "./s3/server.ts";
import { createSes } from "./ses/local-ses.ts";
import { type LocalSqs, startSqs } from "./sqs/local-sqs.ts";
import { type RunCommand, startRunCommand } from "./ssm/run-command.ts";
import { readAssembly } from "./template/assembly.ts";
import { createBuckets, deployFiles } from "./template/buckets.ts";
import { localise } from "./template/local-origins.ts";
import { resourcePolicies } from "./template/policies.ts";
import { actorsOf, mailDomainsOf } from "./template/principals.ts";
import { resolveStack } from "./template/stack.ts";

export type CloudOptions = {
  /** Where all state lives; one cloud at a time. */
  data: string;
  /** First of a row of ports; 0: any free ones. */
  port: number;
  /** The cloud assembly, cdk.out. */
  assembly: string;
  dynamo?: DynamoKind;
  /** Divides the waiting times of schedules, and of reconcile through SCALE. Default: as the template has it. */
  scale?: number;
  /** Divides the queues' visibility time-outs; default 1. */
  visibilityScale?: number;
  /** Instances of one function at once; default 10. */
  concurrency?: number;
  /** HEADGATE_HOME of a cluster's commands; default `<data>/headnode/<cluster>`. */
  headgateHome?: (cluster: string) => string;
  /** Folder of the usage files; default the environment's HEADGATE_IAM, or `<data>/iam`. */
  iam?: string;
  log?: (line: string) => void;
};
export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string };
export type Cloud = {
  urls: { page: string; api: string; s3: string; cognito: string; dynamodb: string; sqs: string; ssm: string };
  outputs: Record<string, string>;
  /** Ids of the template's clusters. */
  clusters: string[];
  region: string;
  /** The issuer of the user pool's tokens, as on AWS. */
  issuer: string;
  jwks: string;
  /** Credentials of "api", "headnode:<cluster>", "host" … Throws where there is nobody of that name. */
  credentials(principal: string): Credentials;
  /** Runs a function by its name with a payload, and answers its result. Throws with its error. */
  invoke(name: string, payload: unknown): Promise<unknown>;
  /** Runs a scheduled function now. */
  tick(name: string): Promise<Outcome>;
  /** Creates a confirmed person who has a permanent password. */
  seedUser(user: SeedUser): Promise<void>;
  faults: Faults;
  /** Faults of Run Command. */
  commands: RunCommand["faults"];
  /** The SSM instance id of a cluster's head node. */
  target(cluster: string): string;
  /** The environment of a cluster's commands: whose credentials, which endpoints. */
  headnodeEnvironment(cluster: string): Record<string, string>;
  s3: S3Server;
  sqs: LocalSqs;
  /** Ends everything that was started, within five seconds. */
  stop(): Promise<void>;
};

const region = "eu-west-1";
const account = "000000000000";

/** Names of what was set up once, so that a restart does not announce it again. */
function onceIn(file: string): (name: string) => boolean {
  const known = new Set(existsSync(file) ? readFileSync(file, "utf8").split("\n") : []);
  return (name) => {
    if (known.has(name)) return false;
    known.add(name);
    writeFileSync(file, [...known].join("\n"));
    return true;
  };
}

/**
 * Starts the cloud. What the data folder holds is kept.
 * @throws Error where the template asks for what this machine cannot do, or a port is taken
 */
export async function startCloud(o: CloudOptions): Promise<Cloud> {
  const log = o.log ?? (() => {});
  const port = (offset: number) => (o.port === 0 ? 0 : o.port + offset);
  const folder = (name: string) => path.join(o.data, name);
  mkdirSync(o.data, { recursive: true });
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const opened = <T>(thing: T, close: (thing: T) => Promise<unknown> | unknown): T => {
    closing.unshift(() => close(thing));
    return thing;
  };
  const stop = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 5_000);
    });
    const all = async () => {
      for (const close of closing.splice(0)) {
        try {
          await close();
        } catch (cause) {
          log(`stopping: ${cause instanceof Error ? cause.message : String(cause)}`);
        }
      }
    };
    await Promise.race([all(), late]);
    clearTimeout(timer);
  };

  try {
    // The template, and who acts in it
    const assembly = readAssembly(o.assembly);
    const stack = resolveStack(assembly, { region, account });
    for (const notice of stack.notices) log(notice);
    const actors = actorsOf(assembly, stack, o.data);
    const policies = resourcePolicies(stack);
    const { judge, usage } = openJudge(actors, o.iam ?? process.env.HEADGATE_IAM ?? folder("iam"));
    opened(usage, () => usage.close());
    assumeHeadnodeRoles(actors, judge, stack);
    const credentials = (name: string): Credentials => {
      const found = actors.find(({ principal }) => principal.name === name)?.principal;
      if (!found)
        throw new Error(
          `no principal "${name}"; there are ${actors.map(({ principal }) => principal.name).join(", ")}`,
        );
      const { accessKeyId, secretAccessKey, sessionToken } = found;
      return { accessKeyId, secretAccessKey, sessionToken };
    };
    const faults = noFaults();
    let kill: (instance: string) => Promise<unknown> = async () => {};
    const disturber: Disturber = {
      hook: (call) => faults.calls.each?.(call),
      suffer: async (fault, instance) => {
        if (fault.kind === "kill" && instance !== undefined) await kill(instance);
      },
    };

    // Storage: tables, queues, objects
    let tell: (event: ObjectEvent) => void = () => {};
    const [dynamo, sqs, s3, page, api] = await Promise.all([
      startDynamo({ kind: o.dynamo ?? "dynalite", folder: folder("dynamodb"), port: port(7) }).then((it) =>
        opened(it, () => it.stop()),
      ),
      startSqs({ folder: folder("sqs"), port: port(8), region, visibilityScale: o.visibilityScale ?? 1 }).then((it) =>
        opened(it, () => it.stop()),
      ),
      startS3({
        dir: folder("s3"),
        port: port(2),
        region,
        credentials: (accessKeyId) => judge.principalOf(accessKeyId),
        judge: judgeS3({ judge, bucketPolicies: policies.ofBucket }),
        onEvent: (event) => tell(event),
        disturb: ({ operation, accessKeyId, userAgent, presigned }) => {
          // who holds a signed address is a stranger with somebody's signature
          const principal = presigned ? "signed address" : judge.principalOf(accessKeyId)?.name;
          const instance = instanceOf(userAgent);
          const fault = disturber.hook({ service: "s3", operation, principal, instance });
          return fault && { fault, suffer: () => disturber.suffer(fault, instance) };
        },
      }).then((it) => opened(it, () => it.close())),
      openPort(port(0)).then((it) => opened(it, () => it.close())),
      openPort(port(1)).then((it) => opened(it, () => it.close())),
    ]);
    await createTables(dynamo.url, stack.ofType("AWS::DynamoDB::Table"));
    for (const queue of stack.ofType("AWS::SQS::Queue")) sqs.createQueue(queue);
    createBuckets(stack, s3);
    tell = objectTeller({ stack, sqs, policies, faults, isNew: onceIn(folder("notified")) });
    const files = await deployFiles(assembly, stack, s3, o.data);

    // People
    const origins = new Map<string, string>([["https://sqs.eu-west-1.amazonaws.com", ""]]);
    const [distributionResource] = stack.ofType("AWS::CloudFront::Distribution");
    const [apiResource] = stack.ofType("AWS::ApiGatewayV2::Api");
    if (distributionResource) origins.set(`https://${distributionResource.names.attributes.DomainName}`, page.url);
    if (apiResource) origins.set(String(apiResource.names.attributes.ApiEndpoint), api.url);
    const settings = writePool({ stack, folder: folder("cognito"), localise: localise(origins) });
    const cognito =
      settings && (await startCognito({ settings, folder: folder("cognito"), mail: folder("mail"), port: port(9) }));
    if (cognito) opened(cognito, () => cognito.stop());

    // Commands to head nodes, and the doors before all of it. The endpoints are known once the doors are open.
    const environments = new Map<string, Record<string, string>>();
    const nodes = actors.flatMap(({ headnode }) => {
      if (!headnode) return [];
      const environment: Record<string, string> = {};
      environments.set(headnode.cluster, environment);
      return [{ instanceId: headnode.target, environment, cwd: "/" }];
    });
    for (const [cluster, environment] of environments) {
      const own = credentials(`headnode:${cluster}`);
      Object.assign(environment, {
        PATH: process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: process.env.HOME ?? "/root",
        LANG: "C.UTF-8",
        HEADGATE_HOME: o.headgateHome?.(cluster) ?? path.join(folder("headnode"), cluster),
        AWS_ACCESS_KEY_ID: own.accessKeyId,
        AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
        AWS_SESSION_TOKEN: own.sessionToken,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_ENDPOINT_URL: "http://127.0.0.1:9",
        AWS_ENDPOINT_URL_S3: s3.url,
      });
    }
    const documents = stack
      .ofType("AWS::SSM::Document")
      .map(({ names, properties }) => [names.ref, properties.Content] as const);
    const commands = await startRunCommand({
      documents: Object.fromEntries(documents),
      nodes,
      dir: folder("ssm"),
      log,
    });
    opened(commands, () => commands.stop());
    const doors = await openDoors({
      stack,
      judge,
      policies,
      disturber,
      upstreams: {
        dynamodb: { upstream: dynamo.url, port: port(4) },
        sqs: { upstream: sqs.url, port: port(5) },
        ssm: { upstream: ({ target, body }) => commands.handle(target, body), port: port(6) },
        ses: { upstream: createSes({ folder: folder("mail"), verified: mailDomainsOf(stack), region }), port: 0 },
        ...(cognito ? { "cognito-idp": { upstream: cognito.url, port: port(3) } } : {}),
      },
    });
    for (const door of Object.values(doors)) if (door) opened(door, () => door.close());
    const urls = {
      page: page.url,
      api: api.url,
      s3: s3.url,
      cognito: doors["cognito-idp"]?.url ?? "",
      dynamodb: doors.dynamodb?.url ?? "",
      sqs: doors.sqs?.url ?? "",
      ssm: doors.ssm?.url ?? "",
    };
    origins.set(`https://sqs.${region}.amazonaws.com`, urls.sqs);
    for (const { names } of stack.ofType("AWS::Cognito::UserPoolDomain")) {
      origins.set(`https://${names.ref}.auth.${region}.amazoncognito.com`, urls.cognito);
    }
    const local = localise(origins);
    const jwks = settings ? `${urls.cognito}/${settings.id}/.well-known/jwks.json` : "";

    // Functions, and what starts them
    const scale = o.scale;
    const functions = createFunctions({
      assembly,
      stack,
      actors,
      judge,
      localise: local,
      concurrency: o.concurrency ?? 10,
      logs: folder("logs"),
      log,
      environment: {
        ...(scale === undefined ? {} : { SCALE: String(scale) }),
        AWS_ENDPOINT_URL: "http://127.0.0.1:9",
        AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb,
        AWS_ENDPOINT_URL_S3: urls.s3,
        AWS_ENDPOINT_URL_SQS: urls.sqs,
        AWS_ENDPOINT_URL_SSM: urls.ssm,
        AWS_ENDPOINT_URL_SESV2: doors.ses?.url ?? "",
        AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: urls.cognito,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        HEADGATE_LOCAL_JWKS: jwks,
        HEADGATE_LOCAL_COGNITO: urls.cognito,
      },
    });
    kill = (instance) => Promise.all([...functions.values()].map((run) => run.kill(instance)));
    opened(functions, (all) => Promise.all([...all.values()].map((run) => run.stop())));
    if (apiResource) api.answerWith(createApi({ stack, functions, log }));
    const localOrigin = (domainName: string) => origins.get(`https://${domainName}`);
    const distribution = createDistribution({ stack, s3, policies, files, localise: local, localOrigin, log });
    if (distribution) page.answerWith(opened(distribution, () => distribution.close()).listener);
    const sources = startQueueSources({ stack, functions, actors, sqsUrl: urls.sqs, faults, log });
    opened(sources, (all) => Promise.all(all.map((source) => source.stop())));
    const schedules = startSchedules({ stack, functions, scale: scale ?? 1, log });
    opened(schedules, () => schedules.stop());

    const functionNamed = (name: string) => {
      const run = functions.get(name);
      if (!run) throw new Error(`no function "${name}"; there are ${[...functions.keys()].join(", ")}`);
      return run;
    };
    return {
      urls,
      outputs: local(stack.outputs),
      clusters: [...environments.keys()],
      region,
      issuer: settings?.issuer ?? "",
      jwks,
      credentials,
      invoke: async (name, payload) => {
        const outcome = await functionNamed(name).invoke(JSON.stringify(payload ?? null));
        if (!outcome.ok) throw new Error(`${name}: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
        return JSON.parse(outcome.payload) as unknown;
      },
      tick: async (name) => {
        const turn = schedules.turns.get(name);
        if (!turn) throw new Error(`no schedule starts "${name}"; there are ${[...schedules.turns.keys()].join(", ")}`);
        return (await turn()) as Outcome;
      },
      seedUser: async (user) => {
        if (!cognito) throw new Error("the template has no user pool");
        await cognito.seedUser(user);
      },
      faults,
      commands: commands.faults,
      target: (cluster) => {
        const found = actors.find(({ headnode }) => headnode?.cluster === cluster)?.headnode;
        if (!found) throw new Error(`no cluster "${cluster}"; there are ${[...environments.keys()].join(", ")}`);
        return found.target;
      },
      headnodeEnvironment: (cluster) => {
        const environment = environments.get(cluster);
        if (!environment) throw new Error(`no cluster "${cluster}"; there are ${[...environments.keys()].join(", ")}`);
        return { ...environment };
      },
      s3,
      sqs,
      stop,
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
