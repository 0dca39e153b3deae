// What is kept of a group that comes for the first time.
import type { Group } from "../../shared/headnode/batch.ts";
import type { Identity } from "./account-rule.ts";
import type { Settings } from "./config.ts";
import type { Plan } from "./spool.ts";

/** The group's plan: its folder is one below the configured root. */
export function planOf(settings: Settings, group: Group, identity: Identity): Plan {
  const base = settings.folders.replaceAll("{home}", identity.home).replaceAll("{account}", identity.name);
  return {
    group: group.group,
    account: identity.name,
    uid: identity.uid,
    gid: identity.gid,
    home: identity.home,
    folder: `${base.replace(/\/+$/, "")}/${group.group}`,
    resources: group.resources,
    limits: group.limits,
    array: group.members.length > 1,
    members: group.members.map(({ index, job, attempt, progress }) => ({
      ...{ index, job, attempt },
      ...(progress === undefined ? {} : { progress }),
    })),
    at: new Date().toISOString(),
  };
}
