// One warm instance of a function, in a worker thread: loads the bundle once, then answers one event after another.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { FromInstance, InstanceData, ToInstance } from "./messages.ts";

type Handler = (event: unknown, context: unknown) => unknown;

const port = parentPort;
if (!port) throw new Error("an instance runs in a worker thread");
const data = workerData as InstanceData;
const send = (message: FromInstance) => port.postMessage(message);

// Output travels with the answers, in order, so that each line is known to belong to its request.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    send({ kind: "log", text: typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8") });
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback) queueMicrotask(() => callback());
    return true;
  };
}

function errorOf(cause: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(cause instanceof Error)) return { errorType: typeof cause, errorMessage: String(cause), trace: [] };
  // Our own frames, which lie in a data: URL, say nothing to whoever wrote the function.
  const trace = (cause.stack ?? "").split("\n").filter((line) => !line.includes("data:text/javascript"));
  return { errorType: cause.name, errorMessage: cause.message, trace };
}

async function load(): Promise<Handler> {
  const [file = "", name = ""] = data.handler.split(/\.(?=[^.]*$)/);
  const tried = [".mjs", ".js", ".cjs"].map((extension) => path.join(data.code, `${file}${extension}`));
  const found = tried.find((candidate) => existsSync(candidate));
  if (!found) throw new Error(`no file of handler "${data.handler}": looked for ${tried.join(", ")}`);
  const module = (await import(pathToFileURL(found).href)) as Record<string, unknown>;
  const handler = module[name] ?? (module.default as Record<string, unknown> | undefined)?.[name];
  if (typeof handler !== "function") throw new Error(`${found} exports no function "${name}"`);
  return handler as Handler;
}

function contextOf({ requestId, deadline }: ToInstance): Record<string, unknown> {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: data.functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: data.functionArn,
    memoryLimitInMB: String(data.memoryMb),
    awsRequestId: requestId,
    logGroupName: data.logGroup,
    logStreamName: data.logStream,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

try {
  const handler = await load();
  port.on("message", async (message: ToInstance) => {
    try {
      const result = await handler(JSON.parse(message.event), contextOf(message));
      send({ kind: "result", requestId: message.requestId, payload: JSON.stringify(result) ?? "null" });
    } catch (cause) {
      send({ kind: "error", requestId: message.requestId, ...errorOf(cause) });
    }
  });
  send({ kind: "ready" });
} catch (cause) {
  send({ kind: "init-error", ...errorOf(cause) });
}
