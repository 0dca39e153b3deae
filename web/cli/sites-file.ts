// The sites that a person is signed in at: one file that nobody else may read, below XDG_CONFIG_HOME.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import * as z from "zod";
import type { Cli } from "./cli.ts";
import { CliError } from "./cli-error.ts";

const ByToken = z.object({ api: z.string(), kind: z.literal("token"), token: z.string() });
const ByPassword = z.object({
  api: z.string(),
  kind: z.literal("password"),
  user: z.string(),
  cognito: z.string(),
  clientId: z.string(),
  access: z.string(),
  /** When the access token ends (ms since 1970). */
  expiresAt: z.number(),
  refresh: z.string(),
});
const SavedSite = z.discriminatedUnion("kind", [ByToken, ByPassword]);
export type SavedSite = z.infer<typeof SavedSite>;
export type PasswordSite = z.infer<typeof ByPassword>;
const Sites = z.object({ current: z.string().optional(), sites: z.record(z.string(), SavedSite) });
export type Sites = z.infer<typeof Sites>;

/** Where they are kept. */
export function sitesFile(env: Cli["env"]): string {
  const base = env.XDG_CONFIG_HOME;
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), ".config"), "headgate", "sites.json");
}

/** What is kept; nothing where there is no such file. */
export function readSites(env: Cli["env"]): Sites {
  const file = sitesFile(env);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { sites: {} };
    throw error;
  }
  // made by hand or unpacked from somewhere: what is in it is a person's, and nobody else's
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  try {
    return Sites.parse(JSON.parse(text));
  } catch (error) {
    throw new CliError("usage", `${file} cannot be read as the list of your sites; remove it and sign in again`, {
      cause: error,
    });
  }
}

/** Replaces the file whole. */
export function writeSites(env: Cli["env"], sites: Sites): void {
  const file = sitesFile(env);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${process.pid}.new`;
  // a leftover of that name would keep its own mode
  rmSync(aside, { force: true });
  writeFileSync(aside, `${JSON.stringify(sites, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}
