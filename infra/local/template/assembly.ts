// A cloud assembly (cdk.out) as it lies on disk: one stack's template, its assets by key, and its constructs' paths.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Expression } from "./intrinsics.ts";

export type TemplateResource = {
  Type: string;
  Properties?: Record<string, Expression>;
  DependsOn?: string | string[];
  Condition?: string;
};
export type StackTemplate = {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: Expression; Condition?: string }>;
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, Expression>;
};
export type Assembly = {
  stackName: string;
  template: StackTemplate;
  /** Absolute path of an asset (a folder, or a zip file) by the S3 key that the template names. */
  assets: Map<string, string>;
  /** Construct path ("Headgate/Functions/Api/Resource") by logical id. */
  paths: Map<string, string>;
};

type Manifest = {
  artifacts: Record<
    string,
    {
      type: string;
      properties?: { file?: string; templateFile?: string; stackName?: string };
      metadata?: Record<string, MetadataEntry[]>;
      additionalMetadataFile?: string;
    }
  >;
};
type MetadataEntry = { type: string; data?: unknown };
type AssetFile = {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
};

const read = <T>(file: string): T => JSON.parse(readFileSync(file, "utf8")) as T;

/**
 * Reads the one stack of an assembly.
 * @throws Error where the folder holds no assembly, or not exactly one stack
 */
export function readAssembly(folder: string): Assembly {
  const { artifacts } = read<Manifest>(path.join(folder, "manifest.json"));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === "aws:cloudformation:stack");
  const [found] = stacks;
  if (!found || stacks.length > 1) {
    throw new Error(
      `${folder} holds ${stacks.length} stacks (${stacks.map(([id]) => id).join(", ")}); one is accepted`,
    );
  }
  const [id, stack] = found;
  const template = read<StackTemplate>(path.join(folder, stack.properties?.templateFile ?? `${id}.template.json`));

  const assets = new Map<string, string>();
  for (const { type, properties } of Object.values(artifacts)) {
    if (type !== "cdk:asset-manifest" || properties?.file === undefined) continue;
    for (const { source, destinations } of Object.values(
      read<AssetFile>(path.join(folder, properties.file)).files ?? {},
    )) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, path.resolve(folder, source.path));
    }
  }

  const paths = new Map<string, string>();
  const more = stack.additionalMetadataFile;
  const metadata = {
    ...stack.metadata,
    ...(more === undefined ? {} : read<Record<string, MetadataEntry[]>>(path.join(folder, more))),
  };
  for (const [constructPath, entries] of Object.entries(metadata)) {
    for (const { type, data } of entries) {
      if (type === "aws:cdk:logicalId" && typeof data === "string") paths.set(data, constructPath.replace(/^\//, ""));
    }
  }
  return { stackName: stack.properties?.stackName ?? id, template, assets, paths };
}
