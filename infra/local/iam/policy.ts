// IAM policy documents as they stand after all intrinsics are resolved, and what makes one well-formed.
import { type ConditionBlock, type OneOrMore, operatorOf } from "./conditions.ts";

export type PrincipalElement = "*" | Record<string, OneOrMore>;
export type Statement = {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Action?: OneOrMore;
  NotAction?: OneOrMore;
  Resource?: OneOrMore;
  NotResource?: OneOrMore;
  Principal?: PrincipalElement;
  NotPrincipal?: PrincipalElement;
  Condition?: ConditionBlock;
};
export type PolicyDocument = { Version?: string; Statement: Statement[] };

const elements = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

/** One or more values as a list of texts. */
export function listOf(value: OneOrMore | boolean | number | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function isText(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.every((part) => typeof part === "string"));
}

/** What is wrong with a statement, or undefined. Identity policies name no principal; trust policies name no resource. */
export function statementFault(statement: Statement, kind: "identity" | "resource" | "trust"): string | undefined {
  const given = (name: keyof Statement) => statement[name] !== undefined;
  const strange = Object.keys(statement).find((name) => !elements.has(name));
  if (strange !== undefined) return `has an unknown element "${strange}"`;
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") return `needs Effect "Allow" or "Deny"`;
  if (given("Action") === given("NotAction")) return "needs Action or NotAction, and not both";
  if (kind !== "trust" && given("Resource") === given("NotResource")) {
    return "needs Resource or NotResource, and not both";
  }
  if (kind === "identity" && (given("Principal") || given("NotPrincipal"))) return "names a Principal";
  if (kind !== "identity" && given("Principal") === given("NotPrincipal")) {
    return "needs Principal or NotPrincipal, and not both";
  }
  for (const name of ["Action", "NotAction", "Resource", "NotResource"] as const) {
    if (given(name) && !isText(statement[name]))
      return `has ${name} that is no text: ${JSON.stringify(statement[name])}`;
  }
  for (const [name, keys] of Object.entries(statement.Condition ?? {})) {
    if (operatorOf(name) === undefined) return `has an unknown condition operator "${name}"`;
    const unresolved = Object.values(keys).find((value) => listOf(value).some((text) => text === "[object Object]"));
    if (unresolved !== undefined) return `has a condition that is not resolved: ${JSON.stringify(keys)}`;
  }
  return undefined;
}
