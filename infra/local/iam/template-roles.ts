// The roles of a synthesised template with their statements, in the one order that judge and report share.

type Resource = { Type: string; Properties?: Record<string, unknown> };
export type Template = { Resources: Record<string, Resource> };
/** A statement as the template has it: intrinsics are not resolved. */
export type RawStatement = { Sid?: string; Effect: string; Action?: unknown; NotAction?: unknown } & Record<
  string,
  unknown
>;
type RawPolicy = { Version?: string; Statement: RawStatement[] };
export type TemplateRole = {
  /** Logical id. */
  role: string;
  trust: RawPolicy;
  /** Inline policies of the role first, then AWS::IAM::Policy, ManagedPolicy and RolePolicy as the template lists them. */
  policies: { id: string; document: RawPolicy }[];
  managedPolicyArns: unknown[];
};

const policyTypes = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"];

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function document(value: unknown, of: string): RawPolicy {
  const { Version, Statement } = (value ?? {}) as { Version?: string; Statement?: unknown };
  if (Statement === undefined) throw new Error(`${of} has no policy document: ${JSON.stringify(value)}`);
  const Statements = asList(Statement) as RawStatement[];
  return Version === undefined ? { Statement: Statements } : { Version, Statement: Statements };
}

function refersTo(value: unknown, role: string): boolean {
  const ref = value as { Ref?: string; "Fn::GetAtt"?: [string, string] } | string | undefined;
  if (typeof ref !== "object") return false;
  return ref.Ref === role || ref["Fn::GetAtt"]?.[0] === role;
}

/** All roles of a template. The host resolves each document's intrinsics and hands them to the judge in this order. */
export function rolesOf(template: Template): TemplateRole[] {
  const resources = Object.entries(template.Resources);
  const attached = resources.filter(([, { Type }]) => policyTypes.includes(Type));
  return resources
    .filter(([, { Type }]) => Type === "AWS::IAM::Role")
    .map(([role, { Properties = {} }]) => {
      const inline = asList(Properties.Policies).map((policy) => {
        const { PolicyName, PolicyDocument } = policy as { PolicyName?: string; PolicyDocument?: unknown };
        return { id: `${role}/${String(PolicyName)}`, document: document(PolicyDocument, `policy of ${role}`) };
      });
      const own = attached.filter(([, { Properties: p = {} }]) =>
        [...asList(p.Roles), ...asList(p.RoleName)].some((value) => refersTo(value, role)),
      );
      const others = own.map(([id, { Properties: p = {} }]) => ({ id, document: document(p.PolicyDocument, id) }));
      return {
        role,
        trust: document(Properties.AssumeRolePolicyDocument, `trust of ${role}`),
        policies: [...inline, ...others],
        managedPolicyArns: asList(Properties.ManagedPolicyArns),
      };
    });
}

/** Roles that only CDK's own custom-resource handlers use: they are listed, not judged. */
export function customResourceRoles(template: Template): Set<string> {
  const resources = Object.entries(template.Resources);
  const handlers = resources.filter(([id]) => resources.some(([, { Properties: p }]) => refersTo(p?.ServiceToken, id)));
  const usersOf = (role: string) =>
    resources.filter(([, { Type, Properties: p }]) => Type === "AWS::Lambda::Function" && refersTo(p?.Role, role));
  const handlerIds = new Set(handlers.map(([id]) => id));
  const roles = resources.filter(([, { Type }]) => Type === "AWS::IAM::Role").map(([id]) => id);
  const handled = roles.filter((role) => {
    const users = usersOf(role);
    return users.length > 0 && users.every(([id]) => handlerIds.has(id));
  });
  return new Set(handled);
}
