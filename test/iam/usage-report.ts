// What the roles of a template allow, set against what a test run used.

import {
  customResourceRoles,
  type RawStatement,
  rolesOf,
  type Template,
  type TemplateRole,
} from "../../infra/local/iam/template-roles.ts";
import type { UsageLine } from "../../infra/local/iam/usage.ts";

type UsageReport = {
  text: string;
  /** No statement unused, no call refused. */
  clean: boolean;
};

/** Thrown where usage and template are not of the same synth. */
class StaleUsage extends Error {
  override name = "StaleUsage" as const;
}

/** What AWS's agent needs on a node to be reached at all; Headgate itself makes none of its calls. */
const agentPolicy = ":iam::aws:policy/AmazonSSMManagedInstanceCore";

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const isTest = ({ principal }: UsageLine) => principal.startsWith("test:");
const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;

/** A name for a template's value: what it refers to, without CloudFormation's syntax. */
function shown(value: unknown): string {
  if (typeof value === "string") return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join, "Fn::Sub": sub } = (value ?? {}) as Record<string, unknown>;
  if (typeof Ref === "string") return Ref.startsWith("AWS::") ? `<${Ref.slice(5)}>` : Ref;
  if (Array.isArray(attribute)) return String(attribute[0]);
  if (Array.isArray(join)) return list(join[1]).map(shown).join(String(join[0]));
  return typeof sub === "string" ? sub : JSON.stringify(value);
}

function titleOf({
  Sid,
  Effect,
  Action,
  NotAction,
  Resource,
  NotResource,
  Principal,
  Condition,
}: RawStatement): string {
  const actions = NotAction === undefined ? list(Action).join(", ") : `not ${list(NotAction).join(", ")}`;
  const where = NotResource === undefined ? list(Resource).map(shown) : ["not", ...list(NotResource).map(shown)];
  const who = Object.values((Principal ?? {}) as Record<string, unknown>)
    .flatMap(list)
    .map(shown);
  const on = where.length > 0 ? ` on ${where.join(" ")}` : "";
  const by = who.length > 0 ? ` by ${who.join(", ")}` : "";
  return `${Sid ? `${Sid}: ` : ""}${Effect} ${actions}${on}${by}${Condition ? ` if ${JSON.stringify(Condition)}` : ""}`;
}

function alike(raw: RawStatement, line: UsageLine): boolean {
  const json = line.statement?.json;
  const names = (statement: { Action?: unknown; NotAction?: unknown } | undefined) =>
    JSON.stringify([list(statement?.Action), list(statement?.NotAction)]);
  return json !== undefined && raw.Effect === json.Effect && raw.Sid === json.Sid && names(raw) === names(json);
}

function callsOf(lines: UsageLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { principal, action, resource, count } of lines) {
    const call = `${action} ${resource}${principal.startsWith("test:") ? " (test)" : ""}`;
    counts.set(call, (counts.get(call) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([call, count]) => `        ${call} x ${count}`);
}

/** Actions that a statement names in full and that no call asked for. */
function idleActions(statement: RawStatement, lines: UsageLine[]): string[] {
  const used = new Set(lines.map(({ action }) => action.toLowerCase()));
  const named = list(statement.Action)
    .map(String)
    .filter((action) => !/[*?]/.test(action));
  return named.filter((action) => !used.has(action.toLowerCase()));
}

function sectionOf(role: TemplateRole, lines: UsageLine[]): { text: string[]; unused: string[] } {
  const own = lines.filter((line) => line.role === role.role && line.allowed);
  const principals = [...new Set(own.map(({ principal }) => principal))].sort();
  const text = [`${role.role} (${principals.join(", ") || "nobody ran with it"})`];
  const unused: string[] = [];
  const documents = [
    { at: "trust" as const, statements: role.trust.Statement },
    ...role.policies.map(({ document }, at) => ({ at, statements: document.Statement })),
  ];
  const known = (line: UsageLine) =>
    line.statement === undefined ||
    line.statement.policy === "resource" ||
    documents.some(({ at, statements }) => {
      const raw = at === line.statement?.policy ? statements[line.statement.index] : undefined;
      return raw !== undefined && alike(raw, line);
    });
  const strange = own.find((line) => !known(line));
  if (strange) {
    const { statement, at } = strange;
    const what = `statement ${statement?.index} of policy ${statement?.policy} of ${role.role}, used ${at}`;
    throw new StaleUsage(`${what}, is not in this template: remove the old usage files and run the tests again`);
  }
  for (const { at, statements } of documents) {
    for (const [index, statement] of statements.entries()) {
      const users = own.filter((line) => line.statement?.policy === at && line.statement.index === index);
      const title = titleOf(statement);
      text.push(`    ${at === "trust" ? "trust " : ""}${title}`, ...callsOf(users));
      const idle = users.length > 0 ? idleActions(statement, users) : [];
      if (idle.length > 0) text.push(`        (not asked for: ${idle.join(", ")})`);
      // A deny guards; that nobody ran into it is as it should be.
      if (statement.Effect === "Deny" || users.length > 0) continue;
      // One way into a role is enough: a node is either EC2's or registered with SSM.
      const another = at === "trust" && own.some((line) => line.statement?.policy === "trust");
      if (another) text.push("        (another way in was taken)");
      else {
        text.push("        UNUSED");
        unused.push(`${role.role}: ${title}`);
      }
    }
  }
  for (const arn of role.managedPolicyArns.map(shown)) {
    if (arn.endsWith(agentPolicy)) text.push(`    managed policy ${arn} (listed, not judged: the SSM agent's own)`);
    else {
      text.push(`    managed policy ${arn}: its statements are not in the template`, "        UNKNOWN");
      unused.push(`${role.role}: managed policy ${arn}`);
    }
  }
  return { text, unused };
}

/** The report on one template. Throws StaleUsage where a line speaks of a statement that the template has not. */
export function usageReport(template: Template, lines: UsageLine[]): UsageReport {
  const own = customResourceRoles(template);
  const roles = rolesOf(template);
  const sections = roles.filter(({ role }) => !own.has(role)).map((role) => sectionOf(role, lines));
  const listed = roles
    .filter(({ role }) => own.has(role))
    .map(({ role, policies }) => {
      const statements = policies.flatMap(({ document }) => document.Statement);
      return [
        `${role} (listed, not judged: CDK's own custom resource)`,
        ...statements.map((one) => `    ${titleOf(one)}`),
      ];
    });
  const byResource = lines.filter(({ statement, allowed }) => allowed && statement?.policy === "resource");
  const unused = sections.flatMap((section) => section.unused);
  const refused = lines.filter((line) => !line.allowed && !isTest(line));
  const refusals = new Map<string, number>();
  for (const { message = "refused", principal, action, resource, count } of refused) {
    const what = `${principal}: ${action} on ${resource}: ${message}`;
    refusals.set(what, (refusals.get(what) ?? 0) + count);
  }
  const text = [
    ...sections.flatMap((section) => section.text),
    ...listed.flat(),
    ...(byResource.length > 0 ? ["allowed by a resource's own policy", ...callsOf(byResource)] : []),
    "",
    `${plural(unused.length, "unused statement")}`,
    ...unused.map((one) => `    ${one}`),
    `${plural(
      refused.reduce((sum, { count }) => sum + count, 0),
      "refused call",
    )}`,
    ...[...refusals].map(([what, count]) => `    ${what} x ${count}`),
  ];
  return { text: `${text.join("\n")}\n`, clean: unused.length === 0 && refused.length === 0 };
}
