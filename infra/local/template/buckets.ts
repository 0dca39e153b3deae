// The template's buckets, and the files that CDK copies into them.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { CorsRule, S3Server } from "../s3/server.ts";
import type { Assembly } from "./assembly.ts";
import { isTrue, numberOf, objectOf, objectsOf, textOf, textsOf } from "./properties.ts";
import type { Stack } from "./stack.ts";

/** Makes the buckets that are not there; CORS is set at each start. */
export function createBuckets(stack: Stack, s3: S3Server): void {
  for (const { names, properties } of stack.ofType("AWS::S3::Bucket")) {
    const cors = objectsOf(objectOf(properties.CorsConfiguration).CorsRules).map(
      (rule): CorsRule => ({
        allowedOrigins: textsOf(rule.AllowedOrigins),
        allowedMethods: textsOf(rule.AllowedMethods),
        allowedHeaders: textsOf(rule.AllowedHeaders),
        exposedHeaders: textsOf(rule.ExposedHeaders),
        ...(rule.MaxAge === undefined ? {} : { maxAge: numberOf(rule.MaxAge, 0) }),
      }),
    );
    s3.createBucket(names.ref, { cors });
  }
}

const types: Record<string, string> = {
  ".css": "text/css",
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".map": "application/json",
  ".md": "text/markdown",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

const glob = (pattern: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "s",
  );

/** As `aws s3 sync` takes them: all, then what --exclude takes away, then what --include brings back. */
function selected(key: string, exclude: readonly string[], include: readonly string[]): boolean {
  return !exclude.some((pattern) => glob(pattern).test(key)) || include.some((pattern) => glob(pattern).test(key));
}

type Deployed = Record<string, string>;
export type PageFiles = { cacheControl: (bucket: string, key: string) => string | undefined };

/** Copies what each Custom::CDKBucketDeployment names, where the asset is another than last time. */
export async function deployFiles(assembly: Assembly, stack: Stack, s3: S3Server, data: string): Promise<PageFiles> {
  const file = path.join(data, "deployed.json");
  let deployed: Deployed = {};
  try {
    deployed = JSON.parse(readFileSync(file, "utf8")) as Deployed;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
  }
  const rules: { bucket: string; prefix: string; exclude: string[]; include: string[]; cacheControl: string }[] = [];
  for (const { id, properties: p } of stack.ofType("Custom::CDKBucketDeployment")) {
    const bucket = String(p.DestinationBucketName);
    const prefix = textOf(p.DestinationBucketKeyPrefix) ?? "";
    const [exclude, include] = [textsOf(p.Exclude), textsOf(p.Include)];
    const cacheControl = textOf(objectOf(p.SystemMetadata)["cache-control"]);
    if (cacheControl !== undefined) rules.push({ bucket, prefix, exclude, include, cacheControl });
    const hash = createHash("sha256").update(JSON.stringify(p)).digest("hex");
    if (deployed[id] === hash) continue;
    const written = new Set<string>();
    for (const source of textsOf(p.SourceObjectKeys)) {
      const folder = assembly.assets.get(source);
      if (folder === undefined) throw new Error(`${id} copies the asset ${source}, which the assembly does not have`);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const from = path.join(entry.parentPath, entry.name);
        const relative = path.relative(folder, from).split(path.sep).join("/");
        if (!selected(relative, exclude, include)) continue;
        const key = path.posix.join(prefix, relative);
        await s3.put(
          bucket,
          key,
          readFileSync(from),
          types[path.extname(key).toLowerCase()] ?? "application/octet-stream",
        );
        written.add(key);
      }
    }
    if (p.Prune !== undefined && isTrue(p.Prune) && written.size === 0) throw new Error(`${id} copies nothing`);
    deployed = { ...deployed, [id]: hash };
    writeFileSync(`${file}.new`, JSON.stringify(deployed));
    renameSync(`${file}.new`, file);
  }
  return {
    cacheControl: (bucket, key) =>
      rules.find((rule) => {
        if (rule.bucket !== bucket || !key.startsWith(rule.prefix)) return false;
        const relative = key.slice(rule.prefix.length).replace(/^\//, "");
        return selected(relative, rule.exclude, rule.include);
      })?.cacheControl,
  };
}
