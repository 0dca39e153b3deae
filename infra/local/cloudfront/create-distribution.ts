// The template's distribution, with its functions, policies and origins.
import type { S3Server } from "../s3/server.ts";
import type { PageFiles } from "../template/buckets.ts";
import type { ResourcePolicies } from "../template/policies.ts";
import { objectOf } from "../template/properties.ts";
import type { Stack } from "../template/stack.ts";
import { readDistribution } from "./behaviours.ts";
import { distribution } from "./distribution.ts";
import { headerRules } from "./response-headers.ts";
import { viewFunction } from "./view-function.ts";

/** Undefined where the template has no distribution. Throws where it has several. */
export function createDistribution(o: {
  stack: Stack;
  s3: S3Server;
  policies: ResourcePolicies;
  files: PageFiles;
  localise: <T>(value: T) => T;
  localOrigin: (domainName: string) => string | undefined;
  log: (line: string) => void;
}): ReturnType<typeof distribution> | undefined {
  const { stack } = o;
  const [found, ...more] = stack.ofType("AWS::CloudFront::Distribution");
  if (!found) return undefined;
  if (more.length > 0) throw new Error(`one distribution is run here, the template has ${more.length + 1}`);
  const own = { id: found.names.ref, domainName: found.names.attributes.DomainName ?? "" };
  const sourceArn = `arn:${stack.place.partition}:cloudfront::${stack.place.account}:distribution/${own.id}`;
  const buckets = new Map(
    stack
      .ofType("AWS::S3::Bucket")
      .flatMap(({ names }) =>
        [names.attributes.DomainName, names.attributes.RegionalDomainName].map((name) => [name ?? "", names]),
      ),
  );
  return distribution({
    config: readDistribution(found.properties),
    viewFunctions: new Map(
      stack
        .ofType("AWS::CloudFront::Function")
        .map(({ names, properties }) => [names.ref, viewFunction(String(properties.FunctionCode), own)]),
    ),
    headersPolicies: new Map(
      stack
        .ofType("AWS::CloudFront::ResponseHeadersPolicy")
        .map(({ names, properties }) => [names.ref, headerRules(objectOf(o.localise(properties)))]),
    ),
    read: async (domainName, key, byAccessControl) => {
      const names = buckets.get(domainName);
      if (!names) return undefined;
      const at = names.attributes.Arn ?? "";
      const allowed = (action: string, resource: string) =>
        byAccessControl &&
        o.policies.admits("cloudfront.amazonaws.com", {
          action,
          resource,
          at,
          context: { "aws:SourceArn": sourceArn, "aws:SourceAccount": stack.place.account },
        });
      // Whoever may not list a bucket is not told what is missing in it.
      if (!allowed("s3:GetObject", `${at}/${key}`)) return "denied";
      const object = await o.s3.get(names.ref, key);
      return object ? { ...object, cacheControl: o.files.cacheControl(names.ref, key) } : "denied";
    },
    localOrigin: o.localOrigin,
    log: o.log,
  });
}
