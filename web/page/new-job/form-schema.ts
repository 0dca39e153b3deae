// An application's JSON Schema as the form library takes it: widgets for our own keywords, groups, and a choice of alternatives.
import type { RJSFSchema, UiSchema } from "@rjsf/utils";
import type { ParameterSchema } from "../../../shared/application/application-spec.ts";

export type FormSchema = {
  schema: RJSFSchema;
  uiSchema: UiSchema;
  /** Names of parameters of which exactly one is to be given. */
  choice: readonly string[];
};

/** From this size on a text is written in an editor (bytes). */
const editorBytes = 4_096;

/** A form has a choice where `oneOf` says nothing but which one parameter each branch requires. */
export function formSchema(parameters: ParameterSchema): FormSchema {
  const { oneOf = [], ...rest } = parameters;
  const names = oneOf.map((branch) => (Object.keys(branch).length === 1 ? (branch.required ?? []) : []));
  const isChoice = oneOf.length > 1 && names.every((one) => one.length === 1);
  const properties = Object.entries(parameters.properties ?? {});
  return {
    schema: (isChoice ? rest : parameters) as RJSFSchema,
    uiSchema: {
      ...Object.fromEntries(properties.map(([name, property]) => [name, uiOf(property)])),
      // the page has a button of its own
      "ui:submitButtonOptions": { norender: true },
    },
    choice: isChoice ? names.flat() : [],
  };
}

function uiOf(property: ParameterSchema): UiSchema {
  if (property["x-input"]) return { "ui:widget": "InputWidget" };
  // an empty argument is one too
  if (property.type === "array") return { items: { "ui:emptyValue": "" } };
  if (property.type === "string" && !property.enum && (property["x-max-bytes"] ?? 0) >= editorBytes)
    return { "ui:widget": "ScriptWidget" };
  return {};
}

export type Group = { title: string; names: string[] };

/** The parameters under their headings, both in the order of the schema; without `x-group`: under no heading. */
export function groupsOf(parameters: ParameterSchema): Group[] {
  const groups = new Map<string, string[]>();
  for (const [name, property] of Object.entries(parameters.properties ?? {})) {
    const title = property["x-group"] ?? "";
    groups.set(title, [...(groups.get(title) ?? []), name]);
  }
  return [...groups].map(([title, names]) => ({ title, names }));
}

/**
 * Parameters whose kind of value the form can show: a text where the schema wants a list would stop it. Those that are
 * left out keep their value in the document, with its fault.
 */
export function shownValues(
  parameters: Readonly<Record<string, unknown>>,
  schema: ParameterSchema,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
      const value = parameters[name];
      return value === undefined || !canShow(value, property) ? [] : [[name, value]];
    }),
  );
}

function canShow(value: unknown, property: ParameterSchema): boolean {
  if (property.type === "array") return Array.isArray(value);
  if (property.type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value !== "object";
}

/** `parameters` with what the form changed from `before` to `after`; all that it did not touch stays. */
export function withFormChange(
  parameters: Readonly<Record<string, unknown>>,
  schema: ParameterSchema,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const next: Record<string, unknown> = { ...parameters };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[name] === after[name] || JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    const value = tidy(after[name], schema.properties?.[name]);
    if (value === undefined) delete next[name];
    else next[name] = value;
  }
  return next;
}

/** The library holds undefined where an item was only just added: JSON has no such thing. A list without items is none. */
function tidy(value: unknown, property: ParameterSchema | undefined): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length === 0) return undefined;
  const blank = property?.items?.type === "string" ? "" : null;
  return value.map((item: unknown) => (item === undefined || item === null ? blank : tidy(item, property?.items)));
}

/** Input names that a parameter takes: those that its pattern admits. */
export function fittingInputs(property: ParameterSchema | undefined, names: readonly string[]): string[] {
  if (property?.pattern === undefined) return [...names];
  const pattern = new RegExp(property.pattern, "u");
  return names.filter((name) => pattern.test(name));
}

/**
 * `parameters` with every required input that is not chosen yet set to the one file that fits, where there is just one:
 * whoever drops a model and its data means that model.
 */
export function withOnlyFit(
  parameters: Record<string, unknown>,
  schema: ParameterSchema,
  names: readonly string[],
): Record<string, unknown> {
  let next = parameters;
  for (const name of schema.required ?? []) {
    const property = schema.properties?.[name];
    if (!property?.["x-input"] || next[name] !== undefined) continue;
    const fitting = fittingInputs(property, names);
    if (fitting[0] !== undefined && fitting.length === 1) next = { ...next, [name]: fitting[0] };
  }
  return next;
}

/** `parameters` with every input of the name `from` now called `to`. */
export function withRenamedInput(
  parameters: Record<string, unknown>,
  schema: ParameterSchema,
  from: string,
  to: string,
): Record<string, unknown> {
  const named = Object.entries(schema.properties ?? {}).filter(
    ([name, property]) => property["x-input"] && parameters[name] === from,
  );
  return named.length === 0 ? parameters : { ...parameters, ...Object.fromEntries(named.map(([name]) => [name, to])) };
}
