// The template's functions, ready to be started: bundle, settings, and the environment that they would have on AWS.
import type { Judge } from "../iam/judge.ts";
import type { Assembly } from "../template/assembly.ts";
import type { Actor } from "../template/principals.ts";
import { numberOf, objectOf, textOf } from "../template/properties.ts";
import type { Stack } from "../template/stack.ts";
import { openFunctionLog } from "./function-log.ts";
import { LocalFunction } from "./local-function.ts";

export type FunctionsOptions = {
  assembly: Assembly;
  stack: Stack;
  actors: readonly Actor[];
  judge: Judge;
  /** Rewrites AWS's addresses into local ones. */
  localise: <T>(value: T) => T;
  /** Added to every function's environment. */
  environment: Record<string, string>;
  /** Instances of one function at once. */
  concurrency: number;
  logs: string;
  log: (line: string) => void;
};

/** Those that Lambda would run on Node; those of CDK's own custom resources are left out. */
export function createFunctions(o: FunctionsOptions): Map<string, LocalFunction> {
  const { place } = o.stack;
  const made = new Map<string, LocalFunction>();
  for (const { principal, run, trust } of o.actors) {
    if (!run || !principal.judged) continue;
    const p = run.properties;
    const code = o.assembly.assets.get(String(objectOf(p.Code).S3Key));
    if (!String(p.Runtime).startsWith("nodejs") || code === undefined) {
      o.log(`function ${run.id} (${String(p.Runtime)}) is not run on this machine`);
      continue;
    }
    const arn = run.names.attributes.Arn ?? "";
    if (trust && principal.role !== undefined) {
      const verdict = o.judge.assume({
        principal: principal.name,
        role: principal.role,
        service: "lambda.amazonaws.com",
        trust,
      });
      if (!verdict.allowed) throw new Error(verdict.message);
    }
    const group = textOf(objectOf(p.LoggingConfig).LogGroup) ?? `/aws/lambda/${run.names.ref}`;
    const memoryMb = numberOf(p.MemorySize, 128);
    const handler = textOf(p.Handler) ?? "index.handler";
    const refused = new Set<string>();
    const settings = {
      name: principal.name,
      functionName: run.names.ref,
      functionArn: arn,
      code,
      handler,
      memoryMb,
      logGroup: group,
      timeoutMs: numberOf(p.Timeout, 3) * 1000,
      concurrency: o.concurrency,
      log: openFunctionLog(o.logs, principal.name),
      env: {
        ...o.localise(objectOf(objectOf(p.Environment).Variables) as Record<string, string>),
        ...o.environment,
        _HANDLER: handler,
        AWS_EXECUTION_ENV: `AWS_Lambda_${String(p.Runtime)}`,
        AWS_LAMBDA_FUNCTION_NAME: run.names.ref,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_LAMBDA_LOG_GROUP_NAME: group,
        AWS_REGION: place.region,
        AWS_DEFAULT_REGION: place.region,
        AWS_ACCESS_KEY_ID: principal.accessKeyId,
        AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
        AWS_SESSION_TOKEN: principal.sessionToken,
        LAMBDA_TASK_ROOT: code,
        LANG: "en_US.UTF-8",
        TZ: ":UTC",
        NODE_OPTIONS: "",
        PATH: "/usr/local/bin:/usr/bin:/bin",
      },
      mayLog: (action: string, stream: string): boolean => {
        const verdict = o.judge.judge({
          accessKeyId: principal.accessKeyId,
          action,
          resources: [
            `arn:${place.partition}:logs:${place.region}:${place.account}:log-group:${group}:log-stream:${stream}`,
          ],
          context: {},
        });
        if (!verdict.allowed && !refused.has(action)) {
          refused.add(action);
          o.log(`${principal.name} writes no log: ${verdict.message}`);
        }
        return verdict.allowed;
      },
    };
    made.set(principal.name, new LocalFunction(settings));
  }
  return made;
}
