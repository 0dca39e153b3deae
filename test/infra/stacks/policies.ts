// Every IAM statement of a template, written out, with whose it is.
import { plain, type Template, written } from "./synthesised.ts";

export type Statement = {
  /** The role, or the bucket or queue whose policy it stands in. */
  owner: string;
  sid: string;
  effect: string;
  actions: string[];
  resources: string[];
  principals: string[];
  condition: unknown;
  /** NotAction, NotResource, NotPrincipal: none is expected anywhere. */
  negated: string[];
};

type Raw = Record<string, unknown>;

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const raw = (value: unknown): Raw => value as Raw;

function statements(owner: string, document: unknown): Statement[] {
  return list(raw(document).Statement).map((one) => {
    const statement = raw(one);
    const principal = statement.Principal;
    return {
      owner,
      sid: String(statement.Sid ?? ""),
      effect: String(statement.Effect),
      actions: list(statement.Action).map(String),
      resources: list(statement.Resource).map(written),
      principals:
        typeof principal === "string"
          ? [principal]
          : Object.values(raw(principal ?? {}))
              .flatMap(list)
              .map(written),
      condition: statement.Condition,
      negated: Object.keys(statement).filter((key) => key.startsWith("Not")),
    };
  });
}

/** What roles may do: their own policies and those attached to them. */
export function rolePolicies(template: Template): Statement[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type === "AWS::IAM::Role") {
      return list(Properties.Policies).flatMap((policy) => statements(plain(id), raw(policy).PolicyDocument));
    }
    if (Type === "AWS::IAM::Policy" || Type === "AWS::IAM::ManagedPolicy") {
      return list(Properties.Roles).flatMap((role) =>
        statements(written(role).slice(1, -1), Properties.PolicyDocument),
      );
    }
    return [];
  });
}

/** What buckets and queues let others do. */
export function resourcePolicies(
  template: Template,
  type: "AWS::S3::BucketPolicy" | "AWS::SQS::QueuePolicy",
): Statement[] {
  return Object.values(template.Resources)
    .filter((resource) => resource.Type === type)
    .flatMap(({ Properties }) =>
      list(Properties.Bucket ?? Properties.Queues).flatMap((owner) =>
        statements(written(owner).slice(1, -1), Properties.PolicyDocument),
      ),
    );
}

/** Whether an action pattern of a policy ("ssm:Send*") covers an action. */
export function covers(pattern: string, action: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "i").test(action);
}

/** A line for a person: "ReadTable: dynamodb:GetItem on <DataTable.Arn>". */
export function line(statement: Statement): string {
  const condition = statement.condition ? ` if ${JSON.stringify(statement.condition)}` : "";
  return `${statement.sid}: ${statement.actions.join(", ")} on ${statement.resources.join(", ")}${condition}`;
}
