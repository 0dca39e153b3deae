// What zod finds wrong, as the contract's issues: the field, the value, what is accepted. The API and the page word faults by it alike.
import * as z from "zod";
import { type Issue, shortened } from "./problem.ts";

/** Every issue of a failed parse of `input` by `schema`. An unknown field is named, with the known ones. */
export function translateIssues(schema: z.ZodType, input: unknown, error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue) => translate(schema, input, issue));
}

function translate(schema: z.ZodType, input: unknown, issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === "unrecognized_keys") {
    const known = fieldsAt(schema, issue.path);
    const accepted = known ? `one of the fields ${known.join(", ")}` : "no such field";
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return issueOf(path, valueAt(input, path), accepted);
    });
  }
  return [issueOf(issue.path, valueAt(input, issue.path), acceptedBy(issue))];
}

function issueOf(path: readonly PropertyKey[], value: unknown, accepted: string): Issue {
  const shown = shortened(value);
  return { field: path.map(String).join("."), ...(shown === undefined ? {} : { value: shown }), accepted };
}

/** JSON's types as people call them. */
const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function acceptedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeWords[issue.expected] ?? `a value of type ${issue.expected}`;
    case "too_small":
      return `${bound(issue.origin)} of at least ${issue.minimum}`;
    case "too_big":
      return `${bound(issue.origin)} of at most ${issue.maximum}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_key":
    case "invalid_element":
      return issue.issues.map(acceptedBy).join("; ");
    default:
      // Our own schemas word what they accept as their message.
      return issue.message;
  }
}

function bound(origin: string): string {
  if (origin === "string") return "a text with a length";
  if (origin === "array") return "a list with a length";
  if (origin === "int" || origin === "number") return "a number";
  return "a value";
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    // a list that was sent as one text
    if (typeof value === "string") return value;
    if (value === null || typeof value !== "object") return undefined;
    value = Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined;
  }
  return value;
}

/** The names of the fields of the object at a path of a schema. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] | undefined {
  let at = unwrapped(schema);
  for (const part of path) {
    if (at instanceof z.ZodObject) {
      const next: unknown = at.shape[String(part)];
      if (!(next instanceof z.ZodType)) return undefined;
      at = unwrapped(next);
    } else if (at instanceof z.ZodArray && at.element instanceof z.ZodType) {
      at = unwrapped(at.element);
    } else {
      return undefined;
    }
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : undefined;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    const inner: unknown = schema.unwrap();
    if (inner instanceof z.ZodType) return unwrapped(inner);
  }
  return schema;
}
