// The client of the site that a command is for, with a token that is renewed when it ends.
import { GatewayClient } from "../client/gateway-client.ts";
import type { Cli, GlobalOptions } from "./cli.ts";
import { CliError } from "./cli-error.ts";
import { refresh } from "./cognito.ts";
import { type PasswordSite, readSites, type SavedSite, writeSites } from "./sites-file.ts";

/** A token is renewed so long before it ends (ms). */
const early = 60_000;

/**
 * The address of a site as it is kept: without a path, and by https unless it is this machine, since a password or a token
 * goes there. Throws CliError naming what is accepted.
 */
export function siteAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const here = url && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && here)) || url.username || url.password)
    throw new CliError("usage", `${text} is no address of a site; accepted is https://HOST (http only for 127.0.0.1)`);
  if (!/^(\/(v1\/?)?)?$/.test(url.pathname) || url.search)
    throw new CliError("usage", `${text} has a path; accepted is the site's address alone: ${url.origin}`);
  return url.origin;
}

/** The client for the site that is asked for: --site, HEADGATE_API with HEADGATE_TOKEN, HEADGATE_SITE, or the present one. */
export function openSession(cli: Cli, options: GlobalOptions): GatewayClient {
  const { HEADGATE_API: api, HEADGATE_TOKEN: token, HEADGATE_SITE: named } = cli.env;
  if (options.site === undefined && api) {
    if (!token)
      throw new CliError("usage", "HEADGATE_API is set without HEADGATE_TOKEN; accepted are both, or neither");
    return new GatewayClient({ origin: siteAddress(api), token: () => token });
  }
  const { name, site } = savedSite(cli, options.site ?? named);
  return new GatewayClient({ origin: site.api, token: () => tokenOf(cli, name, site) });
}

/** A site by name, or the present one. */
export function savedSite(cli: Cli, asked: string | undefined): { name: string; site: SavedSite } {
  const { current, sites } = readSites(cli.env);
  const name = asked ?? current;
  const site = name === undefined || !Object.hasOwn(sites, name) ? undefined : sites[name];
  if (name !== undefined && site) return { name, site };
  const known = Object.keys(sites);
  if (name === undefined || known.length === 0)
    throw new CliError("forbidden", "you are not signed in anywhere: headgate login --api https://…");
  throw new CliError("usage", `there is no site ${JSON.stringify(name)}; accepted is one of ${known.join(", ")}`);
}

let renewing: Promise<string> | undefined;

async function tokenOf(cli: Cli, name: string, site: SavedSite): Promise<string> {
  if (site.kind === "token") return site.token;
  if (site.expiresAt - Date.now() > early) return site.access;
  renewing ??= renew(cli, name, site).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function renew(cli: Cli, name: string, site: PasswordSite): Promise<string> {
  let tokens: Awaited<ReturnType<typeof refresh>>;
  try {
    tokens = await refresh(site.cognito, site.clientId, site.refresh);
  } catch (error) {
    if (!(error instanceof CliError) || error.kind !== "forbidden") throw error;
    throw new CliError("forbidden", `your sign-in at ${name} has ended (${error.message}): headgate login`, {
      cause: error,
    });
  }
  site.access = tokens.access;
  site.expiresAt = tokens.expiresAt;
  site.refresh = tokens.refresh ?? site.refresh;
  // another command may have signed in or out meanwhile: only this sign-in's tokens are put in place
  const kept = readSites(cli.env);
  const now = kept.sites[name];
  if (now?.kind === "password" && now.user === site.user)
    writeSites(cli.env, { ...kept, sites: { ...kept.sites, [name]: site } });
  return site.access;
}
