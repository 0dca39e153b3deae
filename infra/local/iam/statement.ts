// One policy statement against one call on one resource.
import { type Context, conditionHolds, lookupIn } from "./conditions.ts";
import { listOf, type PolicyDocument, type PrincipalElement, type Statement } from "./policy.ts";
import { compile, fits, fitsArn, type Lookup, UnresolvedVariable } from "./wildcard.ts";

/** Who a resource-based policy sees: a role's ARN and account, or the name of an AWS service. */
export type Caller = { arn: string; account: string } | { service: string };
export type Request = { action: string; resource: string; context: Context };

function actionFits(patterns: string[], action: string): boolean {
  const name = action.toLowerCase();
  return patterns.some((pattern) => fits(compile(pattern.toLowerCase(), undefined), name));
}

function resourceFits(patterns: string[], resource: string, lookup: Lookup | undefined): boolean {
  return patterns.some((pattern) => fitsArn(compile(pattern, lookup), resource));
}

/** How a principal element names the caller: itself, only its account, or not at all. */
function named(element: PrincipalElement, caller: Caller): "itself" | "account" | undefined {
  if (element === "*") return "itself";
  if ("service" in caller) return listOf(element.Service).includes(caller.service) ? "itself" : undefined;
  const names = listOf(element.AWS);
  if (names.includes("*") || names.includes(caller.arn)) return "itself";
  const account = names.some(
    (name) => name === caller.account || /^arn:[^:]*:iam::(\d+):root$/.exec(name)?.[1] === caller.account,
  );
  return account ? "account" : undefined;
}

/** Whether a statement of a resource-based policy speaks of the caller. Naming an account delegates: it denies, never allows. */
function speaksOf(statement: Statement, caller: Caller): boolean {
  if (statement.NotPrincipal !== undefined) return named(statement.NotPrincipal, caller) === undefined;
  const name = statement.Principal === undefined ? undefined : named(statement.Principal, caller);
  return name === "itself" || (name === "account" && statement.Effect === "Deny");
}

/** Whether a statement applies to a call, whatever its effect. `caller` is given for resource-based policies. */
export function applies(
  statement: Statement,
  version: PolicyDocument["Version"],
  { action, resource, context }: Request,
  caller?: Caller,
): boolean {
  if (caller && !speaksOf(statement, caller)) return false;
  const named = statement.Action !== undefined;
  if (actionFits(listOf(named ? statement.Action : statement.NotAction), action) !== named) return false;
  const lookup = version === "2012-10-17" ? lookupIn(context) : undefined;
  try {
    if (statement.Resource !== undefined && !resourceFits(listOf(statement.Resource), resource, lookup)) return false;
    if (statement.NotResource !== undefined && resourceFits(listOf(statement.NotResource), resource, lookup))
      return false;
    return conditionHolds(statement.Condition, context, lookup);
  } catch (cause) {
    if (cause instanceof UnresolvedVariable) return false;
    throw cause;
  }
}
