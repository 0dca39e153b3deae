// Parameters against an application's JSON Schema, with every fault told as: field, value, what is accepted.
import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import { type Issue, shortened } from "../contract/problem.ts";
import type { ParameterSchema, Parameters } from "./application-spec.ts";
import { describeSchema } from "./describe-schema.ts";

const utf8 = new TextEncoder();

/** Keywords that only say "something below is wrong"; the fault itself follows as an error of its own. */
const wrappers = new Set(["properties", "items", "additionalProperties", "allOf", "if", "$ref"]);

/**
 * Checks parameters and fills in defaults. `inputs` are the names that `x-input` parameters may take.
 * Issues are empty where the parameters are accepted; the given object is left as it is.
 */
export function validateParameters(
  schema: ParameterSchema,
  given: Parameters,
  inputs: readonly string[],
): { parameters: Parameters; issues: Issue[] } {
  // the validator cannot write down where such a name is
  const odd = Object.keys(given).find((name) => !name.isWellFormed());
  if (odd !== undefined) return { parameters: given, issues: [issueAt([], odd, "names in well-formed unicode")] };
  const parameters = withDefaults(schema, given);
  // not short-circuited: a person wants to hear of all faults at once
  const { errors } = new Validator(schema as Schema, "2020-12", false).validate(parameters);
  const chosen = errors.filter((error) => error.keyword === "oneOf").map((error) => `${error.keywordLocation}/`);
  const issues: Issue[] = [];
  for (const error of errors) {
    if (wrappers.has(error.keyword) || chosen.some((location) => error.keywordLocation.startsWith(location))) continue;
    for (const issue of translate(error, schema, parameters))
      if (!issues.some((other) => other.field === issue.field)) issues.push(issue);
  }
  if (issues.length === 0) issues.push(...checkOwnKeywords(schema, parameters, inputs));
  return { parameters, issues };
}

function withDefaults(schema: ParameterSchema, given: Parameters): Parameters {
  const missing = Object.entries(schema.properties ?? {})
    .filter(([name, property]) => property.default !== undefined && !Object.hasOwn(given, name))
    .map(([name, property]) => [name, structuredClone(property.default)]);
  return { ...given, ...Object.fromEntries(missing) };
}

function translate(error: OutputUnit, root: ParameterSchema, instance: Parameters): Issue[] {
  const path = segments(error.instanceLocation);
  const value = path.reduce<unknown>(child, instance);
  const parent = segments(error.keywordLocation).slice(0, -1).reduce<unknown>(child, root) as ParameterSchema;
  if (error.keyword === "required")
    return (parent.required ?? [])
      .filter((name) => !Object.hasOwn(value as object, name))
      .map((name) =>
        issueAt([...path, name], undefined, `${describeSchema(parent.properties?.[name] ?? {})}; it is required`),
      );
  if (error.keyword === "false") {
    const names = Object.keys(objectAt(root, path.slice(0, -1)).properties ?? {});
    return [issueAt(path, value, `no such field; there are ${names.join(", ")}`)];
  }
  if (error.keyword === "oneOf") {
    const names = (parent.oneOf ?? []).flatMap((branch) => branch.required ?? []);
    const sent = names.filter((name) => Object.hasOwn(value as object, name));
    return [issueAt(path, sent.length === 0 ? undefined : sent, `exactly one of ${names.join(", ")}`)];
  }
  return [issueAt(path, value, describeSchema(parent))];
}

/** What the schema says by keywords of ours: inputs that must be there, sizes in bytes, well-formed text. */
function checkOwnKeywords(schema: ParameterSchema, parameters: Parameters, inputs: readonly string[]): Issue[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const value = parameters[name];
    if (value === undefined) return [];
    const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === "string");
    if (texts.some((text) => !text.isWellFormed())) return [issueAt([name], value, "well-formed unicode")];
    const limit = property["x-max-bytes"];
    const bytes = texts.reduce((sum, text) => sum + utf8.encode(text).length, 0);
    if (limit !== undefined && bytes > limit)
      return [issueAt([name], value, `at most ${limit} bytes (this has ${bytes})`)];
    if (property["x-input"] && !inputs.includes(String(value)))
      return [
        issueAt(
          [name],
          value,
          inputs.length === 0 ? "the name of an input; the job has none" : `the name of an input: ${listed(inputs)}`,
        ),
      ];
    return [];
  });
}

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => shortened(name))
    .join(", ");
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function issueAt(path: readonly string[], value: unknown, accepted: string): Issue {
  const text = shortened(value);
  return { field: ["parameters", ...path].join("."), ...(text === undefined ? {} : { value: text }), accepted };
}

function objectAt(root: ParameterSchema, path: readonly string[]): ParameterSchema {
  return path.reduce<ParameterSchema>((schema, name) => schema.properties?.[name] ?? schema.items ?? {}, root);
}

function child(parent: unknown, name: string): unknown {
  return typeof parent === "object" && parent !== null ? (parent as Record<string, unknown>)[name] : undefined;
}

/** The parts of a JSON pointer as the validator writes it: "#/arguments/0". */
function segments(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"));
}
