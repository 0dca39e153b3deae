// Passing a judged request on to its emulator, body and headers untouched, over kept-alive connections.
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

type Upstream = {
  /** Sends and answers. With `ownUrl`, queue URLs in the answer are given that host: the SDK calls the host of a queue's URL. */
  send(request: IncomingMessage, body: Buffer, response: ServerResponse, ownUrl: string | undefined): Promise<void>;
  /** Has the request performed, and throws the answer away. */
  perform(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void>;
  close(): void;
};

const receiveMessage = "AmazonSQS.ReceiveMessage";
const queueUrlAnswers = /^AmazonSQS\.(CreateQueue|GetQueueUrl|ListQueues|ListDeadLetterSourceQueues)$/;

function withHost(text: string, ownUrl: string): string {
  const own = (url: unknown) => (typeof url === "string" ? url.replace(/^https?:\/\/[^/]+/, ownUrl) : url);
  const answer = JSON.parse(text) as Record<string, unknown>;
  for (const name of ["QueueUrl", "QueueUrls", "queueUrls"]) {
    const value = answer[name];
    if (value !== undefined) answer[name] = Array.isArray(value) ? value.map(own) : own(value);
  }
  return JSON.stringify(answer);
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** An upstream at a base URL such as `http://127.0.0.1:4001`. */
export function createUpstream(base: string): Upstream {
  const { hostname, port } = new URL(base);
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

  /** One attempt; a kept-alive connection that the emulator had just closed is tried once more. */
  function open(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    again: boolean,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { "transfer-encoding": _, connection: __, ...headers } = request.headers;
      const sent = httpRequest({
        agent,
        hostname,
        port,
        method: request.method,
        path: request.url,
        headers: { ...headers, "content-length": String(body.length) },
      });
      // fauxqs goes on with a poll whose caller went away: its answer is awaited, and its messages given back.
      const poll = request.headers["x-amz-target"] === receiveMessage;
      const leave = () => poll || sent.destroy(new Error("the caller went away"));
      response.once("close", leave);
      sent.once("response", (answer) => {
        answer.once("close", () => response.off("close", leave));
        resolve(answer);
      });
      sent.once("error", (cause: NodeJS.ErrnoException) => {
        response.off("close", leave);
        if (again && sent.reusedSocket && cause.code === "ECONNRESET") {
          open(request, body, response, false).then(resolve, reject);
        } else reject(cause);
      });
      sent.end(body);
    });
  }

  /** Makes messages visible again at once that nobody received. */
  async function giveBack(poll: Buffer, answer: string): Promise<void> {
    const { QueueUrl } = JSON.parse(poll.toString("utf8")) as { QueueUrl: string };
    const { Messages = [] } = JSON.parse(answer) as { Messages?: { ReceiptHandle: string }[] };
    if (Messages.length === 0) return;
    const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle, VisibilityTimeout: 0 }));
    const answered = await fetch(base, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.ChangeMessageVisibilityBatch",
      },
      body: JSON.stringify({ QueueUrl, Entries }),
    });
    await answered.arrayBuffer();
  }

  async function send(
    request: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    ownUrl: string | undefined,
  ): Promise<void> {
    const answer = await open(request, body, response, true);
    const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...headers } = answer.headers;
    const status = answer.statusCode ?? 502;
    const target = request.headersDistinct["x-amz-target"]?.[0] ?? "";
    if (ownUrl !== undefined && status === 200 && queueUrlAnswers.test(target)) {
      const { "content-length": ____, ...rest } = headers;
      response.writeHead(status, rest).end(withHost(await textOf(answer), ownUrl));
      return;
    }
    if (ownUrl !== undefined && status === 200 && target === receiveMessage) {
      const text = await textOf(answer);
      if (response.destroyed) await giveBack(body, text);
      else response.writeHead(status, headers).end(text);
      return;
    }
    response.writeHead(status, headers);
    answer.once("error", () => response.destroy());
    answer.pipe(response);
  }

  async function perform(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    await textOf(await open(request, body, response, true));
  }

  return { send, perform, close: () => agent.destroy() };
}
