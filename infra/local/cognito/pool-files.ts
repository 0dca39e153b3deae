// The user pool of the template as cognito-local's files: settings anew at each start, people and groups' members kept.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { objectOf, textOf, textsOf } from "../template/properties.ts";
import type { Stack } from "../template/stack.ts";
import { readJson, writeJson } from "./json-store.ts";
import type { PoolClient } from "./tokens.ts";

export type PasswordPolicy = {
  MinimumLength?: number;
  RequireLowercase?: boolean;
  RequireUppercase?: boolean;
  RequireNumbers?: boolean;
  RequireSymbols?: boolean;
};
export type PoolSettings = {
  id: string;
  issuer: string;
  passwords: PasswordPolicy;
  clients: PoolClient[];
  selfSignUp: boolean;
};

const attribute = (Name: string, AttributeDataType = "String", Mutable = true) => ({
  Name,
  AttributeDataType,
  DeveloperOnlyAttribute: false,
  Mutable,
  Required: false,
});
const schema = [
  attribute("sub", "String", false),
  attribute("email_verified", "Boolean"),
  attribute("phone_number_verified", "Boolean"),
  attribute("updated_at", "Number"),
  ...["name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture"].map(
    (name) => attribute(name),
  ),
  ...["website", "email", "gender", "birthdate", "zoneinfo", "locale", "phone_number", "address"].map((name) =>
    attribute(name),
  ),
];

/**
 * Writes the files of the template's one pool.
 * @param localise puts this machine's addresses into the clients' callback URLs
 * @throws Error where the template has several pools
 */
export function writePool(o: { stack: Stack; folder: string; localise: <T>(value: T) => T }): PoolSettings | undefined {
  const { stack, folder } = o;
  const [pool, ...more] = stack.ofType("AWS::Cognito::UserPool");
  if (!pool) return undefined;
  if (more.length > 0) throw new Error(`one user pool is run here, the template has ${more.length + 1}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const id = pool.names.ref;
  const p = pool.properties;
  const now = new Date();
  const mine = (type: string) => stack.ofType(type).filter(({ properties }) => properties.UserPoolId === id);

  const file = path.join(folder, `${id}.json`);
  const there = readJson(file) ?? {};
  const groups = objectOf(there.Groups);
  for (const { properties } of mine("AWS::Cognito::UserPoolGroup")) {
    const GroupName = String(properties.GroupName);
    groups[GroupName] ??= { GroupName, CreationDate: now, LastModifiedDate: now, members: [] };
  }
  const Options = {
    Id: id,
    Name: id,
    Arn: pool.names.attributes.Arn,
    CreationDate: now,
    LastModifiedDate: now,
    UsernameAttributes: textsOf(p.UsernameAttributes),
    AutoVerifiedAttributes: textsOf(p.AutoVerifiedAttributes),
    MfaConfiguration: textOf(p.MfaConfiguration) ?? "OFF",
    Policies: p.Policies,
    SchemaAttributes: schema,
    UserAttributeUpdateSettings: p.UserAttributeUpdateSettings,
    VerificationMessageTemplate: p.VerificationMessageTemplate,
    UsernameConfiguration: p.UsernameConfiguration,
  };
  writeJson(file, { ...there, Users: objectOf(there.Users), Groups: groups, Options });

  const clients = mine("AWS::Cognito::UserPoolClient").map(({ id: logical, names, properties }) => ({
    ...o.localise(properties),
    ClientId: names.ref,
    ClientName: textOf(properties.ClientName) ?? logical,
    UserPoolId: id,
    CreationDate: now,
    LastModifiedDate: now,
    CallbackURLs: o.localise(textsOf(properties.CallbackURLs)),
    LogoutURLs: o.localise(textsOf(properties.LogoutURLs)),
    ExplicitAuthFlows: textsOf(properties.ExplicitAuthFlows),
    AllowedOAuthFlows: textsOf(properties.AllowedOAuthFlows),
    AllowedOAuthScopes: textsOf(properties.AllowedOAuthScopes),
  }));
  writeJson(path.join(folder, "clients.json"), {
    Clients: Object.fromEntries(clients.map((client) => [client.ClientId, client])),
  });
  return {
    id,
    issuer: pool.names.attributes.ProviderURL ?? "",
    passwords: objectOf(objectOf(p.Policies).PasswordPolicy),
    clients,
    selfSignUp: objectOf(p.AdminCreateUserConfig).AllowAdminCreateUserOnly !== true,
  };
}
