// Reading resolved properties, whose types CloudFormation does not check: text, numbers, lists and objects or an error.

/** A property as an object; absent counts as empty. */
export function objectOf(value: unknown): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`an object is wanted in the template, got ${JSON.stringify(value)}`);
}

/** A property as a list of objects; absent counts as empty, one object as a list of one. */
export function objectsOf(value: unknown): Record<string, unknown>[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(objectOf);
}

/** A property as a list of texts; absent counts as empty, one text as a list of one. */
export function textsOf(value: unknown): string[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
}

/** A property as text, or undefined where it is absent. */
export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

/** A property as a number. Throws where it is none. */
export function numberOf(value: unknown, fallback: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (Number.isNaN(number)) throw new Error(`a number is wanted in the template, got ${JSON.stringify(value)}`);
  return number;
}

/** Booleans come as true or as "true". */
export const isTrue = (value: unknown): boolean => value === true || value === "true";
