// What a parameter accepts, in words for a person.
import type { ParameterSchema } from "./application-spec.ts";

/** Says what a schema accepts: "one of de, dream", "a whole number from 1 to 100 steps". */
export function describeSchema(schema: ParameterSchema): string {
  if (schema["x-accepted"]) return schema["x-accepted"];
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  const unit = schema["x-unit"] ? ` ${schema["x-unit"]}` : "";
  switch (schema.type) {
    case "integer":
      return `a whole number${range(schema)}${unit}`;
    case "number":
      return `a number${range(schema)}${unit}`;
    case "boolean":
      return "true or false";
    case "array":
      return `a list${schema.maxItems === undefined ? "" : ` of at most ${schema.maxItems}`}, each ${describeSchema(schema.items ?? {})}`;
    case "object":
      return `an object with ${Object.keys(schema.properties ?? {}).join(", ")}`;
    case "string":
      return `text${lengths(schema)}${schema.pattern ? ` that matches ${schema.pattern}` : ""}`;
    default:
      return "any value";
  }
}

function range({ minimum, maximum }: ParameterSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? "" : ` of at most ${maximum}`;
}

function lengths({ minLength, maxLength }: ParameterSchema): string {
  if (minLength !== undefined && maxLength !== undefined) return ` of ${minLength} to ${maxLength} characters`;
  if (minLength !== undefined) return ` of at least ${minLength} characters`;
  return maxLength === undefined ? "" : ` of at most ${maxLength} characters`;
}
