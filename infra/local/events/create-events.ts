// What starts functions without a request: queues, schedules, and the queues that hear of new objects.
import type { LocalFunction } from "../lambda/local-function.ts";
import type { ObjectEvent } from "../s3/server.ts";
import type { LocalSqs } from "../sqs/local-sqs.ts";
import { mayInvoke, type ResourcePolicies } from "../template/policies.ts";
import type { Actor } from "../template/principals.ts";
import { isTrue, numberOf, objectsOf, textOf, textsOf } from "../template/properties.ts";
import type { Resource, Stack } from "../template/stack.ts";
import { disturbedBatches, type Faults, faultyTeller } from "./faults.ts";
import { asksFor, eventMessage, type Notification, notificationsOf, testMessage } from "./object-events.ts";
import { type QueueSource, startQueueSource } from "./queue-source.ts";
import { startSchedule } from "./schedule.ts";

type Functions = ReadonlyMap<string, LocalFunction>;
const functionOf = (functions: Functions, resource: Resource | undefined): LocalFunction | undefined =>
  [...functions.values()].find((run) => run.settings.functionArn === resource?.names.attributes.Arn);

/** Starts to poll for every AWS::Lambda::EventSourceMapping. Throws on one that cannot be served here. */
export function startQueueSources(o: {
  stack: Stack;
  functions: Functions;
  actors: readonly Actor[];
  sqsUrl: string;
  faults: Faults;
  log: (line: string) => void;
}): QueueSource[] {
  const { stack } = o;
  return stack
    .ofType("AWS::Lambda::EventSourceMapping")
    .filter(({ properties }) => properties.Enabled === undefined || isTrue(properties.Enabled))
    .map(({ id, properties: p }) => {
      const queue = stack.named("AWS::SQS::Queue", p.EventSourceArn);
      const run = functionOf(o.functions, stack.named("AWS::Lambda::Function", p.FunctionName));
      const actor = o.actors.find(({ principal }) => principal.name === run?.settings.name);
      if (!queue || !run || !actor)
        throw new Error(
          `event source ${id} joins ${String(p.EventSourceArn)} and ${String(p.FunctionName)}: a queue and a function of the template are wanted`,
        );
      const batchSize = numberOf(p.BatchSize, 10);
      if (batchSize < 1 || batchSize > 10)
        throw new Error(`event source ${id} has batch size ${batchSize}; 1 to 10 are served here`);
      if (numberOf(p.MaximumBatchingWindowInSeconds, 0) > 0)
        o.log(`event source ${id}: the batching window is not kept here`);
      const { accessKeyId, secretAccessKey, sessionToken } = actor.principal;
      const fifo = isTrue(queue.properties.FifoQueue);
      return startQueueSource({
        run,
        queue: {
          url: `${o.sqsUrl}/${stack.place.account}/${queue.names.attributes.QueueName}`,
          arn: queue.names.attributes.Arn ?? "",
        },
        region: stack.place.region,
        endpoint: o.sqsUrl,
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        batchSize,
        reportsFailures: textsOf(p.FunctionResponseTypes).includes("ReportBatchItemFailures"),
        concurrency: Math.max(1, run.settings.concurrency - 1),
        disturb: disturbedBatches(o.faults, fifo, run.settings.name),
        log: o.log,
      });
    });
}

export type Schedules = { turns: Map<string, () => Promise<unknown>>; stop(): void };

/** Starts every enabled schedule of EventBridge's rules and of its scheduler. */
export function startSchedules(o: {
  stack: Stack;
  functions: Functions;
  scale: number;
  log: (line: string) => void;
}): Schedules {
  const { stack } = o;
  const turns = new Map<string, () => Promise<unknown>>();
  const running: { stop(): void }[] = [];
  const found = [
    ...stack
      .ofType("AWS::Events::Rule")
      .map((rule) => ({ rule, targets: objectsOf(rule.properties.Targets), byRule: true })),
    ...stack
      .ofType("AWS::Scheduler::Schedule")
      .map((rule) => ({ rule, targets: objectsOf(rule.properties.Target), byRule: false })),
  ];
  for (const { rule, targets, byRule } of found) {
    const expression = textOf(rule.properties.ScheduleExpression);
    if (expression === undefined || rule.properties.State === "DISABLED") continue;
    const ruleArn = rule.names.attributes.Arn ?? "";
    for (const target of targets) {
      const run = functionOf(o.functions, stack.named("AWS::Lambda::Function", target.Arn));
      if (!run)
        throw new Error(`schedule ${rule.id} starts ${String(target.Arn)}, which is no function of this machine`);
      const functionArn = run.settings.functionArn;
      // A rule needs the function's permission; the scheduler goes by its own role.
      if (byRule && !mayInvoke(stack, { functionArn, service: "events.amazonaws.com", sourceArn: ruleArn })) {
        o.log(`${rule.id} never starts ${run.settings.name}: no AWS::Lambda::Permission lets it`);
        continue;
      }
      const turn = async () => {
        const event =
          textOf(target.Input) ??
          JSON.stringify({
            version: "0",
            id: crypto.randomUUID(),
            "detail-type": "Scheduled Event",
            source: "aws.events",
            account: stack.place.account,
            time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
            region: stack.place.region,
            resources: [ruleArn],
            detail: {},
          });
        const outcome = await run.invoke(event);
        if (!outcome.ok)
          o.log(
            `${run.settings.name} failed on its schedule: ${outcome.error.errorType}: ${outcome.error.errorMessage}`,
          );
        return outcome;
      };
      turns.set(run.settings.name, turn);
      running.push(startSchedule({ expression, scale: o.scale, turn }));
    }
  }
  const stop = (): void => {
    for (const schedule of running) schedule.stop();
  };
  return { turns, stop };
}

/** Who hears of a change in a bucket; each new notification is tested with S3's own test event, as at a deployment. */
export function objectTeller(o: {
  stack: Stack;
  sqs: LocalSqs;
  policies: ResourcePolicies;
  faults: Faults;
  isNew: (notification: string) => boolean;
}): (event: ObjectEvent) => void {
  const { region, account, partition } = o.stack.place;
  const notifications = o.stack
    .ofType("Custom::S3BucketNotifications")
    .flatMap(({ properties }) => notificationsOf(properties));
  for (const notification of notifications) {
    const { bucket, queueArn } = notification;
    const context = { "aws:SourceArn": `arn:${partition}:s3:::${bucket}`, "aws:SourceAccount": account };
    const call = { action: "sqs:SendMessage", resource: queueArn, at: queueArn, context };
    if (!o.policies.admits("s3.amazonaws.com", call)) {
      throw new Error(
        `bucket ${bucket} may not tell ${queueArn}: the queue's policy does not let s3.amazonaws.com send`,
      );
    }
    if (o.isNew(`${bucket} ${queueArn} ${notification.prefix} ${notification.suffix}`))
      o.sqs.deliver(queueArn, testMessage(bucket));
  }
  const tell = faultyTeller<{ event: ObjectEvent; notification: Notification }>(
    o.faults,
    ({ event, notification }, delay) =>
      o.sqs.deliver(notification.queueArn, eventMessage(event, { region, account, notification }), delay),
  );
  return (event) => {
    for (const notification of notifications) if (asksFor(notification, event)) tell({ event, notification });
  };
}
