// The cluster decides who runs: the root-owned allow list has the last word.
import { lstatSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { runChild } from "./child.ts";
import { codeOf } from "./durable-file.ts";

/** An account that jobs may run as. */
export type Identity = { name: string; uid: number; gid: number; home: string };
/** The account that a group's plan was made for. */
export const identityOf = (plan: { account: string; uid: number; gid: number; home: string }): Identity => ({
  name: plan.account,
  uid: plan.uid,
  gid: plan.gid,
  home: plan.home,
});
export type AccountAnswer = { ok: true; identity: Identity } | { ok: false; words: string };

/** Asks for each account; one look at the list and one at the account database for all of them. */
export async function judgeAccounts(
  names: readonly string[],
  o: { accounts: "mapped" | "starter"; allow: string },
): Promise<Map<string, AccountAnswer>> {
  const wanted = [...new Set(names)];
  if (o.accounts === "starter") return new Map(wanted.map((name) => [name, asStarter(name)]));
  const list = readAllowList(o.allow);
  if (!list.ok) return new Map(wanted.map((name) => [name, { ok: false, words: list.words }]));
  const entries = await passwdEntries(wanted.filter((name) => list.names.has(name)));
  return new Map(wanted.map((name) => [name, asMapped(name, list.names, entries)]));
}

function asMapped(name: string, allowed: ReadonlySet<string>, entries: Map<string, Identity>): AccountAnswer {
  const refuse = (words: string): AccountAnswer => ({ ok: false, words });
  if (!allowed.has(name)) return refuse(`the account "${name}" is not on this cluster's allow list`);
  const identity = entries.get(name);
  if (identity === undefined) return refuse(`there is no account "${name}" on this cluster`);
  if (identity.uid < 1000)
    return refuse(`the account "${name}" has uid ${identity.uid}: jobs run only as uid 1000 or above`);
  if (!identity.home.startsWith("/")) return refuse(`the account "${name}" has no home folder`);
  return { ok: true, identity };
}

function asStarter(name: string): AccountAnswer {
  const own = userInfo();
  if (own.username === name) return { ok: true, identity: { name, uid: own.uid, gid: own.gid, home: own.homedir } };
  return { ok: false, words: `jobs of this cluster run as "${own.username}" only, not as "${name}"` };
}

/** The names on the allow list, or why it cannot be trusted. */
export function readAllowList(path: string): { ok: true; names: Set<string> } | { ok: false; words: string } {
  const refuse = (words: string) => ({
    ok: false as const,
    words: `nobody is admitted: the allow list ${path} ${words}`,
  });
  try {
    for (const place of [path, dirname(path)]) {
      const found = lstatSync(place);
      if (place === path ? !found.isFile() : !found.isDirectory()) return refuse(`is not a plain file in a folder`);
      if (found.uid !== 0) return refuse(`must belong to root; ${place} belongs to uid ${found.uid}`);
      if ((found.mode & 0o022) !== 0)
        return refuse(`must be writable by root only; ${place} has mode ${(found.mode & 0o777).toString(8)}`);
    }
    const lines = readFileSync(path, "utf8").split("\n");
    return {
      ok: true,
      names: new Set(lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "")),
    };
  } catch (error) {
    return refuse(`cannot be read (${codeOf(error) ?? error})`);
  }
}

/** Entries of the machine's account database, LDAP and the like included. */
async function passwdEntries(names: readonly string[]): Promise<Map<string, Identity>> {
  if (names.length === 0) return new Map();
  const path = "/usr/bin:/bin:/usr/sbin:/sbin";
  // exit code 2 only means that some name is unknown
  const answer = await runChild(["/usr/bin/getent", "passwd", "--", ...names], {
    env: { PATH: path },
    timeoutMs: 20_000,
  });
  if (answer.code === null) throw new Error(`getent passwd gave no answer: ${answer.stderr}`);
  return new Map(
    answer.stdout.split("\n").flatMap((line): [string, Identity][] => {
      const [name = "", , uid = "", gid = "", , home = ""] = line.split(":");
      if (!names.includes(name) || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
      return [[name, { name, uid: Number(uid), gid: Number(gid), home }]];
    }),
  );
}
