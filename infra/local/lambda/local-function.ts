// A Lambda function: its instances, how many may run at once, its time-out, its log.
import { randomBytes, randomUUID } from "node:crypto";
import { applicationOf } from "../events/call-faults.ts";
import type { FunctionLog } from "./function-log.ts";
import type { InstanceData } from "./messages.ts";
import { type Outcome, WarmInstance } from "./warm-instance.ts";

export type { Outcome } from "./warm-instance.ts";

export type FunctionSettings = Omit<InstanceData, "logStream"> & {
  /** As people call it: "api". */
  name: string;
  timeoutMs: number;
  env: Record<string, string>;
  /** Instances at once; further events wait their turn. */
  concurrency: number;
  log: FunctionLog;
  /** Asked at each cold start (logs:CreateLogStream) and each request that printed (logs:PutLogEvents). */
  mayLog: (action: "logs:CreateLogStream" | "logs:PutLogEvents", stream: string) => boolean;
};

/** Lambda's limit of a payload, in and out. */
export const payloadLimit = 6 * 1024 * 1024;
const idleMs = 120_000;

type Warm = {
  id: string;
  instance: WarmInstance;
  stream: string;
  current: { requestId: string | undefined; printed: string[] };
};

export class LocalFunction {
  readonly settings: FunctionSettings;
  readonly #idle: { warm: Warm; since: number }[] = [];
  readonly #all = new Set<Warm>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #stopped = false;
  readonly #sweep: NodeJS.Timeout;

  constructor(settings: FunctionSettings) {
    this.settings = settings;
    this.#sweep = setInterval(() => this.#retire(), idleMs / 2);
    this.#sweep.unref();
  }

  /**
   * Runs the function with an event in JSON; a cold start first where no instance is free.
   * Never rejects: an error of the function, of loading it, or its time-out is the outcome.
   */
  async invoke(event: string): Promise<Outcome & { requestId: string }> {
    const requestId = randomUUID();
    if (Buffer.byteLength(event) > payloadLimit) {
      const errorMessage = `an event has at most ${payloadLimit} bytes, got ${Buffer.byteLength(event)}`;
      return { requestId, ok: false, error: { errorType: "RequestEntityTooLarge", errorMessage, trace: [] } };
    }
    await this.#enter();
    try {
      return { requestId, ...(await this.#run(requestId, event)) };
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  /** Ends one instance wherever it is in its work; resolves to whether there was one. */
  async kill(id: string): Promise<boolean> {
    const found = [...this.#all].find((warm) => warm.id === id && !warm.instance.ended);
    await found?.instance.end();
    return found !== undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    await Promise.all([...this.#all].map(({ instance }) => instance.end()));
  }

  async #enter(): Promise<void> {
    while (this.#running >= this.settings.concurrency) await new Promise<void>((go) => this.#waiting.push(go));
    this.#running++;
  }

  async #run(requestId: string, event: string): Promise<Outcome> {
    const { log, timeoutMs, functionName } = this.settings;
    if (this.#stopped) {
      return { ok: false, error: { errorType: "ServiceException", errorMessage: "the host is stopping", trace: [] } };
    }
    const warm = this.#take();
    warm.current = { requestId, printed: [] };
    const started = performance.now();
    const failed = await warm.instance.ready;
    const loaded = performance.now();
    const outcome = failed ?? (await warm.instance.run({ requestId, event }, timeoutMs));
    const { printed } = warm.current;
    warm.current = { requestId: undefined, printed: [] };
    if (warm.instance.ended) this.#all.delete(warm);
    else this.#idle.push({ warm, since: Date.now() });
    if (!outcome.ok) {
      const { errorType, errorMessage, trace } = outcome.error;
      const when = failed ? `${functionName} could not be loaded: ` : "";
      printed.push(
        `ERROR ${when}${errorType}: ${errorMessage}${trace.length > 1 ? `\n${trace.slice(1).join("\n")}` : ""}`,
      );
    } else if (Buffer.byteLength(outcome.payload) > payloadLimit) {
      const errorMessage = `an answer has at most ${payloadLimit} bytes, got ${Buffer.byteLength(outcome.payload)}`;
      printed.push(`ERROR ${errorMessage}`);
      return { ok: false, error: { errorType: "Function.ResponseSizeTooLarge", errorMessage, trace: [] } };
    }
    printed.push(
      `REPORT ${(performance.now() - loaded).toFixed(1)} ms${loaded - started > 1 ? `, start ${(loaded - started).toFixed(0)} ms` : ""}`,
    );
    if (this.settings.mayLog("logs:PutLogEvents", warm.stream)) log.write(requestId, printed.join("\n"));
    return outcome;
  }

  #take(): Warm {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.warm.instance.ended) return idle.warm;
      this.#all.delete(idle.warm);
    }
    const stream = `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomUUID().replaceAll("-", "")}`;
    this.settings.mayLog("logs:CreateLogStream", stream);
    const { functionName, functionArn, code, handler, memoryMb, logGroup, env, timeoutMs } = this.settings;
    const id = randomBytes(6).toString("hex");
    const warm: Warm = {
      id,
      stream,
      current: { requestId: undefined, printed: [] },
      instance: new WarmInstance({
        data: { functionName, functionArn, code, handler, memoryMb, logGroup, logStream: stream },
        // the SDK says the application's id in each request: so a front door knows whose it is
        env: { ...env, AWS_LAMBDA_LOG_STREAM_NAME: stream, AWS_SDK_UA_APP_ID: applicationOf(id) },
        timeoutMs,
        onLog: (text) => warm.current.printed.push(text.replace(/\n$/, "")),
      }),
    };
    this.#all.add(warm);
    return warm;
  }

  /** Ends instances that had nothing to do for a while. */
  #retire(): void {
    const before = Date.now() - idleMs;
    for (let at = this.#idle.length - 1; at >= 0; at--) {
      const idle = this.#idle[at];
      if (!idle || idle.since > before) continue;
      this.#idle.splice(at, 1);
      this.#all.delete(idle.warm);
      void idle.warm.instance.end();
    }
  }
}
