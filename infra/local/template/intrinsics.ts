// CloudFormation's intrinsic functions, worked out against the names that this machine gives to resources.

/** Any value of a template: plain JSON with intrinsic functions in it. */
export type Expression = unknown;
export type Scope = {
  /** Value of a parameter, a pseudo parameter or a resource. Throws where there is none. */
  ref: (id: string) => unknown;
  attribute: (id: string, name: string) => unknown;
  mappings: Record<string, Record<string, Record<string, unknown>>>;
  conditions: Record<string, Expression>;
};

/** What AWS::NoValue comes to: the property is left out. */
export const noValue = Symbol("AWS::NoValue");

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function text(value: unknown, of: string): string {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`${of} needs text, got ${JSON.stringify(value)}`);
}

function list(value: unknown, of: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${of} needs a list, got ${JSON.stringify(value)}`);
}

function flag(value: unknown, of: string): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new Error(`${of} needs a condition, got ${JSON.stringify(value)}`);
}

function attributeOf(argument: unknown, scope: Scope): unknown {
  const parts = typeof argument === "string" ? argument.split(".") : list(argument, "Fn::GetAtt");
  const [id, ...name] = parts.map((part) => text(resolve(part, scope), "Fn::GetAtt"));
  if (id === undefined || name.length === 0)
    throw new Error(`Fn::GetAtt needs a resource and an attribute, got ${parts}`);
  return scope.attribute(id, name.join("."));
}

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isObject(variables) ? variables : {};
  return text(template, "Fn::Sub").replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const key = name.trim();
    if (Object.hasOwn(own, key)) return text(resolve(own[key], scope), `Fn::Sub \${${key}}`);
    const value = key.includes(".") ? attributeOf(key, scope) : scope.ref(key);
    return text(value, `Fn::Sub \${${key}}`);
  });
}

function select(argument: unknown, scope: Scope): unknown {
  const [index, from] = list(argument, "Fn::Select");
  const at = Number(text(resolve(index, scope), "Fn::Select"));
  const values = list(resolve(from, scope), "Fn::Select");
  if (!Number.isInteger(at) || at < 0 || at >= values.length) {
    throw new Error(`Fn::Select needs an index from 0 to ${values.length - 1}, got ${at}`);
  }
  return values[at];
}

function findInMap(argument: unknown, scope: Scope): unknown {
  const [map, first, second, fallback] = list(argument, "Fn::FindInMap").map((part) => resolve(part, scope));
  const found =
    scope.mappings[text(map, "Fn::FindInMap")]?.[text(first, "Fn::FindInMap")]?.[text(second, "Fn::FindInMap")];
  if (found !== undefined) return found;
  if (isObject(fallback) && "DefaultValue" in fallback) return fallback.DefaultValue;
  throw new Error(`Fn::FindInMap finds nothing under ${map}, ${first}, ${second}`);
}

/** Whether a named condition of the template holds. */
export function conditionHolds(name: string, scope: Scope): boolean {
  if (!Object.hasOwn(scope.conditions, name)) throw new Error(`the template has no condition "${name}"`);
  return flag(resolve(scope.conditions[name], scope), `condition ${name}`);
}

const functions: Record<string, (argument: unknown, scope: Scope) => unknown> = {
  Ref: (argument, scope) => scope.ref(text(argument, "Ref")),
  "Fn::GetAtt": attributeOf,
  "Fn::Join": (argument, scope) => {
    const [separator, parts] = list(argument, "Fn::Join");
    const values = list(resolve(parts, scope), "Fn::Join");
    return values.map((part) => text(part, "Fn::Join")).join(text(separator, "Fn::Join"));
  },
  "Fn::Sub": substitute,
  "Fn::Select": select,
  "Fn::Split": (argument, scope) => {
    const [separator, whole] = list(argument, "Fn::Split");
    return text(resolve(whole, scope), "Fn::Split").split(text(separator, "Fn::Split"));
  },
  "Fn::FindInMap": findInMap,
  "Fn::Base64": (argument, scope) =>
    Buffer.from(text(resolve(argument, scope), "Fn::Base64"), "utf8").toString("base64"),
  "Fn::ToJsonString": (argument, scope) => JSON.stringify(resolve(argument, scope)),
  "Fn::Length": (argument, scope) => list(resolve(argument, scope), "Fn::Length").length,
  "Fn::If": (argument, scope) => {
    const [condition, then, otherwise] = list(argument, "Fn::If");
    return resolve(conditionHolds(text(condition, "Fn::If"), scope) ? then : otherwise, scope);
  },
  "Fn::Equals": (argument, scope) => {
    const [one, other] = list(argument, "Fn::Equals").map((part) => resolve(part, scope));
    return text(one, "Fn::Equals") === text(other, "Fn::Equals");
  },
  "Fn::And": (argument, scope) => list(argument, "Fn::And").every((part) => flag(resolve(part, scope), "Fn::And")),
  "Fn::Or": (argument, scope) => list(argument, "Fn::Or").some((part) => flag(resolve(part, scope), "Fn::Or")),
  "Fn::Not": (argument, scope) => !flag(resolve(list(argument, "Fn::Not")[0], scope), "Fn::Not"),
  Condition: (argument, scope) => conditionHolds(text(argument, "Condition"), scope),
};

/**
 * Works out a value. What comes to AWS::NoValue is left out of objects and lists.
 * @throws Error naming the function that cannot be worked out and what it was given
 */
export function resolve(value: Expression, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((part) => resolve(part, scope)).filter((part) => part !== noValue);
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first && entries.length === 1) {
    const [name, argument] = first;
    // IAM policies have a key "Condition" of their own, which holds an object.
    const known = name === "Condition" && typeof argument !== "string" ? undefined : functions[name];
    if (known && Object.hasOwn(functions, name)) return known(argument, scope);
    if (name.startsWith("Fn::")) {
      throw new Error(`${name} is not supported; accepted are ${Object.keys(functions).join(", ")}`);
    }
  }
  return Object.fromEntries(
    entries.map(([key, part]) => [key, resolve(part, scope)]).filter(([, part]) => part !== noValue),
  );
}
