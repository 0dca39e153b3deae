// A distribution's configuration as it is needed to answer: which path goes where, through what.
import { numberOf, objectOf, objectsOf, textOf, textsOf } from "../template/properties.ts";

export type Behaviour = {
  /** Undefined: the default one. */
  pattern: RegExp | undefined;
  methods: string[];
  origin: string;
  viewFunction: string | undefined;
  headersPolicy: string | undefined;
};
export type Origin = {
  id: string;
  domainName: string;
  path: string;
  headers: Record<string, string>;
  /** Reads S3 by CloudFront's own right. */
  accessControl: boolean;
};
export type DistributionConfig = {
  behaviours: Behaviour[];
  origins: Map<string, Origin>;
  root: string | undefined;
  errors: { code: number; page: string | undefined; answer: number | undefined }[];
};

/** CloudFront's patterns: `*` is any text, `?` one character, case counts, a leading slash may be left out. */
export function pathPattern(pattern: string): RegExp {
  const source = pattern
    .replace(/^\//, "")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^/${source}$`, "s");
}

function behaviour(value: Record<string, unknown>): Behaviour {
  const view = objectsOf(value.FunctionAssociations).find(({ EventType }) => EventType === "viewer-request");
  const pattern = textOf(value.PathPattern);
  const methods = textsOf(value.AllowedMethods);
  return {
    pattern: pattern === undefined ? undefined : pathPattern(pattern),
    methods: methods.length > 0 ? methods : ["GET", "HEAD"],
    origin: String(value.TargetOriginId),
    viewFunction: textOf(view?.FunctionARN),
    headersPolicy: textOf(value.ResponseHeadersPolicyId),
  };
}

/** Reads the properties of an AWS::CloudFront::Distribution. */
export function readDistribution(properties: Record<string, unknown>): DistributionConfig {
  const config = objectOf(properties.DistributionConfig);
  const origins = objectsOf(config.Origins).map((origin): Origin => {
    const headers = objectsOf(origin.OriginCustomHeaders).map((header) => [
      String(header.HeaderName).toLowerCase(),
      String(header.HeaderValue),
    ]);
    return {
      id: String(origin.Id),
      domainName: String(origin.DomainName),
      path: textOf(origin.OriginPath) ?? "",
      headers: Object.fromEntries(headers),
      accessControl: origin.OriginAccessControlId !== undefined,
    };
  });
  return {
    behaviours: [...objectsOf(config.CacheBehaviors), objectOf(config.DefaultCacheBehavior)].map(behaviour),
    origins: new Map(origins.map((origin) => [origin.id, origin])),
    root: textOf(config.DefaultRootObject),
    errors: objectsOf(config.CustomErrorResponses).map((error) => ({
      code: numberOf(error.ErrorCode, 0),
      page: textOf(error.ResponsePagePath),
      answer: error.ResponseCode === undefined ? undefined : numberOf(error.ResponseCode, 200),
    })),
  };
}
