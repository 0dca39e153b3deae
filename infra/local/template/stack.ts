// The template as this machine runs it: every property worked out, every name known, nothing silently left aside.
import type { Assembly } from "./assembly.ts";
import { conditionHolds, type Expression, noValue, resolve, type Scope } from "./intrinsics.ts";
import { isKnownType, type Names, namesOf, type Place } from "./names.ts";

export type Properties = Record<string, unknown>;
export type Resource = { id: string; type: string; names: Names; properties: Properties };
export type Stack = {
  place: Place;
  /** All resources of a type, in the template's order. */
  ofType: (type: string) => Resource[];
  byId: (id: string) => Resource | undefined;
  /** The resource whose Ref, ARN or queue URL is this value. */
  named: (type: string, value: unknown) => Resource | undefined;
  outputs: Record<string, string>;
  /** Resource that an output's Ref or GetAtt names. */
  outputResource: (output: string) => Resource | undefined;
  resolve: (value: Expression) => unknown;
  /** One sentence for each type that this machine does not run. */
  notices: string[];
};

/** Works out a whole template. Throws on what cannot be resolved, naming the resource. */
export function resolveStack(assembly: Assembly, o: { region: string; account: string }): Stack {
  const { template, stackName } = assembly;
  const place: Place = { ...o, partition: "aws", urlSuffix: "amazonaws.com", stackName };
  const pseudo: Record<string, unknown> = {
    "AWS::Region": place.region,
    "AWS::AccountId": place.account,
    "AWS::Partition": place.partition,
    "AWS::URLSuffix": place.urlSuffix,
    "AWS::StackName": stackName,
    "AWS::StackId": `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stackName}/local`,
    "AWS::NoValue": noValue,
    "AWS::NotificationARNs": [],
  };
  const names = new Map<string, Names>();
  const used = new Set<string>();

  function namesFor(id: string): Names {
    const known = names.get(id);
    if (known) return known;
    const resource = template.Resources[id];
    if (!resource) throw new Error(`the template has no resource or parameter "${id}"`);
    if (!isKnownType(resource.Type)) used.add(id);
    const given = (property: string): string | undefined => {
      const value = resource.Properties?.[property];
      if (value === undefined) return undefined;
      const resolved = resolve(value, scope);
      return resolved === noValue ? undefined : String(resolved);
    };
    const made = namesOf(resource.Type, { id, given, place });
    names.set(id, made);
    return made;
  }

  const scope: Scope = {
    ref: (id) => {
      if (Object.hasOwn(pseudo, id)) return pseudo[id];
      const parameter = template.Parameters?.[id];
      if (!parameter) return namesFor(id).ref;
      if (parameter.Default === undefined) throw new Error(`parameter "${id}" of the template has no default value`);
      return parameter.Default;
    },
    attribute: (id, name) => {
      const { attributes } = namesFor(id);
      const value = attributes[name];
      if (value !== undefined) return value;
      const type = template.Resources[id]?.Type ?? "";
      if (!isKnownType(type)) return `${id}.${name}`;
      throw new Error(
        `${type} ${id} has no attribute "${name}" here; there are ${Object.keys(attributes).join(", ") || "none"}`,
      );
    },
    mappings: template.Mappings ?? {},
    conditions: template.Conditions ?? {},
  };

  const resources = new Map<string, Resource>();
  for (const [id, { Type, Properties = {}, Condition }] of Object.entries(template.Resources)) {
    if (Condition !== undefined && !conditionHolds(Condition, scope)) continue;
    try {
      const properties = resolve(Properties, scope) as Properties;
      const own = isKnownType(Type) ? namesFor(id) : namesOf(Type, { id, given: () => undefined, place });
      resources.set(id, { id, type: Type, names: own, properties });
    } catch (cause) {
      throw new Error(`${Type} ${id}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  const outputs = Object.fromEntries(
    Object.entries(template.Outputs ?? {})
      .filter(([, { Condition }]) => Condition === undefined || conditionHolds(Condition, scope))
      .map(([name, { Value }]) => [name, String(resolve(Value, scope))]),
  );

  const unknown = Map.groupBy(
    [...resources.values()].filter(({ type }) => !isKnownType(type)),
    ({ type }) => type,
  );
  const notices = [...unknown].map(([type, of]) => {
    const referred = of.filter(({ id }) => used.has(id)).map(({ id }) => id);
    const note = referred.length > 0 ? `; others refer to ${referred.join(", ")} and get made-up names` : "";
    return `${type} is not run on this machine (${of.map(({ id }) => id).join(", ")})${note}`;
  });

  return {
    place,
    ofType: (type) => [...resources.values()].filter((resource) => resource.type === type),
    byId: (id) => resources.get(id),
    named: (type, value) =>
      [...resources.values()].find(
        (resource) =>
          resource.type === type && (resource.names.ref === value || resource.names.attributes.Arn === value),
      ),
    outputs,
    outputResource: (output) => {
      const value = template.Outputs?.[output]?.Value as { Ref?: string; "Fn::GetAtt"?: string[] } | undefined;
      return resources.get(value?.Ref ?? value?.["Fn::GetAtt"]?.[0] ?? "");
    },
    resolve: (value) => resolve(value, scope),
    notices,
  };
}
