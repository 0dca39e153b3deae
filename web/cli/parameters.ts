// Parameters as they are typed, --set name=value, by the application's JSON Schema.
import { readFileSync } from "node:fs";
import type { ParameterSchema, Parameters } from "../../shared/application/application-spec.ts";
import { describeSchema } from "../../shared/application/describe-schema.ts";
import { shortened } from "../../shared/contract/problem.ts";
import { CliError } from "./cli-error.ts";

/**
 * The parameters of several `name=value`: nested names by dots, `name=@file` for a file's text (`@@` for an @ itself), an
 * item more for each mention of a list, or the whole list as JSON. Throws CliError naming field, value and what is accepted.
 */
export function readSets(sets: readonly string[], schema: ParameterSchema): Parameters {
  const parameters: Parameters = {};
  for (const set of sets) {
    const equals = set.indexOf("=");
    if (equals < 1)
      throw new CliError(
        "usage",
        `--set ${JSON.stringify(set)} is no parameter; accepted is name=value, or name=@file`,
      );
    put(parameters, schema, set.slice(0, equals).split("."), textOf(set.slice(equals + 1)));
  }
  return parameters;
}

type Given = { text: string; fromFile: boolean };

function textOf(given: string): Given {
  if (given.startsWith("@@")) return { text: given.slice(1), fromFile: false };
  if (!given.startsWith("@")) return { text: given, fromFile: false };
  return { text: readText(given.slice(1)), fromFile: true };
}

/** A file's text; "-" is stdin. Throws CliError where it cannot be read, or is no text. */
export function readText(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
  } catch (error) {
    throw new CliError("usage", `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CliError("usage", `${file} is no text in UTF-8; give it as a FILE of the job`, { cause: error });
  }
}

function put(into: Parameters, schema: ParameterSchema, names: readonly string[], given: Given): void {
  let place = into;
  let at = schema;
  for (const [depth, name] of names.entries()) {
    const field = ["parameters", ...names.slice(0, depth + 1)].join(".");
    const known = at.properties ?? {};
    const next = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!next) {
      const accepted = Object.keys(known).join(", ");
      throw refused(field, given.text, accepted === "" ? "no such field" : `no such field; there are ${accepted}`);
    }
    if (depth === names.length - 1) {
      const before = Object.hasOwn(place, name) ? place[name] : undefined;
      Object.defineProperty(place, name, { ...plain, value: typedValue(next, given, field, before) });
      return;
    }
    if (!Object.hasOwn(place, name)) Object.defineProperty(place, name, { ...plain, value: {} });
    place = place[name] as Parameters;
    at = next;
  }
}

// defined and not assigned: a name may be __proto__
const plain = { enumerable: true, configurable: true, writable: true } as const;

function typedValue(schema: ParameterSchema, given: Given, field: string, before: unknown): unknown {
  const { text, fromFile } = given;
  const tidy = text.trim();
  switch (schema.type) {
    case "string":
      return text;
    case "integer":
    case "number": {
      const number = tidy === "" ? Number.NaN : Number(tidy);
      if (!Number.isFinite(number)) throw refused(field, text, describeSchema(schema));
      return number;
    }
    case "boolean":
      if (tidy === "true") return true;
      if (tidy === "false") return false;
      throw refused(field, text, describeSchema(schema));
    case "array":
      if (tidy.startsWith("[")) return json(tidy, field);
      return [...(Array.isArray(before) ? before : []), typedValue(schema.items ?? {}, given, field, undefined)];
    case "object":
      return json(tidy, field);
    default:
      if (fromFile) return text;
      try {
        return JSON.parse(tidy);
      } catch {
        return text;
      }
  }
}

function json(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(field, text, "JSON");
  }
}

function refused(field: string, value: string, accepted: string): CliError {
  const issue = { field, value: shortened(value) ?? "", accepted };
  return new CliError("refused", `${field} is not accepted`, { issues: [issue] });
}
