// A worker thread with a function in it: started cold, kept warm, ended by a time-out or when its function says so.
import { Worker } from "node:worker_threads";
import { workerProgram } from "../worker-program.ts";
import type { FromInstance, FunctionError, InstanceData, ToInstance } from "./messages.ts";

export type Outcome = { ok: true; payload: string } | { ok: false; error: FunctionError };

const failure = (errorType: string, errorMessage: string): Outcome => ({
  ok: false,
  error: { errorType, errorMessage, trace: [] },
});

/** What Lambda gives a bundle to be loaded; one that takes longer is loaded within its first call's time. */
const initMs = 10_000;

const program = new URL("./instance.ts", import.meta.url);

export class WarmInstance {
  readonly ready: Promise<Outcome | undefined>;
  /** Set once the thread has ended. */
  ended = false;
  readonly #worker: Worker;
  #answer: ((outcome: Outcome) => void) | undefined;
  #last: Outcome = failure("Runtime.ExitError", "Runtime exited without providing a reason");

  constructor(o: {
    data: InstanceData;
    env: Record<string, string>;
    /** The function's own time-out. */
    timeoutMs: number;
    onLog: (text: string) => void;
  }) {
    const { data, env, onLog } = o;
    const loadMs = initMs + o.timeoutMs;
    this.#worker = new Worker(workerProgram(program), {
      workerData: data,
      env,
      argv: [],
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: data.memoryMb },
    });
    this.ready = new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#last = failure("Runtime.InitError", `loading took more than ${loadMs / 1000} seconds`);
        void this.end();
      }, loadMs);
      const settle = (outcome: Outcome | undefined) => {
        clearTimeout(late);
        resolve(outcome);
      };
      this.#worker.on("message", (message: FromInstance) => {
        if (message.kind === "log") onLog(message.text);
        else if (message.kind === "ready") settle(undefined);
        else if (message.kind === "result") this.#settle({ ok: true, payload: message.payload });
        else {
          const { kind, ...rest } = message;
          const { errorType, errorMessage, trace } = rest;
          const outcome: Outcome = { ok: false, error: { errorType, errorMessage, trace } };
          if (kind === "error") this.#settle(outcome);
          else {
            this.#last = outcome;
            void this.end();
          }
        }
      });
      this.#worker.on("error", (cause: Error & { code?: string }) => {
        const memory = cause.code === "ERR_WORKER_OUT_OF_MEMORY";
        this.#last = memory
          ? failure("Runtime.OutOfMemory", `the function used more than its ${data.memoryMb} MB`)
          : {
              ok: false,
              error: { errorType: cause.name, errorMessage: cause.message, trace: (cause.stack ?? "").split("\n") },
            };
      });
      this.#worker.on("exit", () => {
        this.ended = true;
        settle(this.#last);
        this.#settle(this.#last);
      });
    });
    // What is written past our own write (a native abort) is taken off the pipe.
    this.#worker.stdout.on("data", (chunk: Buffer) => onLog(chunk.toString("utf8")));
    this.#worker.stderr.on("data", (chunk: Buffer) => onLog(chunk.toString("utf8")));
  }

  #settle(outcome: Outcome): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(outcome);
  }

  /** Runs one event; ends the thread where it takes longer than `timeoutMs`. */
  async run(message: Omit<ToInstance, "deadline">, timeoutMs: number): Promise<Outcome> {
    if (this.ended) return this.#last;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#settle(failure("Sandbox.Timedout", `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`));
        void this.end();
      }, timeoutMs);
      this.#answer = (outcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#worker.postMessage({ ...message, deadline: Date.now() + timeoutMs } satisfies ToInstance);
    });
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.#worker.terminate();
  }
}
