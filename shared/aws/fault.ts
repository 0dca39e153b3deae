// SDK errors in the words of the house.
import { GatewayError } from "../contract/problem.ts";

const passing = new Set([
  "ThrottlingException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "InternalServerError",
  "InternalFailure",
  "InternalError",
  "ServiceUnavailable",
  "SlowDown",
  "TimeoutError",
  "RequestTimeout",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
]);

/** An error of a service as `unavailable` where trying again may help, else as `internal`; the cause goes to the log only. */
export function serviceFault(service: string, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { name, code, $metadata } = (error ?? {}) as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const again = passing.has(name ?? "") || passing.has(code ?? "") || ($metadata?.httpStatusCode ?? 0) >= 500;
  return new GatewayError(again ? "unavailable" : "internal", `${service} failed: ${name ?? String(error)}`, {
    cause: error,
  });
}

/** The name of an SDK error. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : "");

/** The HTTP status of an SDK error, 0 where it has none. */
export const errorStatus = (error: unknown): number =>
  (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode ?? 0;
