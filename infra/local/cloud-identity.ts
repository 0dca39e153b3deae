// Who is judged in the local cloud and where it is written down: the judge, its principals, and the front doors before the emulators.
import path from "node:path";
import type { Disturber } from "./events/call-faults.ts";
import { type FrontDoor, startFrontDoor } from "./iam/front-door.ts";
import { createJudge, type Judge } from "./iam/judge.ts";
import { openUsage, type Usage } from "./iam/usage.ts";
import type { ResourcePolicies } from "./template/policies.ts";
import type { Actor } from "./template/principals.ts";
import { objectsOf } from "./template/properties.ts";
import type { Stack } from "./template/stack.ts";

/** The judge over all actors; what it decides goes to one NDJSON file of this process in `folder`. */
export function openJudge(actors: readonly Actor[], folder: string): { judge: Judge; usage: Usage } {
  const usage = openUsage({ file: path.join(folder, `${process.pid}-${Date.now()}.ndjson`) });
  return { judge: createJudge({ principals: actors.map(({ principal }) => principal), record: usage.record }), usage };
}

/** Lets each head node's agent take on its role, as Systems Manager would. Throws where the role's trust forbids it. */
export function assumeHeadnodeRoles(actors: readonly Actor[], judge: Judge, stack: Stack): void {
  const { partition, region, account } = stack.place;
  for (const { principal, trust, headnode } of actors) {
    if (!headnode || !trust || principal.role === undefined) continue;
    const hybrid = headnode.target.startsWith("mi-");
    const service = hybrid ? "ssm.amazonaws.com" : "ec2.amazonaws.com";
    const sourceArn = `arn:${partition}:ssm:${region}:${account}:managed-instance/${headnode.target}`;
    const asked = { principal: principal.name, role: principal.role, service, trust };
    const verdict = judge.assume(hybrid ? { ...asked, sourceArn } : asked);
    if (!verdict.allowed) throw new Error(verdict.message);
  }
}

type Upstream = Parameters<typeof startFrontDoor>[0]["upstream"];
export type Doors = Record<"dynamodb" | "sqs" | "ssm" | "cognito-idp" | "ses", FrontDoor | undefined>;

/** The front doors of the emulators that run; each verifies signatures and asks the judge. */
export async function openDoors(o: {
  stack: Stack;
  judge: Judge;
  policies: ResourcePolicies;
  disturber: Disturber;
  upstreams: Partial<Record<keyof Doors, { upstream: Upstream; port: number }>>;
}): Promise<Doors> {
  const { region, account } = o.stack.place;
  const keys = new Map<string, string>();
  for (const { names, properties } of o.stack.ofType("AWS::DynamoDB::Table")) {
    const arn = names.attributes.Arn ?? "";
    const hash = (schema: unknown) =>
      String(objectsOf(schema).find(({ KeyType }) => KeyType === "HASH")?.AttributeName);
    keys.set(arn, hash(properties.KeySchema));
    for (const index of objectsOf(properties.GlobalSecondaryIndexes)) {
      keys.set(`${arn}/index/${String(index.IndexName)}`, hash(index.KeySchema));
    }
  }
  const open = async (service: keyof Doors): Promise<FrontDoor | undefined> => {
    const given = o.upstreams[service];
    if (!given) return undefined;
    const resourceContext = (arn: string) => {
      const partitionKey = keys.get(arn);
      return { policies: o.policies.of(arn), ...(partitionKey === undefined ? {} : { partitionKey }) };
    };
    return await startFrontDoor({
      service,
      ...given,
      judge: o.judge,
      region,
      account,
      resourceContext,
      disturber: o.disturber,
    });
  };
  const [dynamodb, sqs, ssm, cognito, ses] = await Promise.all([
    open("dynamodb"),
    open("sqs"),
    open("ssm"),
    open("cognito-idp"),
    open("ses"),
  ]);
  return { dynamodb, sqs, ssm, "cognito-idp": cognito, ses };
}
