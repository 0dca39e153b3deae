// A job's parameters as rows for people: their titles, units and values, and which are the application's own. Pure.
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";
import type { Application } from "../../../shared/contract/catalogue.ts";

export type ParameterRow = {
  name: string;
  title: string;
  unit: string | undefined;
  value: unknown;
  /** Whether it is what the application takes by itself; undefined: the application is not known. */
  isDefault: boolean | undefined;
};

/** In the order of the application's schema; what it does not name comes last. */
export function parameterRows(
  parameters: Readonly<Record<string, unknown>>,
  application: Pick<Application, "parameters"> | undefined,
): ParameterRow[] {
  const { properties = {} } = (application?.parameters ?? {}) as ParameterSchema;
  const known = Object.keys(properties).filter((name) => Object.hasOwn(parameters, name));
  const others = Object.keys(parameters).filter((name) => !Object.hasOwn(properties, name));
  return [...known, ...others].map((name) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const value = parameters[name];
    return {
      name,
      title: schema?.title ?? name,
      unit: schema?.["x-unit"],
      value,
      isDefault: application && (schema?.default === undefined ? false : same(value, schema.default)),
    };
  });
}

/** A value on one line; long and many-lined texts are shown otherwise. */
export function valueWords(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value))
    return value.length === 0
      ? "none"
      : value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(", ");
  return JSON.stringify(value) ?? "none";
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
