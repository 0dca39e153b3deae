// The SQS part of fauxqs alone: its package loads S3 and SNS too, which takes 0.7 s, and listens on every interface.

export type QueueMessage = {
  messageId: string;
  messageGroupId?: string;
  sequenceNumber?: string;
  approximateReceiveCount: number;
  approximateFirstReceiveTimestamp?: number;
  body: string;
};
type InFlight = { message: QueueMessage; receiptHandle: string; visibilityDeadline: number };
export type SqsQueue = {
  name: string;
  arn: string;
  url: string;
  attributes: Record<string, string>;
  fifoMessages: Map<string, QueueMessage[]>;
  fifoLockedGroups: Map<string, number>;
  inflightMessages: Map<string, InFlight>;
  persistence: Persistence | undefined;
  isFifo(): boolean;
  enqueue(message: QueueMessage): void;
  setAttributes(attributes: Record<string, string>): void;
  dequeueFifo: (
    count: number,
    visibility: number | undefined,
    dlq?: (arn: string) => SqsQueue | undefined,
  ) => unknown[];
  processTimers(): void;
  changeVisibility(receiptHandle: string, seconds: number): void;
};
export type SqsStore = {
  region: string | undefined;
  host: string;
  persistence: Persistence | undefined;
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): SqsQueue;
  getQueueByName(name: string): SqsQueue | undefined;
  getQueueByArn(arn: string): SqsQueue | undefined;
  allQueues(): Iterable<SqsQueue>;
  inspectQueue(
    name: string,
  ): { messages: { ready: QueueMessage[]; delayed: QueueMessage[]; inflight: unknown[] } } | undefined;
  shutdown(): void;
};
export type Persistence = {
  loadSqsQueues(store: SqsStore): void;
  updateMessageInflight(
    id: string,
    receiptHandle: string | null,
    deadline: number | null,
    receives: number,
    first: number | null,
  ): void;
  close(): void;
};
type Action = (body: unknown, store: SqsStore, request: unknown) => unknown;
export type SqsReply = { status(code: number): void; header(name: string, value: string): void };
type Parts = {
  SqsStore: { new (): SqsStore; createMessage(body: string, attributes?: object, delay?: number): QueueMessage };
  SqsQueue: { prototype: SqsQueue };
  SqsRouter: new (
    store: SqsStore,
  ) => { register(name: string, action: Action): void; handle(request: unknown, reply: SqsReply): Promise<unknown> };
  PersistenceManager: new (folder: string) => Persistence;
  actions: Map<string, Action>;
};

const actionNames = [
  "CreateQueue",
  "DeleteQueue",
  "GetQueueUrl",
  "ListQueues",
  "GetQueueAttributes",
  "SetQueueAttributes",
  "PurgeQueue",
  "SendMessage",
  "ReceiveMessage",
  "DeleteMessage",
  "SendMessageBatch",
  "DeleteMessageBatch",
  "ChangeMessageVisibility",
  "ChangeMessageVisibilityBatch",
  "TagQueue",
  "UntagQueue",
  "ListQueueTags",
];

/** Loads them from fauxqs's own folder (fauxqs is pinned: these are no public entry points). */
export async function fauxqsParts(): Promise<Parts> {
  const main = import.meta.resolve("fauxqs");
  const load = async (file: string) => (await import(new URL(file, main).href)) as Record<string, unknown>;
  const camel = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const [store, router, persistence, ...actions] = await Promise.all([
    load("sqs/sqsStore.js"),
    load("sqs/sqsRouter.js"),
    load("persistence.js"),
    ...actionNames.map((name) => load(`sqs/actions/${camel(name)}.js`)),
  ]);
  return {
    SqsStore: store.SqsStore as Parts["SqsStore"],
    SqsQueue: store.SqsQueue as Parts["SqsQueue"],
    SqsRouter: router.SqsRouter as Parts["SqsRouter"],
    PersistenceManager: persistence.PersistenceManager as Parts["PersistenceManager"],
    actions: new Map(actionNames.map((name, n) => [name, actions[n]?.[camel(name)] as Action])),
  };
}
