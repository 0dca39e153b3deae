// Unix accounts for demonstrations and tests on a machine where we are root.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const accountName = /^[a-z_][a-z0-9_-]{0,31}$/;

/**
 * Creates those of the Unix accounts that do not exist (own group, home folder, uid 1000 or above, no password) and
 * returns the names it created. Throws when not root, for an ill-formed name, and for an existing account below uid 1000.
 */
export function ensureAccounts(names: string[]): string[] {
  for (const name of names) {
    if (!accountName.test(name))
      throw new Error(`"${name}" cannot be a Unix account: accepted is ${accountName.source}`);
  }
  if (process.getuid?.() !== 0) throw new Error(`only root can create the Unix accounts ${names.join(", ")}`);
  return names.filter((name) => {
    const uid = accountUid(name);
    if (uid !== undefined && uid < 1000)
      throw new Error(`account ${name} has uid ${uid}, and jobs run only as uid 1000 or above`);
    if (uid !== undefined) return false;
    try {
      execFileSync("useradd", ["-m", "-U", "-K", "UID_MIN=1000", "-s", "/bin/bash", name], {
        stdio: ["ignore", "ignore", "pipe"],
      });
    } catch (error) {
      // another process may have created it between our look and useradd
      if (accountUid(name) === undefined)
        throw new Error(`useradd could not create the account ${name}`, { cause: error });
      return false;
    }
    return true;
  });
}

/** The uid of an account in /etc/passwd or any other source of the machine; undefined if there is none. */
export function accountUid(name: string): number | undefined {
  const local = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}:`));
  const line = local ?? fromDirectory(name);
  const uid = line?.split(":")[2];
  return uid === undefined ? undefined : Number(uid);
}

function fromDirectory(name: string): string | undefined {
  try {
    return execFileSync("getent", ["passwd", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}
