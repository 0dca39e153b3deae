// Filters and pages of Systems Manager's lists.
import type { Command, Invocation } from "./command-store.ts";
import { SsmError } from "./ssm-error.ts";

type Filter = { key: string; value: string };

/** The filters of a request, in either spelling of their members. Throws SsmError on a key that is not served. */
export function filtersOf(given: unknown, keys: string[]): Filter[] {
  const list = Array.isArray(given) ? (given as Record<string, unknown>[]) : [];
  return list.map((one) => {
    const key = String(one.key ?? one.Key);
    if (!keys.includes(key))
      throw new SsmError("InvalidFilterKey", `"${key}" is no filter here; ${keys.join(", ")} are`);
    return { key, value: String(one.value ?? one.Value) };
  });
}

/** Whether an invocation passes all filters. */
export function passes(filters: Filter[], command: Command, { status }: Invocation): boolean {
  return filters.every(({ key, value }) => {
    if (key === "DocumentName") return command.document === value;
    if (key === "InvokedAfter") return command.requestedAt >= Date.parse(value);
    if (key === "InvokedBefore") return command.requestedAt < Date.parse(value);
    return status === value || (value === "TimedOut" && status.endsWith("TimedOut"));
  });
}

/** One page of a list, at most 50 long, with the token of the next. Throws SsmError. */
export function page<T>(items: T[], body: Record<string, unknown>): { items: T[]; next: { NextToken?: string } } {
  const { MaxResults: size = 50, NextToken: token = "0" } = body;
  if (typeof size !== "number" || !Number.isInteger(size) || size < 1 || size > 50) {
    throw new SsmError("ValidationException", `MaxResults is ${JSON.stringify(size)}; 1 to 50 is accepted`);
  }
  if (typeof token !== "string" || !/^\d{1,9}$/.test(token)) {
    throw new SsmError("InvalidNextToken", `"${String(token)}" is no token of a list`);
  }
  const end = Number(token) + size;
  return { items: items.slice(Number(token), end), next: end < items.length ? { NextToken: String(end) } : {} };
}
