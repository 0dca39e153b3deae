// Fetching inputs by their signed GETs: streamed through, hashed on the way, never kept.
import { createHash } from "node:crypto";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { StagedInput } from "../../shared/headnode/batch.ts";

/** Why an input is not there to be had. */
export type InputFault =
  /** The object is gone, or is another than the one that was submitted: final. */
  | { kind: "missing"; words: string }
  /** The signed address has ended: a fresh one is needed. */
  | { kind: "expired"; words: string }
  /** S3 or the way to it failed: try again. */
  | { kind: "unreachable"; words: string };

export class InputError extends Error {
  readonly fault: InputFault;
  constructor(fault: InputFault) {
    super(fault.words);
    this.fault = fault;
  }
}

export type Fetched = { name: string; size: number; sha256: string };

const stallMs = 60_000;

export type OpenInput = { answer: IncomingMessage; abort: AbortController };

/** Starts the GET; throws an InputError where the answer is not the object. */
export async function openInput(input: StagedInput): Promise<OpenInput> {
  const fail = (fault: InputFault): never => {
    throw new InputError(fault);
  };
  const name = JSON.stringify(input.name);
  const abort = new AbortController();
  const stalled = setTimeout(() => abort.abort(new Error("no answer within a minute")), stallMs);
  const answer = await get(input, abort.signal)
    .catch((error: Error) => fail({ kind: "unreachable", words: `input ${name}: ${causeOf(error)}` }))
    .finally(() => clearTimeout(stalled));
  const status = answer.statusCode ?? 0;
  if (status === 200) return { answer, abort };
  const text = await firstWords(answer);
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? "";
  if (status >= 500 || status === 429 || status === 408)
    return fail({ kind: "unreachable", words: `input ${name}: S3 answered ${status} ${code}` });
  if (isExpired(input.url) || /expired/i.test(text))
    return fail({ kind: "expired", words: `input ${name}: its signed address has ended` });
  if (status === 412) return fail({ kind: "missing", words: `input ${name} is another object than was submitted` });
  return fail({ kind: "missing", words: `input ${name} is not there any more (S3 answered ${status} ${code})` });
}

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/** Node's own client: fetch takes longer to load than a small job's inputs take to come. A redirect is no answer. */
function get(input: StagedInput, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(input.url);
  return new Promise((resolve, reject) => {
    const options = { headers: input.headers, signal };
    const asked =
      url.protocol === "https:"
        ? httpsRequest(url, { ...options, agent: agents.https }, resolve)
        : httpRequest(url, { ...options, agent: agents.http }, resolve);
    asked.on("error", reject);
    asked.end();
  });
}

async function firstWords(answer: IncomingMessage): Promise<string> {
  let text = "";
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      text += piece.toString("utf8");
      if (text.length > 4_000) break;
    }
  } catch {
    // the status tells enough
  }
  return text.slice(0, 4_000);
}

/** The object's bytes, hashed as they pass; throws where they are not of the size that was submitted. */
export async function* readInput(
  input: StagedInput,
  { answer, abort }: OpenInput,
  done: (fetched: Fetched) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let size = 0;
  let stalled: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(stalled);
    stalled = setTimeout(() => abort.abort(new Error("no byte within a minute")), stallMs);
  };
  try {
    wait();
    for await (const piece of answer as AsyncIterable<Buffer>) {
      wait();
      hash.update(piece);
      size += piece.length;
      if (size > input.size) break;
      yield piece;
    }
  } catch (error) {
    const words = `input ${JSON.stringify(input.name)}: ${causeOf(error)}`;
    throw new InputError({ kind: "unreachable", words });
  } finally {
    clearTimeout(stalled);
  }
  if (size !== input.size) {
    const words = `input ${JSON.stringify(input.name)} has ${size} bytes or more, not the ${input.size} that were submitted`;
    throw new InputError({ kind: size < input.size ? "unreachable" : "missing", words });
  }
  done({ name: input.name, size, sha256: hash.digest("hex") });
}

/** The innermost words of a failed fetch: "connect ECONNREFUSED …" rather than "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Whether a signed address says of itself that it has ended. */
export function isExpired(url: string, now = Date.now()): boolean {
  const query = new URL(url).searchParams;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("X-Amz-Date") ?? "") ?? [];
  const seconds = Number(query.get("X-Amz-Expires") ?? Number.NaN);
  const signed = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  return !Number.isNaN(signed) && !Number.isNaN(seconds) && now > signed + seconds * 1000;
}
