// SQS on this machine: fauxqs's queues behind a small HTTP server on 127.0.0.1, in SQLite on disk.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isTrue, textOf } from "../template/properties.ts";
import type { Resource } from "../template/stack.ts";
import { fauxqsParts, type SqsReply } from "./fauxqs-parts.ts";
import { repairQueues } from "./queue-repairs.ts";

export type LocalSqs = {
  url: string;
  /** Makes a queue of the template where it is not there yet; of one that is, the attributes are set and the messages kept. */
  createQueue(queue: Resource): void;
  /** Puts a message into a standard queue, as another service of AWS would. It is on disk when this returns. */
  deliver(queueArn: string, body: string, delaySeconds?: number): void;
  /** How many messages a queue holds, by its name. */
  count(name: string): { ready: number; delayed: number; inFlight: number };
  stop(): Promise<void>;
};

const attributes = {
  VisibilityTimeout: "VisibilityTimeout",
  MessageRetentionPeriod: "MessageRetentionPeriod",
  DelaySeconds: "DelaySeconds",
  MaximumMessageSize: "MaximumMessageSize",
  ReceiveMessageWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
} as const;

function attributesOf(p: Record<string, unknown>, visibilityScale: number): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [name, property] of Object.entries(attributes)) {
    const value = textOf(p[property]);
    if (value !== undefined) made[name] = value;
  }
  if (made.VisibilityTimeout !== undefined)
    made.VisibilityTimeout = String(Math.ceil(Number(made.VisibilityTimeout) / visibilityScale));
  if (isTrue(p.FifoQueue)) {
    made.FifoQueue = "true";
    made.ContentBasedDeduplication = String(isTrue(p.ContentBasedDeduplication));
  }
  if (p.RedrivePolicy !== undefined) made.RedrivePolicy = JSON.stringify(p.RedrivePolicy);
  return made;
}

let patched = false;

/** Opens the queues below `folder` and listens (port 0: any free one). */
export async function startSqs(o: {
  folder: string;
  port: number;
  region: string;
  /** Divides visibility time-outs; default 1. */
  visibilityScale?: number;
}): Promise<LocalSqs> {
  const parts = await fauxqsParts();
  if (!patched) repairQueues(parts.SqsQueue.prototype);
  patched = true;
  const store = new parts.SqsStore();
  store.region = o.region;
  const persistence = new parts.PersistenceManager(o.folder);
  // Loaded before the store may write: writing a queue again would remove its messages.
  persistence.loadSqsQueues(store);
  store.persistence = persistence;
  for (const queue of store.allQueues()) queue.persistence = persistence;

  const router = new parts.SqsRouter(store);
  for (const [name, action] of parts.actions) router.register(name, action);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    let status = 200;
    const headers: Record<string, string> = { "content-type": "application/x-amz-json-1.0" };
    const reply: SqsReply = {
      status: (code) => {
        status = code;
      },
      header: (name, value) => {
        headers[name] = value;
      },
    };
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}");
    const result = await router.handle({ headers: request.headers, body }, reply);
    response.writeHead(status, headers).end(JSON.stringify(result ?? {}));
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      response.writeHead(500, { "content-type": "application/x-amz-json-1.0" });
      response.end(JSON.stringify({ __type: "InternalError", message: String(cause) }));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(o.port, "127.0.0.1", resolve);
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    createQueue: ({ names, properties }) => {
      const { QueueName: name = "", Arn: arn = "" } = names.attributes;
      const wanted = attributesOf(properties, o.visibilityScale ?? 1);
      const there = store.getQueueByName(name);
      if (there) there.setAttributes(wanted);
      else store.createQueue(name, names.ref, arn, wanted);
    },
    deliver: (queueArn, body, delaySeconds) => {
      const queue = store.getQueueByArn(queueArn);
      if (!queue) throw new Error(`no queue ${queueArn}`);
      queue.enqueue(parts.SqsStore.createMessage(body, {}, delaySeconds));
    },
    count: (name) => {
      const messages = store.inspectQueue(name)?.messages;
      if (!messages) throw new Error(`no queue "${name}"`);
      const { ready, delayed, inflight } = messages;
      return { ready: ready.length, delayed: delayed.length, inFlight: inflight.length };
    },
    stop: async () => {
      store.shutdown();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      // Nothing may write any more once the database is closed.
      for (const queue of store.allQueues()) queue.persistence = undefined;
      store.persistence = undefined;
      persistence.close();
    },
  };
}
