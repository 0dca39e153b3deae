// Who acts in the local cloud: each function and head node with the role that the template gives it, and the host itself.
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { PolicyDocument, Principal } from "../iam/judge.ts";
import { rolesOf } from "../iam/template-roles.ts";
import type { Assembly } from "./assembly.ts";
import { stableId } from "./names.ts";
import type { Resource, Stack } from "./stack.ts";

export type Actor = {
  principal: Principal;
  trust: PolicyDocument | undefined;
  /** The function that acts so. */
  run?: Resource;
  /** The cluster whose head node acts so, and its instance id. */
  headnode?: { cluster: string; target: string };
};

type Secrets = Record<string, { secretAccessKey: string; sessionToken: string }>;

/** "Headgate/Functions/ApiRole/Resource" and "FunctionsApi45DE0CE2" are both called "api". */
export function functionName(assembly: Assembly, id: string): string {
  const parts = (assembly.paths.get(id) ?? id.replace(/[0-9A-F]{8}$/, ""))
    .split("/")
    .filter((part) => part !== "Resource");
  const last = parts.at(-1) ?? id;
  return `${last.charAt(0).toLowerCase()}${last.slice(1)}`.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}

/** The value of an environment variable that functions are given. */
function variableOf(stack: Stack, name: string): string | undefined {
  const values = stack.ofType("AWS::Lambda::Function").map(({ properties }) => {
    const { Variables } = (properties.Environment ?? {}) as { Variables?: Record<string, string> };
    return Variables?.[name];
  });
  return values.find((value) => value !== undefined);
}

/** The clusters of the template: the functions' variable CLUSTERS has them. */
export const clustersOf = (stack: Stack): { id: string; target: string }[] =>
  JSON.parse(variableOf(stack, "CLUSTERS") ?? "[]") as { id: string; target: string }[];

/** What an operator would have SES verify: the domain of the address that mail comes from. */
export function mailDomainsOf(stack: Stack): string[] {
  const { mailFrom } = JSON.parse(variableOf(stack, "SITE_SETTINGS") ?? "{}") as { mailFrom?: string };
  return mailFrom === undefined ? [] : [mailFrom.slice(mailFrom.lastIndexOf("@") + 1)];
}

const pascalCase = (id: string): string =>
  id.replace(/(?:^|-)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());

/** The access key of a principal of that name. */
export const localAccessKey = (name: string): string =>
  `LOCAL${stableId(name, 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")}`;

/** Secrets last as long as the data folder, so that presigned URLs outlive a restart. */
function openSecrets(file: string): (name: string) => Secrets[string] {
  let secrets: Secrets = {};
  try {
    secrets = JSON.parse(readFileSync(file, "utf8")) as Secrets;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
  }
  return (name) => {
    const there = secrets[name];
    if (there) return there;
    const made = {
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(48).toString("base64url"),
    };
    secrets = { ...secrets, [name]: made };
    writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return made;
  };
}

/** All who may call. Functions that only CDK's own custom resources use are listed and not judged; the host is judged never. */
export function actorsOf(assembly: Assembly, stack: Stack, data: string): Actor[] {
  const secretOf = openSecrets(path.join(data, "credentials.json"));
  const roles = new Map(
    rolesOf({ Resources: assembly.template.Resources }).map(({ role, trust, policies }) => [
      role,
      {
        trust: stack.resolve(trust) as PolicyDocument,
        policies: policies.map(({ document }) => stack.resolve(document) as PolicyDocument),
      },
    ]),
  );
  const actor = (name: string, role: Resource | undefined, judged: boolean): Actor => {
    const known = role && roles.get(role.id);
    const accessKeyId = localAccessKey(name);
    const principal: Principal = {
      name,
      accessKeyId,
      ...secretOf(name),
      role: role?.id,
      policies: known?.policies ?? [],
      judged,
    };
    if (role?.names.attributes.Arn !== undefined) principal.arn = role.names.attributes.Arn;
    return { principal, trust: known?.trust };
  };

  const tokens = new Set(
    Object.values(assembly.template.Resources).map(({ Properties }) => stack.resolve(Properties?.ServiceToken)),
  );
  const functions = stack.ofType("AWS::Lambda::Function").map((run) => ({
    ...actor(
      functionName(assembly, run.id),
      stack.named("AWS::IAM::Role", run.properties.Role),
      !tokens.has(run.names.attributes.Arn),
    ),
    run,
  }));
  const headnodes = clustersOf(stack).map((cluster) => ({
    ...actor(`headnode:${cluster.id}`, stack.outputResource(`HeadnodeRole${pascalCase(cluster.id)}`), true),
    headnode: { cluster: cluster.id, target: cluster.target },
  }));
  return [...functions, ...headnodes, actor("host", undefined, false)];
}
