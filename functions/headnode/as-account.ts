// How a command runs as a person's account: nothing of root's environment goes with it.
import { existsSync } from "node:fs";
import type { Identity } from "./account-rule.ts";

export type AccountCommand = { argv: string[]; env: Record<string, string>; cwd: string };

/** Variables of Slurm's commands, whoever runs them. */
export const slurmVariables = (slurm: { conf?: string | undefined }): Record<string, string> =>
  slurm.conf === undefined ? {} : { SLURM_CONF: slurm.conf };

/**
 * The command line that runs `command` as the account, in `folder`. As root it is runuser and a clean environment by
 * env -i; env -C enters the folder as the account, since root must not even do that.
 */
export function asAccount(
  identity: Identity,
  command: readonly string[],
  o: { accounts: "mapped" | "starter"; slurm: { bin: string; conf?: string | undefined }; folder?: string },
): AccountCommand {
  const environment = {
    HOME: identity.home,
    USER: identity.name,
    LOGNAME: identity.name,
    PATH: `${o.slurm.bin}:/usr/local/bin:/usr/bin:/bin`,
    LANG: "C.UTF-8",
    ...slurmVariables(o.slurm),
  };
  if (o.accounts === "starter") return { argv: [...command], env: environment, cwd: o.folder ?? "/" };
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const runuser = existsSync("/usr/sbin/runuser") ? "/usr/sbin/runuser" : "/sbin/runuser";
  const enter = o.folder === undefined ? [] : ["-C", o.folder];
  return {
    argv: [runuser, "-u", identity.name, "--", "/usr/bin/env", "-i", ...enter, ...words, ...command],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    cwd: "/",
  };
}
