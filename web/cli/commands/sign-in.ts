// login, logout, whoami, sites, use: where a person is signed in.
import type { Command } from "commander";
import type { Site } from "../../../shared/contract/catalogue.ts";
import { GatewayClient } from "../../client/gateway-client.ts";
import { type Cli, type GlobalOptions, outJson } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { revoke, signIn } from "../cognito.ts";
import { ask, readStdin } from "../prompt.ts";
import { openSession, savedSite, siteAddress } from "../session.ts";
import { readSites, type SavedSite, sitesFile, writeSites } from "../sites-file.ts";
import { clean, table } from "../words.ts";

type LoginOptions = GlobalOptions & {
  api?: string;
  name?: string;
  user?: string;
  password?: string;
  passwordStdin?: boolean;
  token?: string;
  tokenStdin?: boolean;
};

export function addSignIn(program: Command, cli: Cli): void {
  program
    .command("login")
    .description("sign in at a site, by password or with an API token, and make it the present one")
    .option("--api <url>", "where the site is: its page or its API, https://HOST (default: the present site)")
    .option("--name <name>", "what to call the site here (default: its host)")
    .option("-u, --user <e-mail>", "who signs in (default: is asked for)")
    .option("--password <password>", "the password (default: is asked for; others on this machine may see it here)")
    .option("--password-stdin", "read the password from stdin")
    .option("--token <token>", "an API token, in place of user and password")
    .option("--token-stdin", "read the API token from stdin")
    .action((_: unknown, command: Command) => login(cli, command.optsWithGlobals()));
  program
    .command("logout")
    .description("end the sign-in at the present site and forget it here")
    .option("--all", "at every site")
    .action((_: unknown, command: Command) => logout(cli, command.optsWithGlobals()));
  program
    .command("whoami")
    .description("who is signed in, where, and as which Unix account on which cluster")
    .action((_: unknown, command: Command) => whoAmI(cli, command.optsWithGlobals()));
  program
    .command("sites")
    .description("the sites that you are signed in at")
    .action((_: unknown, command: Command) => listSites(cli, command.optsWithGlobals()));
  program
    .command("use")
    .description("make another site the present one")
    .argument("<site>", "its name")
    .action((name: string) => {
      savedSite(cli, name);
      writeSites(cli.env, { ...readSites(cli.env), current: name });
    });
}

async function login(cli: Cli, options: LoginOptions): Promise<void> {
  const before = options.api === undefined ? savedSite(cli, options.site) : undefined;
  const api = before ? before.site.api : siteAddress(options.api ?? "");
  const name = options.name ?? before?.name ?? options.site ?? new URL(api).host;
  const byToken = options.token !== undefined || options.tokenStdin;
  if (byToken && (options.user !== undefined || options.password !== undefined || options.passwordStdin))
    throw new CliError("usage", "--token and --user with --password exclude each other; give one of them");
  const site = await new GatewayClient({ origin: api }).site();
  const saved = byToken
    ? await tokenSite(cli, api, options)
    : await passwordSite(cli, api, site, options, before?.site);
  const bearer = saved.kind === "token" ? saved.token : saved.access;
  const person = await new GatewayClient({ origin: api, token: () => bearer }).me();
  const kept = readSites(cli.env);
  writeSites(cli.env, { current: name, sites: { ...kept.sites, [name]: saved } });
  if (options.json) return outJson(cli, person);
  cli.out(`signed in at ${clean(site.name)} (${api}, called ${name}) as ${clean(person.email)}\n`);
  if (person.status !== "active")
    cli.say(`your account is ${person.status}: an administrator has to approve it before jobs can be submitted\n`);
}

async function tokenSite(cli: Cli, api: string, options: LoginOptions): Promise<SavedSite> {
  const token = options.token ?? (await readStdin(cli));
  if (!/^[\x21-\x7e]{1,4000}$/.test(token))
    throw new CliError("usage", "that is no API token; accepted is one such as hg_…, without blanks");
  return { kind: "token", api, token };
}

async function passwordSite(
  cli: Cli,
  api: string,
  site: Site,
  options: LoginOptions,
  before: SavedSite | undefined,
): Promise<SavedSite> {
  const known = before?.kind === "password" ? before.user : undefined;
  const user = options.user ?? known ?? (await ask(cli, "E-mail: ", false, "--user, or --token"));
  const password =
    options.password ??
    (options.passwordStdin
      ? await readStdin(cli)
      : await ask(cli, "Password: ", true, "--password-stdin, or --token-stdin"));
  const { access, expiresAt, refresh } = await signIn(site.cognito, site.cliClientId, user, password);
  if (refresh === undefined) throw new CliError("unreachable", "Cognito gave no refresh token");
  return { kind: "password", api, user, cognito: site.cognito, clientId: site.cliClientId, access, expiresAt, refresh };
}

async function logout(cli: Cli, options: GlobalOptions & { all?: boolean }): Promise<void> {
  const kept = readSites(cli.env);
  const names = options.all ? Object.keys(kept.sites) : [savedSite(cli, options.site).name];
  for (const name of names) {
    const site = kept.sites[name];
    delete kept.sites[name];
    if (site?.kind === "password")
      await revoke(site.cognito, site.clientId, site.refresh).catch((error: Error) => {
        cli.say(`${name}: forgotten here, but its sign-in could not be ended: ${error.message}\n`);
      });
  }
  const { current, sites } = kept;
  const left = current !== undefined && Object.hasOwn(sites, current) ? current : Object.keys(sites)[0];
  writeSites(cli.env, { sites, ...(left === undefined ? {} : { current: left }) });
}

async function whoAmI(cli: Cli, options: GlobalOptions): Promise<void> {
  const client = openSession(cli, options);
  const person = await client.me();
  if (options.json) return outJson(cli, person);
  const accounts = Object.entries(person.accounts).map(([cluster, account]) => `${account} on ${cluster}`);
  cli.out(
    table([
      ["site", client.options.origin],
      ["e-mail", clean(person.email)],
      ["handle", person.handle],
      ["status", person.status],
      ["roles", person.roles.join(", ") || "none"],
      ["accounts", accounts.join(", ") || "none"],
    ]),
  );
}

function listSites(cli: Cli, options: GlobalOptions): void {
  const { current, sites } = readSites(cli.env);
  const all = Object.entries(sites).map(([name, site]) => ({
    name,
    api: site.api,
    by: site.kind,
    current: name === current,
  }));
  if (options.json) {
    outJson(cli, { sites: all });
    return;
  }
  if (all.length === 0) cli.say(`none are kept in ${sitesFile(cli.env)}\n`);
  cli.out(
    table(
      all.map((site) => [
        site.current ? "*" : "",
        site.name,
        site.api,
        site.by === "token" ? "by token" : "by password",
      ]),
    ),
  );
}
