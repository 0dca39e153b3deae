// The only reader of process.env: what a function is given, checked at its start.
import * as z from "zod";
import { Slug } from "../contract/id.ts";

/** A cluster as the site's configuration names it; target is its head node's SSM instance id. */
export type ClusterTarget = { id: string; name: string; target: string };

const Clusters = z.array(z.object({ id: Slug, name: z.string(), target: z.string() })).min(1);

/** The variables of these names. Throws at once, naming every one that is missing. */
export function readEnv<const Name extends string>(names: readonly Name[]): Record<Name, string> {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`the environment lacks ${missing.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Name, string>;
}

/** The value of CLUSTERS: a JSON list of id, name and target. */
export function parseClusters(text: string): ClusterTarget[] {
  const parsed = Clusters.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(`CLUSTERS is not a list of { id, name, target }: ${z.prettifyError(parsed.error)}`);
}

/** What an operator set for the site: who mail comes from (absent: no mail), and where people may be sent back to. */
export type SiteSettings = { mailFrom?: string; returnOrigins: string[] };
const Settings = z.object({ mailFrom: z.string().optional(), returnOrigins: z.array(z.string()) });

/** The value of SITE_SETTINGS. */
export function parseSiteSettings(text: string): SiteSettings {
  const { mailFrom, returnOrigins } = Settings.parse(JSON.parse(text));
  return { ...(mailFrom === undefined ? {} : { mailFrom }), returnOrigins };
}

/** The value of SCALE: a number of at least 1. */
export function parseScale(text: string): number {
  const scale = Number(text);
  if (Number.isFinite(scale) && scale >= 1) return scale;
  throw new Error(`SCALE is ${JSON.stringify(text)}; accepted is a number of at least 1`);
}

/** What Lambda and the local host set by themselves; absent ones are undefined. */
export function ambient(): { region: string; localJwks: string | undefined; localCognito: string | undefined } {
  return {
    region: process.env.AWS_REGION ?? "us-east-1",
    localJwks: process.env.HEADGATE_LOCAL_JWKS,
    localCognito: process.env.HEADGATE_LOCAL_COGNITO,
  };
}
