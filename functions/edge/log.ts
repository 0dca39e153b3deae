// Structured log lines: an allow list of fields, never headers, bodies or addresses.

/** Everything that a line may say. */
export type LogLine = {
  level: "info" | "warn" | "error";
  message: string;
  requestId?: string | undefined;
  operation?: string | undefined;
  person?: string | undefined;
  status?: number | undefined;
  ms?: number | undefined;
  code?: string | undefined;
  cluster?: string | undefined;
  job?: string | undefined;
  group?: string | undefined;
  batch?: string | undefined;
  receipt?: string | undefined;
  count?: number | undefined;
  /** An error with its stack and causes, for the operator only. */
  error?: unknown;
};

/** Writes one line of JSON. */
export function log(line: LogLine): void {
  const { error, ...rest } = line;
  const text = JSON.stringify({
    time: new Date().toISOString(),
    ...rest,
    ...(error ? { error: described(error) } : {}),
  });
  process.stdout.write(`${text}\n`);
}

function described(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > 3) return String(error).slice(0, 500);
  return {
    name: error.name,
    message: error.message.slice(0, 1_000),
    stack: error.stack
      ?.split("\n")
      .slice(1, 8)
      .map((line) => line.trim()),
    ...(error.cause ? { cause: described(error.cause, depth + 1) } : {}),
  };
}
