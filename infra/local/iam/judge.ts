// IAM judged: every call of a function or head node against the role that the template gives it.
import type { Context } from "./conditions.ts";
import { type PolicyDocument, type Statement, statementFault } from "./policy.ts";
import { applies, type Caller, type Request } from "./statement.ts";

export type { PolicyDocument, Statement } from "./policy.ts";

export type Principal = {
  /** "api", "dispatch", "headnode:local", "host"; names that begin with "test:" are ignored by the report. */
  name: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Logical id of the role in the template. */
  role: string | undefined;
  /** Resolved, in the order of rolesOf (template-roles.ts), so that the report finds the statements again. */
  policies: PolicyDocument[];
  /** False: listed, not judged (CDK's own custom resources; the host). */
  judged: boolean;
  /** The role's ARN; without one it is made from the role's logical id. */
  arn?: string;
};

export type Call = {
  accessKeyId: string;
  action: string;
  /** Each must be allowed; "*" for an action that knows no resource. */
  resources: string[];
  context: Context;
  /** Resource-based policies that apply (bucket, queue). */
  resourcePolicies?: PolicyDocument[];
  /** False: the answer is wanted, but nothing was done (a probe): not recorded. */
  recorded?: boolean;
};

export type Verdict =
  | { allowed: true; principal: string }
  | { allowed: false; principal: string | undefined; message: string };

export type UsageEntry = {
  principal: string;
  role: string | undefined;
  /** The statement that decided: "policy" counts within the role; "trust" and "resource" are policies beside it. */
  statement:
    | { policy: number | "trust" | "resource"; index: number; sid: string | undefined; json: Statement }
    | undefined;
  action: string;
  resource: string;
  allowed: boolean;
  at: string;
  /** Why it was refused. */
  message?: string;
};

export type Judge = {
  /** Decides one call by IAM's rules: an explicit deny wins, an allow allows, else it is refused. Records what decided. */
  judge(call: Call): Verdict;
  /**
   * Lets an AWS service ("lambda.amazonaws.com", "ssm.amazonaws.com") take on a role by its trust policy, as at each start
   * of a function or of a node's agent. `sourceArn` is the function's or node's.
   */
  assume(o: { principal: string; role: string; service: string; trust: PolicyDocument; sourceArn?: string }): Verdict;
  principalOf(accessKeyId: string): Principal | undefined;
};

type Held = { policy: number | "trust" | "resource"; document: PolicyDocument; caller: Caller | undefined };
type Decision = { allowed: boolean; statement: UsageEntry["statement"]; message?: string };

const account = "000000000000";

function decide(held: Held[], request: Request, who: string, role: string | undefined): Decision {
  let allowed: UsageEntry["statement"];
  for (const { policy, document, caller } of held) {
    for (const [index, json] of document.Statement.entries()) {
      if (!applies(json, document.Version, request, caller)) continue;
      const statement = { policy, index, sid: json.Sid, json };
      if (json.Effect === "Allow") allowed ??= statement;
      else {
        const message = `${who} may not ${request.action} on ${request.resource}: denied by ${JSON.stringify(json)}`;
        return { allowed: false, statement, message };
      }
    }
  }
  if (allowed) return { allowed: true, statement: allowed };
  const missing = JSON.stringify({ Effect: "Allow", Action: request.action, Resource: request.resource });
  const message = `${who} may not ${request.action} on ${request.resource}: no statement of role ${role ?? "(none)"} allows it; missing: ${missing}`;
  return { allowed: false, statement: undefined, message };
}

function check(documents: PolicyDocument[], kind: "identity" | "resource" | "trust", of: string): void {
  for (const document of documents) {
    for (const [index, statement] of document.Statement.entries()) {
      const fault = statementFault(statement, kind);
      if (fault) throw new Error(`statement ${index} of a policy of ${of} ${fault}: ${JSON.stringify(statement)}`);
    }
  }
}

/** A judge over these principals; `record` gets an entry for each call and resource. Throws on a malformed policy. */
export function createJudge({
  principals,
  record,
}: {
  principals: Principal[];
  record: (entry: UsageEntry) => void;
}): Judge {
  const byKey = new Map(principals.map((principal) => [principal.accessKeyId, principal]));
  if (byKey.size !== principals.length) throw new Error("two principals share an access key id; each needs its own");
  for (const { name, policies } of principals) check(policies, "identity", name);
  const known = new WeakSet<PolicyDocument>();

  function judge(call: Call): Verdict {
    const principal = byKey.get(call.accessKeyId);
    if (!principal) {
      return { allowed: false, principal: undefined, message: `no principal has the access key "${call.accessKeyId}"` };
    }
    const { name, role } = principal;
    if (!principal.judged) return { allowed: true, principal: name };
    const arn = principal.arn ?? `arn:aws:iam::${account}:role/${role ?? name}`;
    const caller = { arn, account: arn.split(":")[4] ?? account };
    const now = new Date();
    const context: Context = {
      "aws:SecureTransport": "true",
      "aws:CurrentTime": now.toISOString(),
      "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
      "aws:PrincipalArn": arn,
      "aws:PrincipalAccount": caller.account,
      "aws:PrincipalType": "AssumedRole",
      ...call.context,
    };
    for (const document of call.resourcePolicies ?? []) {
      if (known.has(document)) continue;
      check([document], "resource", `the resource ${call.resources.join(", ")}`);
      known.add(document);
    }
    const held: Held[] = [
      ...principal.policies.map((document, policy) => ({ policy, document, caller: undefined })),
      ...(call.resourcePolicies ?? []).map((document) => ({ policy: "resource" as const, document, caller })),
    ];
    if (call.resources.length === 0) throw new Error(`a call of ${call.action} names no resource; give "*" for none`);
    const at = now.toISOString();
    const decisions = call.resources.map((resource) => ({
      resource,
      ...decide(held, { action: call.action, resource, context }, name, role),
    }));
    const refused = decisions.find((decision) => !decision.allowed);
    // A call that is refused for one resource has used no statement for the others.
    for (const { resource, allowed, statement, message } of refused ? [refused] : decisions) {
      if (call.recorded === false) break;
      const entry = { principal: name, role, statement, action: call.action, resource, allowed, at };
      record(message === undefined ? entry : { ...entry, message });
    }
    if (!refused) return { allowed: true, principal: name };
    return { allowed: false, principal: name, message: refused.message ?? "refused" };
  }

  function assume({ principal, role, service, trust, sourceArn }: Parameters<Judge["assume"]>[0]): Verdict {
    check([trust], "trust", `role ${role}`);
    const held: Held[] = [{ policy: "trust", document: trust, caller: { service } }];
    const source: Context = sourceArn === undefined ? {} : { "aws:SourceArn": sourceArn };
    const context: Context = { "aws:SourceAccount": account, ...source };
    const request = { action: "sts:AssumeRole", resource: role, context };
    const { allowed, statement } = decide(held, request, service, role);
    const at = new Date().toISOString();
    const recorded = { principal, role, statement, action: request.action, resource: role, allowed, at };
    const message = `${service} may not take on role ${role}: its trust policy does not let it: ${JSON.stringify(trust)}`;
    record(allowed ? recorded : { ...recorded, message });
    return allowed ? { allowed, principal } : { allowed, principal, message };
  }

  return { judge, assume, principalOf: (accessKeyId) => byKey.get(accessKeyId) };
}
