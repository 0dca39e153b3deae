// A response headers policy, as far as it makes sense on http://127.0.0.1.
import { isTrue, numberOf, objectOf, objectsOf, textOf } from "../template/properties.ts";

export type HeaderRule = { name: string; value: string; override: boolean };

/** Here the page's other origins are ports of this machine, and nothing is encrypted. */
export function localPolicy(policy: string): string {
  return policy
    .split(";")
    .map((directive) => directive.trim())
    .filter((directive) => directive !== "" && directive !== "upgrade-insecure-requests")
    .map((directive) =>
      /^connect-src\s/.test(directive) && !/'none'/.test(directive) ? `${directive} http://127.0.0.1:*` : directive,
    )
    .join("; ");
}

/** The headers of an AWS::CloudFront::ResponseHeadersPolicy; HSTS is left out. */
export function headerRules(properties: Record<string, unknown>): { rules: HeaderRule[]; remove: string[] } {
  const config = objectOf(properties.ResponseHeadersPolicyConfig);
  const security = objectOf(config.SecurityHeadersConfig);
  const rules: HeaderRule[] = [];
  const add = (name: string, part: unknown, value: (part: Record<string, unknown>) => string) => {
    if (part === undefined) return;
    const own = objectOf(part);
    rules.push({ name, value: value(own), override: isTrue(own.Override) });
  };
  add("content-security-policy", security.ContentSecurityPolicy, (own) =>
    localPolicy(textOf(own.ContentSecurityPolicy) ?? ""),
  );
  add("x-content-type-options", security.ContentTypeOptions, () => "nosniff");
  add("x-frame-options", security.FrameOptions, (own) => textOf(own.FrameOption) ?? "DENY");
  add("referrer-policy", security.ReferrerPolicy, (own) => textOf(own.ReferrerPolicy) ?? "no-referrer");
  add("x-xss-protection", security.XSSProtection, (own) =>
    isTrue(own.Protection) ? `1${isTrue(own.ModeBlock) ? "; mode=block" : ""}` : "0",
  );
  for (const item of objectsOf(objectOf(config.CustomHeadersConfig).Items)) {
    rules.push({ name: String(item.Header).toLowerCase(), value: String(item.Value), override: isTrue(item.Override) });
  }
  const cors = config.CorsConfig === undefined ? undefined : objectOf(config.CorsConfig);
  if (cors) {
    const items = (key: string) => (objectOf(cors[key]).Items as string[] | undefined) ?? [];
    const override = isTrue(cors.OriginOverride);
    const origins = items("AccessControlAllowOrigins");
    if (origins.includes("*")) rules.push({ name: "access-control-allow-origin", value: "*", override });
    const exposed = items("AccessControlExposeHeaders");
    if (exposed.length > 0) rules.push({ name: "access-control-expose-headers", value: exposed.join(","), override });
    const age = numberOf(cors.AccessControlMaxAgeSec, 0);
    if (age > 0) rules.push({ name: "access-control-max-age", value: String(age), override });
  }
  const remove = objectsOf(objectOf(config.RemoveHeadersConfig).Items).map((item) => String(item.Header).toLowerCase());
  return { rules, remove };
}

/** Puts the rules on a response's headers (lower-case names). */
export function applyRules(headers: Record<string, string | string[]>, policy: ReturnType<typeof headerRules>): void {
  for (const name of policy.remove) delete headers[name];
  for (const { name, value, override } of policy.rules) {
    if (override || headers[name] === undefined) headers[name] = value;
  }
}
