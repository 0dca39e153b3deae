// What a request asks of IAM, before it is known who asks: an action, the resources and the context of each.
import type { Context } from "./conditions.ts";

export type DerivedCall = { action: string; resources: string[]; context: Context };
export type Place = { region: string; account: string };
export type Body = Record<string, unknown>;

/** Thrown where a request cannot be turned into actions: it is refused, never passed on unjudged. */
export class UnknownOperation extends Error {
  override name = "UnknownOperation" as const;
}

/** A text of a body. Throws UnknownOperation where it is missing. */
export function textOf(body: Body, name: string, operation: string): string {
  const value = body[name];
  if (typeof value === "string" && value !== "") return value;
  throw new UnknownOperation(`${operation} needs ${name}, got ${JSON.stringify(value)?.slice(0, 80)}`);
}

/** A part of a body that is an object; an absent one is empty. */
export function objectOf(value: unknown): Body {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

/** The objects of a list; anything else is empty. */
export function objectsOf(value: unknown): Body[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}
