// Fetching inputs by their signed GETs: streamed through, hashed on the way, never kept.
import { createHash } from "node:crypto";
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

export type OpenInput = { answer: Response; abort: AbortController };

/** Starts the GET; throws an InputError where the answer is not the object. */
export async function openInput(input: StagedInput): Promise<OpenInput> {
  const fail = (fault: InputFault): never => {
    throw new InputError(fault);
  };
  const name = JSON.stringify(input.name);
  const abort = new AbortController();
  const stalled = setTimeout(() => abort.abort(new Error("no answer within a minute")), stallMs);
  const answer = await fetch(input.url, { headers: input.headers, redirect: "error", signal: abort.signal })
    .catch((error: Error) => fail({ kind: "unreachable", words: `input ${name}: ${causeOf(error)}` }))
    .finally(() => clearTimeout(stalled));
  if (answer.status === 200) return { answer, abort };
  const text = (await answer.text().catch(() => "")).slice(0, 4_000);
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? "";
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408)
    return fail({ kind: "unreachable", words: `input ${name}: S3 answered ${answer.status} ${code}` });
  if (isExpired(input.url) || /expired/i.test(text))
    return fail({ kind: "expired", words: `input ${name}: its signed address has ended` });
  if (answer.status === 412)
    return fail({ kind: "missing", words: `input ${name} is another object than was submitted` });
  return fail({ kind: "missing", words: `input ${name} is not there any more (S3 answered ${answer.status} ${code})` });
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
    for await (const piece of answer.body ?? []) {
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
